package omenv_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pivotal-cf/om/interpolate"
	"gopkg.in/yaml.v2"

	"github.com/opsman-ca/opsman-ca/internal/omenv"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// omOptions are the keys of om's env file, as om's cmd/main.go has them.
type omOptions struct {
	CACert               string `yaml:"ca-cert"`
	ClientID             string `yaml:"client-id"`
	ClientSecret         string `yaml:"client-secret"`
	ConnectTimeout       int    `yaml:"connect-timeout"`
	DecryptionPassphrase string `yaml:"decryption-passphrase"`
	Env                  string
	Password             string `yaml:"password"`
	RequestTimeout       int    `yaml:"request-timeout"`
	SkipSSLValidation    bool   `yaml:"skip-ssl-validation"`
	Target               string `yaml:"target"`
	UAATarget            string `yaml:"uaa-target"`
	Trace                bool   `yaml:"trace"`
	Username             string `yaml:"username"`
	VarsEnv              string
	Version              bool
}

var left = regexp.MustCompile(`\(\(.*\)\)`)

// asOm reads an env file by om's own code, as far as om exports it: what om takes
// of it, or that om fails on it.
func asOm(path string, environ []string) (config opsman.Config, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("om panics: %v", problem)
		}
	}()
	text, err := interpolate.Execute(interpolate.Options{TemplateFile: path, EnvironFunc: func() []string { return environ }, VarsEnvs: []string{"PRE"}})
	if err != nil {
		return config, err
	}
	var o omOptions
	if err := yaml.UnmarshalStrict(text, &o); err != nil {
		return config, err
	}
	if o.Target == "" {
		return config, errors.New("no target")
	}
	for _, looked := range []string{o.DecryptionPassphrase, o.ClientID, o.ClientSecret, o.Password, o.Target, o.Username} {
		if left.MatchString(looked) {
			return config, fmt.Errorf("%s is left", looked)
		}
	}
	if o.CACert != "" {
		if !x509.NewCertPool().AppendCertsFromPEM([]byte(o.CACert)) {
			return config, fmt.Errorf("no certificate in %s", o.CACert)
		}
		config.CACert = certificate
	}
	config.Target, config.Username, config.Password, config.ClientID, config.ClientSecret = o.Target, o.Username, o.Password, o.ClientID, o.ClientSecret
	config.DecryptionPassphrase, config.SkipSSLValidation = o.DecryptionPassphrase, o.SkipSSLValidation
	config.ConnectTimeout, config.RequestTimeout = time.Duration(o.ConnectTimeout)*time.Second, time.Duration(o.RequestTimeout)*time.Second
	return config, nil
}

var _ = Describe("a placeholder", func() {
	quoted := `"` + strings.ReplaceAll(certificate, "\n", `\n`) + `"`
	contents := []string{
		"text", `"in quotes"`, "7", "true", "", "~", "two\nlines", "a # b", "((w))", "((w.a))", "[", certificate,
		"{a: text}", `{"a": "text", "list": ["one", "two"]}`, "{a: {b: text}}", "{a: [{b: text}, {b: other}]}", "[one, two]", "[{a: text}]", "{a: 7, b: true}", "{a: ((w))}", "{a: ((w.a))}", "{a: " + quoted + "}",
		"{target: text}", "{true: text, 7: text}", "{a: ~}", "&x {a: text, b: {<<: *x}}", "{a: &x text, b: *x}", "{a: https://x.example.com/y}",
	}
	forms := []string{
		"K: ((v))", "K: x((v))y", "K: ((!v))", "K: ((v.a))", "K: x((v.a))y", "K: ((v.a.b))", "K: ((v.0))", "K: ((v.-1))", "K: ((v.0.a))", "K: ((v.a.1.b))", "K: ((v.a))((w))", "K: ((v.list.1))",
		"K: ((v.))", "K: ((v..a))", "K: ((.v))", "K: ((v/a))", "K: (( v ))", "K: ((other))", "K: ((other.a))", "((v)): K", "K: [((v))]", "K: {a: ((v))}", "K: ((v.true))", "((v))", "? ((v.a))\n: x", "K: ((v)) ((w", "K: '((v.a))'",
		"K: |\n  ((v))\n  ((w))", "K: &a ((v.a))\n<<: {trace: true}", "variables: [{name: v, type: password}]\nK: ((v))",
	}
	// The first of them for every key, all of them for one.
	for _, key := range []string{"password", "ca-cert", "uaa-target", "skip-ssl-validation", "connect-timeout", "env"} {
		It("in "+key+" is filled in as om does it", func() {
			path := filepath.Join(GinkgoT().TempDir(), "env.yml")
			taken, refused, written := 0, 0, forms
			if key != "password" {
				written = forms[:14]
			}
			for _, form := range written {
				for _, content := range contents {
					environ := []string{"OM_VARS_ENV=PRE", "PRE_v=" + content, "PRE_w=second", "PREFIX_other=x"}
					text := strings.ReplaceAll(form, "K", key) + "\n"
					if form != "((v))" {
						text = "target: opsman\n" + text
					}
					Expect(os.WriteFile(path, []byte(text), 0o600)).To(Succeed())
					wanted, omErr := asOm(path, environ)
					got, err := omenv.Config(omenv.Flags{Env: path}, environ)
					Expect(err == nil).To(Equal(omErr == nil), "%q with %q: om: %v; opsman-ca: %v", text, content, omErr, err)
					if omErr != nil {
						refused++
						continue
					}
					taken++
					Expect(got).To(Equal(wanted), "%q with %q", text, content)
				}
			}
			Expect(taken).To(BeNumerically(">", 5))
			Expect(refused).To(BeNumerically(">", 5))
		})
	}
})
