package secrets_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// wrongFiles are files that hold secrets, in all shapes on which a parser may
// stumble over them. Each is put where every other file belongs.
func wrongFiles() map[string]string {
	p := regexp.MustCompile(`\W`).ReplaceAllString(password, "")
	return map[string]string{
		"an env file":                  "target: https://opsman.example.com\nusername: admin\npassword: " + p + "\ndecryption-passphrase: |\n  " + p + "\n",
		"a nested file":                "errands:\n  cf:\n    run_post_deploy: " + p + "\n",
		"a value":                      "errands:\n  cf:\n    run_post_deploy: {smoke_tests: " + p + "}\npassword: [" + p + "]\n",
		"a broken file":                "username: admin\npassword: \"" + p + "\n\tclient-secret: ]" + p + "\n",
		"a file with a tab":            "username: admin\n\tpassword: " + p + "\n",
		"an anchor":                    "password: *" + p + "\n",
		"a tag":                        "password: !!int " + p + "\n",
		"a list":                       "- " + p + "\n",
		"a text":                       p + "\n",
		"JSON":                         `{"target":"x","password":` + strconv.Quote(p) + `}`,
		"JSON of leaves":               `{"active":"` + p + `","installation":"` + p + `","regenerated_at":"` + p + `"}`,
		"JSON with a wrong type":       `{"active":["` + p + `"],"state":{"x":"` + p + `"},"regenerated_at":"` + p + `"}`,
		"broken JSON":                  `{"password":` + p + `}`,
		"a private key":                theirKey(),
		"a certificate that is a text": "-----BEGIN CERTIFICATE-----\n" + p + "\n-----END CERTIFICATE-----\n",
		"a block of an odd kind":       "-----BEGIN " + p + "-----\nAAAA\n-----END " + p + "-----\n",
		"a password in one line":       "password=" + p,
		"a password behind a colon":    "x: y: " + p + "\n",
	}
}

var _ = Describe("No secret is left behind by a wrong file", func() {
	It("wherever one is read", func(ctx SpecContext) {
		b := settled(ctx)
		certificate, key := filepath.Join("custom-ca", "cert.pem"), filepath.Join("custom-ca", "key.pem")
		put := func(path, content string) {
			GinkgoHelper()
			path = filepath.Join(b.Build, path)
			Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
			Expect(os.WriteFile(path, []byte(content), 0o600)).To(Succeed())
		}
		refused := func(what string, environ []string, args ...string) {
			GinkgoHelper()
			Expect(b.task(ctx, environ, args...)).NotTo(Equal(0), "%s: %v", what, environ)
		}
		for what, content := range wrongFiles() {
			By(what)
			put("custom-ca/wrong", content)
			put("custom-ca/version/version.json", content)

			// Beside errands om passes over any key, and so do we, with a warning.
			b.task(ctx, []string{"ERRAND_CONFIG_FILE=custom-ca/wrong"}, "apply-changes", "--force", "--om", "true")
			b.task(ctx, []string{"ERRAND_CONFIG_FILE=custom-ca/wrong"}, "plan")
			refused(what, []string{"ENV_FILE=custom-ca/wrong", "OM_USERNAME=", "OM_PASSWORD=", "OM_CLIENT_ID=nobody"}, "status")
			refused(what, []string{"OPSMAN=" + content, "ENV_FILE=", "OM_TARGET=", "OM_CA_CERT=", "OM_USERNAME=", "OM_PASSWORD=", "OM_CLIENT_ID=", "OM_CLIENT_SECRET=", "OM_DECRYPTION_PASSPHRASE="}, "status")
			refused(what, []string{"FROM=custom-ca/version"}, "verify")
			refused(what, []string{"CA_CERTIFICATE_FILE=custom-ca/wrong", "CA_PRIVATE_KEY_FILE=" + key}, "generate")
			refused(what, []string{"CA_CERTIFICATE_FILE=" + certificate, "CA_PRIVATE_KEY_FILE=custom-ca/wrong"}, "generate")
			if !strings.Contains(content, "BEGIN") {
				refused(what, []string{"OM_CA_CERT=custom-ca/wrong"}, "status")
			}
			for _, variable := range []string{"ERRAND_CONFIG_FILE", "ENV_FILE"} {
				if strings.Contains(strings.TrimSpace(content), "\n") {
					// An ENV_FILE that is nowhere is passed over beside OM_TARGET.
					b.task(ctx, []string{variable + "=" + content}, "plan")
				}
			}
			for _, params := range []map[string]any{
				{"certificate": "custom-ca/wrong", "private_key": key},
				{"certificate": certificate, "private_key": "custom-ca/wrong"},
			} {
				Expect(b.out(ctx, "generate", params).ExitCode()).NotTo(Equal(0), what)
			}
			Expect(b.out(ctx, "verify", map[string]any{"from": "custom-ca/version"}).ExitCode()).NotTo(Equal(0), what)
			ca := b.Source["ca_cert"]
			b.Source["ca_cert"] = content
			Expect(b.check(ctx).ExitCode()).NotTo(Equal(0), what)
			b.Source["ca_cert"] = ca
			b.run(ctx, process.Program{Path: "check", Stdin: []byte(content)})
		}
		b.expectNoLeak()
	})
})

// task runs the command as a task does, with these variables besides; those of the
// same name count last.
func (b *build) task(ctx context.Context, environ []string, args ...string) int {
	GinkgoHelper()
	all := []string{"OM_TARGET=" + b.url, "OM_CA_CERT=" + b.caCert, "OM_USERNAME=admin", "OM_PASSWORD=" + password, "OPSMAN_CA_LOG_LEVEL=debug", "ENV_FILE="}
	return b.run(ctx, command(append(all, environ...), args...)).ExitCode()
}
