package resource

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// geheim is a value that no message may repeat.
const geheim = "Pl4nted-geheim/4711"

// told checks problems as the operator reads them.
func told(t *testing.T, raw string, problems []error) {
	t.Helper()
	for _, problem := range input.Problems(errors.Join(problems...)) {
		text := problem.Error()
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) || len(text) > 64<<10 {
			t.Fatalf("%q does not stay in its line, or is too long", text)
		}
		for _, key := range []string{"password", "client_secret", "decryption_passphrase"} {
			field := `"` + key + `":"` + geheim
			if strings.Contains(raw, field) && strings.Count(raw, geheim) == strings.Count(raw, field) && strings.Contains(text, geheim) {
				t.Fatalf("the %s shows in %q", key, text)
			}
		}
	}
}

// FuzzRequest: what Concourse writes to standard input: source, params, version.
func FuzzRequest(f *testing.F) {
	const source = `"source":{"target":"https://opsman.example.com","username":"admin","password":"$S"}`
	for _, raw := range []string{
		`{` + source + `,"version":{"state":"settled","active":"f7bc18f34f2a7a9403c3"},"params":{"phase":"generate","from":"ca","expires_within":"3m","exclude_from_rotation":["/own/ca"],"accept":["pending-changes"]}}`,
		`{` + source + `,"params":{"phase":"activate","from":"../x","certificate":"/etc/passwd","private_key":"-----BEGIN"}}`, `{` + source + `,"version":{"state":"settled","active":"../x"}}`,
		`{"source":{"target":"http://opsman.example.com","client_id":"a","client_secret":"$S"}}`, `{"source":{"target":"https://x","username":"a","password":"$S","ca_cert":"-----BEGIN CERTIFICATE-----"}}`,
		`{"source":{"target":"https://admin:$S@x","decryption_passphrase":"$S","retry_for":"-1s"}}`, `{"source":{"opsman":{"target":"https://x","username":"a","password":"$S","client_id":null,"skip_ssl_validation":"true"}}}`, `{"source":{"opsman":{"password":["$S"],"$S":1},"target":null}}`, `{"source":{"opsman":"$S"}}`,
		`{"source":[],"version":1,"params":"x"}`, `{"source":{"unrotated_certificates":["*","\n"]},"params":{"phase":"x","phase":"y"}}`, `null`, `{"version":null}`,
		`{"source":{"target":"https://x","rotate_before":"6m","password":"$S"},"version":{"due":"/cf/x","expires_on":"2027-01-09","active":"a"}}`, `{"source":{"expiring":"30d","rotate_before":"$S"}}`,
		`{"source":{"expiring":"0d"},"version":{"expiring":"3","first":"a\u0085b","expires_on":"2027-01-09T08:00:00Z","last":"2027-01-09T08:00:00Z","set":"9f86d081884c7d65"}}`,
		`{` + source + `,"params":{"skip_download":true}}`, `{` + source + `,"params":{"phase":"verify","from":"a\u0000b","if_rotating":true,"dry_run":false}}`,
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		raw = strings.ReplaceAll(raw, "$S", geheim)
		r, err := read(context.Background(), strings.NewReader(raw))
		told(t, raw, []error{err})
		if err != nil {
			return
		}
		told(t, raw, r.problems)
		s, problems := readSource(r.Source)
		client, err := opsman.New(s.config())
		if err != nil {
			problems = append(problems, input.Beside(err, problems, s.place())...)
		} else if !strings.HasPrefix(client.Target(), "https://") {
			t.Fatalf("%q is taken for a target", client.Target())
		}
		told(t, raw, problems)
		if s.whole && strings.Contains(fmt.Sprintf("%#v %v", s.Opsman, s), geheim) && s.Opsman.Password == geheim && strings.Count(raw, geheim) == 1 {
			t.Fatalf("the password shows in %v", s)
		}
		if s.Password != "" && strings.Contains(s.String(), geheim) && s.Password == geheim && strings.Count(raw, geheim) == 1 {
			t.Fatalf("the password shows in %v", s)
		}
		kind, confused := s.mode(problems)
		told(t, raw, []error{confused, kind.refusesPut()})
		var within rotation.Within
		switch k := kind.(type) {
		case rotateBefore:
			within = k.within
		case expiring:
			within = k.within
		}
		if (kind.refusesPut() != nil) != (within.String() != rotation.Within{}.String()) {
			t.Fatalf("%T is a resource of %s", kind, within)
		}
		again(t, raw, r, parseDue)
		again(t, raw, r, parseAlert)
		var get InParams
		told(t, raw, input.Decode(r.Params, "params", &get))
		put, problems := decodeOut(r.Params)
		told(t, raw, problems)
		for _, path := range []Path{put.From, put.Certificate, put.PrivateKey} {
			if path != "" && !filepath.IsLocal(string(path)) {
				t.Fatalf("%q is taken for a path within the build", path)
			}
		}
		version, problems := versionOf(r, rotation.ParseVersion)
		told(t, raw, problems)
		if version == nil || len(problems) > 0 {
			return
		}
		if again, err := rotation.ParseVersion(version.Map()); err != nil || again != *version {
			t.Fatalf("%v is read again as %v, %v", *version, again, err)
		}
	})
}

// again reads a version of another kind, and what it is as Concourse keeps it.
func again[V interface {
	comparable
	Map() map[string]string
}](t *testing.T, raw string, r request, parse func(map[string]string) (V, error)) {
	t.Helper()
	version, problems := versionOf(r, parse)
	told(t, raw, problems)
	if version == nil || len(problems) > 0 {
		return
	}
	if once, err := parse((*version).Map()); err != nil || once != *version {
		t.Fatalf("%v is read again as %v, %v", *version, once, err)
	}
	for key, value := range (*version).Map() {
		if strings.ContainsFunc(key+value, unicode.IsControl) {
			t.Fatalf("%s holds %q", key, value)
		}
	}
}

// FuzzVersionFile: version.json in a folder that a get did not write, or that a
// task changed; and what is written of it in turn.
func FuzzVersionFile(f *testing.F) {
	for _, raw := range []string{
		`{"state":"generated","active":"a","candidate":"b","installation":"184"}`, `{"state":"settled","active":"a"}`, `{"state":"settled","active":"../../x"}`, "", "geheim", `{"state":["` + geheim + `"]}`,
		`{"state":"blocked","reason":"x\n","cas":"a,,b"}`, `{"state":"blocked","reason":"too-many-cas","cas":"a,b,c"}`,
	} {
		f.Add([]byte(raw), "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n")
	}
	f.Fuzz(func(t *testing.T, raw []byte, certPEM string) {
		from, to := t.TempDir(), filepath.Join(t.TempDir(), "to")
		if err := os.WriteFile(filepath.Join(from, versionFile), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		version, problems := folderVersion(from, "ca")
		told(t, "", problems)
		if len(problems) > 0 {
			return
		}
		cas := []evidence.CA{{GUID: version.Active, CertPEM: certPEM}}
		if err := WriteVersion(to, version, cas, func(text string) string { return text }); err != nil {
			t.Fatal(err)
		}
		again, problems := folderVersion(to, "ca")
		if len(problems) > 0 || again != version {
			t.Fatalf("%v is read again as %v, %v", version, again, problems)
		}
		files, err := os.ReadDir(to)
		if err != nil {
			t.Fatal(err)
		}
		if entries, err := os.ReadDir(filepath.Dir(to)); err != nil || len(entries) != 1 {
			t.Fatalf("something was written beside the folder: %v, %v", entries, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(filepath.Join(to, file.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(content, []byte("PRIVATE KEY")) {
				t.Fatalf("a private key was written to %s", file.Name())
			}
			if strings.ContainsFunc(string(content), func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
				t.Fatalf("%s holds %q", file.Name(), content)
			}
		}
	})
}
