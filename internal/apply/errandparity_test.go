package apply_test

import (
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"unicode/utf16"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pivotal-cf/om/api"
	"gopkg.in/yaml.v2"

	"github.com/opsman-ca/opsman-ca/internal/apply"
)

// answering is an Ops Manager with the products of staged, of which om asks the
// GUIDs. It takes no installation, and keeps the body of the request for one.
type answering struct {
	mu   sync.Mutex
	body []byte
}

// taken is the body of the request for an installation since it was last asked
// for, nil where there was none.
func (a *answering) taken() []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	body := a.body
	a.body = nil
	return body
}

func (a *answering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const products = `[{"guid":"p-bosh-1","type":"p-bosh"},{"guid":"cf-1","type":"cf"},{"guid":"mysql-1","type":"p.mysql"}]`
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/api/v0/installations":
		body, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		a.body = body
		a.mu.Unlock()
		w.WriteHeader(http.StatusUnprocessableEntity)
	case strings.HasPrefix(r.URL.Path, "/uaa/"):
		_, _ = io.WriteString(w, `{"access_token":"e30.e30.x","token_type":"bearer","expires_in":3600}`)
	case strings.HasSuffix(r.URL.Path, "/products"):
		_, _ = io.WriteString(w, products)
	default:
		_, _ = io.WriteString(w, `{"installations":[]}`)
	}
}

func (a *answering) Do(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// omSends is what om makes of an errand configuration: it reads it as om's
// command apply-changes does, and sends it by om's own library.
func omSends(path string) (body []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read from
	var errands api.ApplyErrandChanges
	if err := yaml.NewDecoder(file).Decode(&errands); err != nil {
		return nil, err
	}
	to := &answering{}
	_, err = api.New(api.ApiInput{Client: to}).CreateInstallation(false, true, false, nil, errands)
	if body := to.taken(); body != nil {
		return body, nil
	}
	return nil, err
}

// utf16Of is the text in UTF-16, with its byte order mark.
func utf16Of(text string, order binary.ByteOrder) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		two := make([]byte, 2)
		order.PutUint16(two, unit)
		out = append(out, two...)
	}
	return string(out)
}

// wrapped are the forms in which the same YAML may stand in a file.
var wrapped = []func(string) string{
	func(t string) string { return t },
	func(t string) string { return "\ufeff" + t },
	func(t string) string { return utf16Of(t, binary.LittleEndian) },
	func(t string) string { return utf16Of(t, binary.BigEndian) },
	func(t string) string { return strings.ReplaceAll(t, "\n", "\r\n") },
	func(t string) string { return "%YAML 1.1\n%TAG ! tag:example.com,2026:\n---\n" + t },
	func(t string) string { return "\ufeff--- # errands\n" + t + "...\n---\nerrands: {redis: [\n" },
}

// errandFiles are errand configurations, each in one line or some.
var errandFiles = func() []string {
	const post = "errands:\n  cf:\n    run_post_deploy:\n      smoke_tests: "
	files := []string{
		"", "# nothing yet\n", "~\n", "{}\n", "errands:\n", "errands: {}\n", "errands: ~\n", "errands: {cf: }\n", "errands: {cf: {}}\n", "errands: {cf: {run_post_deploy: }}\n", "errands: {cf: {run_post_deploy: {}, run_pre_delete: }}\n",
		"text\n", "- errands\n", "errands: text\n", "errands: [cf]\n", "errands: {cf: text}\n", "errands: {cf: {run_post_deploy: text}}\n", "errands: {cf: {run_post_deploy: [smoke_tests]}}\n", "errands: [\n", "errands:\n\tcf:\n",
		"errands:\n  cf:\n    run_post_deploy:\n      smoke_tests: false\n      push-apps: default\n  p.mysql:\n    run_pre_delete:\n      delete-all: true\n",
		"{\"errands\": {\"cf\": {\"run_post_deploy\": {\"smoke_tests\": false, \"push-apps\": \"default\"}}}}\n",
		"'errands':\n  \"cf\":\n    'run_post_deploy':\n      \"smoke_tests\": false\n",
		"product-name: cf\nerrands: {cf: {run_post_deploy: {smoke_tests: false}}}\n", "deploy_products: [cf]\nerrands: {cf: {run_post_deploy: {smoke_tests: true}}}\nignore_warnings: true\n", "7: {x: [1, {}]}\n~: y\nerrands: {cf: }\n", "a: 1\na: 2\nerrands: {cf: }\n",
		"errand: {cf: {run_post_deploy: {smoke_tests: true}}}\n", "Errands: {cf: }\n", "target: x\nusername: y\n",
		"errands: {redis: {run_post_deploy: {x: true}}}\n", "errands: {redis: }\n", "errands: {p-bosh: }\n", "errands: {cf: {run_post_deploy: {smoke-tests: true}}}\n", "errands: {cf: {run_pre_delete: {smoke_tests: true}}}\n", "errands: {cf: {post_deploy: {smoke_tests: true}}}\n",
		"errands: {cf: {run_post_deploy: {smoke_tests: true, smoke_tests: false}}}\n", "errands: {cf: {}, cf: {run_post_deploy: {smoke_tests: true}}}\n", "errands: {cf: {run_post_deploy: {smoke_tests: true}, run_post_deploy: {push-apps: true}}}\n",
		"x: &x {smoke_tests: true, push-apps: false}\nerrands: {cf: {run_post_deploy: *x}}\n", "x: &x {smoke_tests: true}\nerrands: {cf: {run_post_deploy: {<<: *x, push-apps: on}}}\n", "x: &x {smoke_tests: true}\nerrands: {cf: {run_post_deploy: {<<: *x, smoke_tests: off}}}\n",
		"x: &x {run_post_deploy: {smoke_tests: true}}\nerrands: {cf: {<<: *x}}\n", "x: &x {cf: {run_post_deploy: {smoke_tests: true}}}\nerrands: {<<: *x, p.mysql: }\n", "<<: {errands: {cf: {run_post_deploy: {smoke_tests: true}}}}\n", "errands: *x\n", "errands: &x {cf: *x}\n",
		"? errands\n: ? cf\n  : {run_post_deploy: {? smoke_tests : no}}\n", "errands: !!map {cf: !!map {run_post_deploy: {smoke_tests: !!bool \"true\"}}}\n", "errands: {cf: {run_post_deploy: {smoke_tests: true}}}\n---\nerrands: {cf: {run_post_deploy: {smoke_tests: false}}}\n",
		"errands: {p.mysql: {run_post_deploy: {upgrade-all-service-instances: n}}}\n", "errands: {p.mysql: {run_post_deploy: {upgrade-all-service-instances: default}}}\n",
	}
	for _, value := range []string{
		"true", "false", "default", "yes", "no", "on", "off", "Yes", "NO", "On", "OFF", "y", "n", "Y", "N", "TRUE", "False", "\"default\"", "'default'", "\"true\"", "'on'", "Default", "", "~", "null", "1", "0", "1.5", "when-changed", "[true]", "{a: b}", "!!str true", "!!bool yes", "2026-11-29", "|\n        default", ">-\n        default", "true # now",
	} {
		files = append(files, post+value+"\n")
	}
	return files
}()

// stricter are the reasons for which a file is refused that om takes, all of them
// below errands (docs/tasks.md).
var stricter = regexp.MustCompile(`has keys that no errand configuration has|has a key twice|is neither true, false nor default|has no such errand`)

var _ = Describe("an errand configuration, as om takes it", func() {
	var path string
	BeforeEach(func() { path = filepath.Join(GinkgoT().TempDir(), "errands.yml") })

	// ours is the body with which om is started by us.
	ours := func(text string, service bool) ([]byte, error) {
		GinkgoHelper()
		Expect(os.WriteFile(path, []byte(text), 0o600)).To(Succeed())
		plan, err := apply.PlanErrands(staged{}, apply.Request{ErrandsFile: path, ServiceErrands: service})
		if err != nil {
			return nil, err
		}
		given, done, err := apply.FileForOm(plan, path)
		Expect(err).NotTo(HaveOccurred())
		defer done()
		return omSends(given)
	}

	It("makes the same request, or is refused for a reason that is named", func() {
		same, refused, both := 0, 0, 0
		for _, text := range errandFiles {
			for _, wrap := range wrapped {
				text := wrap(text)
				got, err := ours(text, false)
				wanted, omErr := omSends(path)
				switch {
				case omErr != nil:
					Expect(err).To(HaveOccurred(), "%q, which om refuses: %v", text, omErr)
					both++
				case err != nil:
					Expect(err.Error()).To(MatchRegexp(stricter.String()), "%q", text)
					refused++
				default:
					Expect(got).To(MatchJSON(wanted), "%q", text)
					same++
				}
			}
		}
		Expect(same).To(BeNumerically(">", 150))
		Expect(refused).To(BeNumerically(">", 50))
		Expect(both).To(BeNumerically(">", 50))
	})

	It("makes the same request but for the errands that are added", func() {
		type request struct {
			Errands map[string]map[string]map[string]any `json:"errands"`
		}
		read := func(body []byte) (r request) {
			GinkgoHelper()
			Expect(json.Unmarshal(body, &r)).To(Succeed())
			return r
		}
		added := 0
		for _, text := range errandFiles {
			got, err := ours(text, true)
			if err != nil {
				continue
			}
			body, err := omSends(path)
			Expect(err).NotTo(HaveOccurred())
			wanted := read(body)
			const upgrade = "upgrade-all-service-instances"
			mysql := wanted.Errands["mysql-1"]
			if _, decided := mysql["run_post_deploy"][upgrade]; !decided {
				added++
				if wanted.Errands == nil {
					wanted.Errands = map[string]map[string]map[string]any{}
				}
				if mysql == nil {
					mysql = map[string]map[string]any{}
				}
				mysql["run_post_deploy"] = map[string]any{upgrade: true}
				wanted.Errands["mysql-1"] = mysql
			}
			Expect(read(got)).To(Equal(wanted), "%q", text)
		}
		Expect(added).To(BeNumerically(">", 20))
	})

	It("is what the real om makes of it", func(ctx SpecContext) {
		to := &answering{}
		server := httptest.NewTLSServer(to)
		defer server.Close()
		ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
		for i := 0; i < len(errandFiles); i += 5 {
			text := wrapped[i%len(wrapped)](errandFiles[i])
			Expect(os.WriteFile(path, []byte(text), 0o600)).To(Succeed())
			wanted, wantedErr := omSends(path)
			om := exec.CommandContext(ctx, realOm(), "apply-changes", "--config", path)
			om.Env = append(os.Environ(), "OM_TARGET="+server.URL, "OM_USERNAME=admin", "OM_PASSWORD=secret", "OM_CA_CERT="+ca)
			said, err := om.CombinedOutput()
			var exit *exec.ExitError
			Expect(errors.As(err, &exit)).To(BeTrue(), "%s", said)
			got := to.taken()
			if wantedErr != nil {
				Expect(got).To(BeNil(), "%q: %v: %s", text, wantedErr, said)
				continue
			}
			Expect(got).To(MatchJSON(wanted), "%q: %s", text, said)
		}
	})
})
