package imported_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/imported"
)

func TestImported(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "imported")
}

// now is a day in the life of the foundations of testdata.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func fixture(name string) string { return filepath.Join("testdata", name) }

// folder has files with these contents; "-" in front of a name takes it away
// from those of the fixture.
func folder(from string, changes map[string]string) string {
	GinkgoHelper()
	dir := GinkgoT().TempDir()
	if from != "" {
		Expect(os.CopyFS(dir, os.DirFS(fixture(from)))).To(Succeed())
	}
	for name, text := range changes {
		if name, gone := strings.CutPrefix(name, "-"); gone {
			Expect(os.Remove(filepath.Join(dir, name))).To(Succeed())
			continue
		}
		Expect(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)).To(Succeed())
	}
	return dir
}

func read(dir string, vms map[string]int) (imported.Foundation, error) {
	return imported.Read(dir, imported.Settings{VMs: vms, Now: now})
}

// simulated is the Ops Manager of a folder.
func simulated(dir string, vms map[string]int) (*sim.Foundation, imported.Foundation) {
	GinkgoHelper()
	f, err := read(dir, vms)
	Expect(err).NotTo(HaveOccurred())
	f.Options.KeyBits = 1024
	f.Options.Now = func() time.Time { return now }
	foundation, err := sim.New(f.Options)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(foundation.Close)
	return foundation, f
}

// answer is what GET answers to a user who is logged in.
func answer(f http.Handler, path string) any {
	GinkgoHelper()
	form := url.Values{"grant_type": {"password"}, "username": {"admin"}, "password": {"admin"}, "token_format": {"jwt"}}
	login := httptest.NewRequestWithContext(GinkgoT().Context(), http.MethodPost, "/uaa/oauth/token", strings.NewReader(form.Encode()))
	login.SetBasicAuth("opsman", "")
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var token struct {
		Token string `json:"access_token"`
	}
	Expect(json.Unmarshal(do(f, login), &token)).To(Succeed())
	request := httptest.NewRequestWithContext(GinkgoT().Context(), http.MethodGet, path, http.NoBody)
	request.Header.Set("Authorization", "Bearer "+token.Token)
	var body any
	Expect(json.Unmarshal(do(f, request), &body)).To(Succeed())
	return body
}

func do(f http.Handler, request *http.Request) []byte {
	GinkgoHelper()
	recorder := httptest.NewRecorder()
	f.ServeHTTP(recorder, request)
	Expect(recorder.Code).To(Equal(http.StatusOK), recorder.Body.String())
	return recorder.Body.Bytes()
}

// taken are the lines of the summary about something.
func taken(f imported.Foundation, what string) []imported.Note {
	var found []imported.Note
	for _, n := range f.Notes {
		if strings.Contains(n.What, what) {
			found = append(found, n)
		}
	}
	return found
}
