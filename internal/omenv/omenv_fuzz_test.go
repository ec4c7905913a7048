package omenv_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/omenv"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// geheim is a value that no message may repeat.
const geheim = `Pl4nted (geheim) 4711`

// FuzzEnvFile: om's env.yml, filled in from a variable.
func FuzzEnvFile(f *testing.F) {
	for _, content := range []string{
		"target: opsman.example.com\nusername: admin\npassword: $S\n", "target: http://opsman.example.com\nclient-id: a\nclient-secret: ((v))\n", "target: \"https://x:$S@y\"\nusername: a\npassword: b",
		"password: [$S\n", "- $S\n", "$S", "$S: $S\n", "target: &a [*a]\n", "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\ntarget: [*b,*b,*b,*b,*b,*b]\n", "<<: {target: x}\n",
		"connect-timeout: 1e99\nrequest-timeout: .nan\nskip-ssl-validation: yes\ntrace: $S\n", "ca-cert: -----BEGIN CERTIFICATE-----\n", "target: !!binary $S\n", "decryption-passphrase: ((v))((v))\n", "? [a]\n: b\n",
		"password: ((v.a))\n", "((v)): x\n", "((v))", "variables: [{name: v, type: x}]\ntarget: ((v.0.a))\n",
	} {
		for _, variable := range []string{geheim, "{a: " + geheim + "}", "[{a: 0123}]"} {
			f.Add(content, variable)
		}
	}
	f.Fuzz(func(t *testing.T, content, variable string) {
		if strings.Contains(content, "ca-cert") && !strings.Contains(content, "BEGIN") {
			return // any file of this machine
		}
		path := filepath.Join(t.TempDir(), "env.yml")
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(content, "$S", geheim)), 0o600); err != nil {
			t.Fatal(err)
		}
		config, err := omenv.Config(omenv.Flags{Env: path}, []string{"OM_VARS_ENV=V", "V_v=" + variable})
		for _, problem := range input.Problems(err) {
			text := strings.ReplaceAll(problem.Error(), path, "env.yml")
			if strings.Contains(text, geheim) {
				t.Fatalf("a secret shows in %q", text)
			}
			// A placeholder is named, wherever it comes from.
			if len(variable) > 8 && !strings.Contains(variable, "((") && strings.Contains(text, variable) {
				t.Fatalf("a variable shows in %q", text)
			}
			if strings.ContainsFunc(text, unicode.IsControl) || len(text) > 64<<10 {
				t.Fatalf("%q does not stay in its line, or is too long", text)
			}
		}
		if err != nil {
			return
		}
		client, err := opsman.New(config)
		if err != nil {
			if strings.Contains(err.Error(), geheim) {
				t.Fatalf("a secret shows in %q", err)
			}
			return
		}
		if !strings.HasPrefix(client.Target(), "https://") {
			t.Fatalf("%q is taken for a target", client.Target())
		}
	})
}
