package integration_test

import (
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// envFile is one env.yml for om and for opsman-ca, with what Ops Manager knows of
// its credentials. The empty ones are admin and secret, rotator and client-secret.
type envFile struct {
	// text has TARGET for the address, HOST for the host, and CA for the
	// certificate, indented by two.
	text               string
	username, password string
	client, secret     string
	passphrase         string
	environ            []string
}

// login is a whole env file but for the password.
const login = "target: TARGET\nca-cert: |\n  CA\nusername: admin\n"

// insecure is the same without the certificate.
const insecure = "target: TARGET\nusername: admin\npassword: secret\n"

// whole is a file with one line more.
func whole(more string) envFile { return envFile{text: login + "password: secret\n" + more + "\n"} }

// withPassword writes a password, and is what it means.
func withPassword(written, meant string) envFile {
	return envFile{text: login + "password: " + written + "\n", password: meant}
}

// filled takes the password from a variable.
func filled(content, meant string) envFile {
	return envFile{text: login + "password: ((pw))\n", password: meant, environ: []string{"OM_VARS_ENV=PRE", "PRE_pw=" + content}}
}

// tried puts the file to om and to opsman-ca, and returns whether each logs in.
func (e envFile) tried(ctx SpecContext) (om, ours bool) {
	GinkgoHelper()
	or := func(text, otherwise string) string {
		if text == "" {
			return otherwise
		}
		return text
	}
	f, err := sim.New(sim.Options{
		Tiles: smallTiles(), KeyBits: 1024, VMDelay: -1,
		Username: or(e.username, "admin"), Password: or(e.password, "secret"),
		ClientID: or(e.client, "rotator"), ClientSecret: or(e.secret, "client-secret"), Passphrase: e.passphrase,
	})
	Expect(err).NotTo(HaveOccurred())
	server, err := sim.Serve(f)
	Expect(err).NotTo(HaveOccurred())
	defer server.Close()

	folder := GinkgoT().TempDir()
	words := strings.NewReplacer("TARGET", server.URL, "HOST", strings.TrimPrefix(server.URL, "https://"),
		"CA", strings.ReplaceAll(strings.TrimSpace(server.CAPEM), "\n", "\n  "))
	Expect(os.WriteFile(filepath.Join(folder, "env.yml"), []byte(words.Replace(e.text)), 0o600)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(folder, "ca.pem"), []byte(server.CAPEM), 0o600)).To(Succeed())
	var environ []string
	for _, variable := range e.environ {
		environ = append(environ, strings.ReplaceAll(variable, "=TARGET", "="+server.URL))
	}
	answered := func(name, command string) bool {
		o := program{process.Program{Path: name, Args: []string{"--env", "env.yml", command}, Environ: environ, Dir: folder}}.run(ctx)
		if o.code == 0 {
			Expect(o.stdout).To(ContainSubstring(f.Dump().CAs[0].GUID))
		}
		return o.code == 0
	}
	return answered("om", "certificate-authorities"), answered("opsman-ca", "report")
}

var _ = Describe("An env.yml", func() {
	DescribeTable("is taken by opsman-ca where om takes it, and refused where om does", func(ctx SpecContext, e envFile, taken bool) {
		om, ours := e.tried(ctx)
		Expect(om).To(Equal(taken), "om")
		Expect(ours).To(Equal(taken), "opsman-ca")
	},
		Entry("whole", whole(""), true),
		Entry("with a wrong password", withPassword("wrong", "secret"), false),
		Entry("without a password", envFile{text: login}, false),
		Entry("with a host alone", envFile{text: strings.Replace(login, "TARGET", "HOST", 1) + "password: secret\n"}, true),
		Entry("with a path in the target", envFile{text: strings.Replace(login, "TARGET", "TARGET/path", 1) + "password: secret\n"}, true),
		Entry("with an http target", envFile{text: strings.Replace(login, "TARGET", "http://HOST", 1) + "password: secret\n"}, false),

		Entry("with a password of digits", withPassword("12345", "12345"), true),
		Entry("with a password of many digits", withPassword("12345678901234567890", "12345678901234567890"), true),
		Entry("with a fraction for a password", withPassword("1.25", "1.25"), true),
		Entry("with a date for a password", withPassword("2026-11-23", "2026-11-23"), true),
		Entry("with a truth for a password", withPassword("true", "true"), true),
		Entry("with a password in quotes", withPassword(`"0123"`, "0123"), true),
		Entry("with a password of two lines", withPassword("|\n  one\n  two", "one\ntwo\n"), true),
		Entry("with a list for a password", withPassword("[secret]", "secret"), false),
		Entry("with a mapping for a password", withPassword("{a: secret}", "secret"), false),
		Entry("with nothing for a password", withPassword("", "secret"), false),
		Entry("with ~ for a password", withPassword("~", "~"), false),
		Entry("with a username of digits", envFile{text: strings.Replace(login, "admin", "4711", 1) + "password: secret\n", username: "4711"}, true),
		Entry("with a passphrase of digits", envFile{text: login + "password: secret\ndecryption-passphrase: 1234\n", passphrase: "1234"}, true),
		Entry("with a client of digits", envFile{text: "target: TARGET\nca-cert: |\n  CA\nclient-id: 12\nclient-secret: 34\n", client: "12", secret: "34"}, true),

		Entry("with a client", envFile{text: "target: TARGET\nca-cert: |\n  CA\nclient-id: rotator\nclient-secret: client-secret\n"}, true),
		Entry("with a user and a client", whole("client-id: nobody\nclient-secret: nothing"), true),
		Entry("with half a user and a client", envFile{text: login + "client-id: rotator\nclient-secret: client-secret\n"}, true),
		Entry("with half a client", envFile{text: "target: TARGET\nca-cert: |\n  CA\nclient-id: rotator\n"}, false),

		Entry("with skip-ssl-validation", envFile{text: insecure + "skip-ssl-validation: true\n"}, true),
		Entry("with yes for skip-ssl-validation", envFile{text: insecure + "skip-ssl-validation: yes\n"}, true),
		Entry("with On for skip-ssl-validation", envFile{text: insecure + "skip-ssl-validation: On\n"}, true),
		Entry("with no for skip-ssl-validation", envFile{text: insecure + "skip-ssl-validation: no\n"}, false),
		Entry("with nothing for skip-ssl-validation", whole("skip-ssl-validation:"), true),
		Entry("with skip-ssl-validation in quotes", envFile{text: insecure + "skip-ssl-validation: \"true\"\n"}, false),
		Entry("with skip-ssl-validation false in quotes", whole(`skip-ssl-validation: "false"`), false),
		Entry("with 1 for skip-ssl-validation", envFile{text: insecure + "skip-ssl-validation: 1\n"}, false),
		Entry("with maybe for skip-ssl-validation", whole("skip-ssl-validation: maybe"), false),
		Entry("with trace", whole("trace: no"), true),
		Entry("with a text for trace", whole("trace: verbose"), false),

		Entry("with timeouts", whole("connect-timeout: 30\nrequest-timeout: 1800"), true),
		Entry("with timeouts of 0", whole("connect-timeout: 0\nrequest-timeout: 0"), true),
		Entry("with a timeout in quotes", whole(`connect-timeout: "30"`), false),
		Entry("with a unit in a timeout", whole("connect-timeout: 30s"), false),
		Entry("with a timeout of a fraction", whole("connect-timeout: 29.5"), true),
		Entry("with a timeout as a power", whole("connect-timeout: 1e2"), true),
		Entry("with an octal timeout", whole("connect-timeout: 036"), true),
		Entry("with a huge timeout", whole("connect-timeout: 1e30"), false),
		Entry("with a negative timeout", whole("connect-timeout: -5"), false),
		Entry("with a truth for a timeout", whole("request-timeout: true"), false),

		Entry("with a file for ca-cert", envFile{text: insecure + "ca-cert: ca.pem\n"}, true),
		Entry("with no file for ca-cert", envFile{text: insecure + "ca-cert: other.pem\n"}, false),
		Entry("with a text before the certificate", envFile{text: strings.Replace(login, "  CA", "  subject: me\n  CA\n  the end", 1) + "password: secret\n"}, true),
		Entry("with no certificate in ca-cert", envFile{text: insecure + "ca-cert: BEGIN\nskip-ssl-validation: true\n"}, false),
		Entry("without ca-cert", envFile{text: insecure}, false),

		Entry("with a uaa-target, which om passes over", whole("uaa-target: https://uaa.example.com"), true),
		Entry("with an unknown key", whole("passwort: secret"), false),
		Entry("with a key in capitals", whole("Trace: false"), false),
		Entry("with a key that only counts as a flag", whole("env: production"), true),
		Entry("with a key twice", envFile{text: login + "password: wrong\npassword: secret\n"}, true),
		Entry("with a second document", whole("---\ntarget: elsewhere"), true),
		Entry("that is a list", envFile{text: "- target: TARGET\n"}, false),
		Entry("that is a text", envFile{text: "TARGET\n"}, false),
		Entry("that is no YAML", whole("x: [\n"), false),
		Entry("with a tab", whole("\ttrace: no"), false),
		Entry("that is empty", envFile{}, false),
		Entry("that is empty, besides variables", envFile{environ: []string{"OM_TARGET=TARGET", "OM_USERNAME=admin", "OM_PASSWORD=secret", "OM_CA_CERT=ca.pem"}}, true),

		Entry("with a variable", filled("secret", "secret"), true),
		Entry("with a variable of digits", filled("12345", "12345"), true),
		Entry("with a variable in quotes", filled(`"a b"`, "a b"), true),
		Entry("with a variable that holds a comment", filled("secret # no comment", "secret # no comment"), true),
		Entry("with a variable of lines", filled("one\ntwo", "one\ntwo"), true),
		Entry("with a variable that is no YAML", filled("{]", "{]"), false),
		Entry("with a variable that is a mapping", filled("a: b", "a: b"), false),
		Entry("with an empty variable", filled("", "secret"), false),
		Entry("with a variable within a text", envFile{text: strings.Replace(login, "admin", "ad((in))", 1) + "password: secret\n", username: "ad34", environ: []string{"OM_VARS_ENV=PRE", "PRE_in=34"}}, true),
		Entry("with a truth within a text", envFile{text: strings.Replace(login, "admin", "ad((in))", 1) + "password: secret\n", username: "adtrue", environ: []string{"OM_VARS_ENV=PRE", "PRE_in=true"}}, false),
		Entry("with a variable in a variable", envFile{text: login + "password: ((a))\n", environ: []string{"OM_VARS_ENV=PRE", "PRE_a=((b))", "PRE_b=secret"}}, true),
		Entry("with a part of a variable", envFile{text: "target: TARGET\nca-cert: |\n  CA\nusername: ((login.username))\npassword: ((login.password))\n", environ: []string{"OM_VARS_ENV=PRE", `PRE_login={"username":"admin","password":"secret"}`}}, true),
		Entry("with a part that the variable has not", envFile{text: login + "password: ((login.password))\n", environ: []string{"OM_VARS_ENV=PRE", "PRE_login={a: secret}"}}, false),
		Entry("with a part of a list within a text", envFile{text: strings.Replace(login, "admin", "ad((in.1))", 1) + "password: secret\n", username: "ad34", environ: []string{"OM_VARS_ENV=PRE", "PRE_in=[12, 34]"}}, true),
		Entry("with a placeholder in the uaa-target", whole("uaa-target: ((uaa))"), true),
		Entry("with a placeholder beside the certificate", envFile{text: strings.Replace(login, "  CA", "  of ((opsman)):\n  CA", 1) + "password: secret\n"}, true),
		Entry("with a mapping in a key that only counts as a flag", whole("env: {a: b}"), false),
		Entry("with a variable for a truth", envFile{text: insecure + "skip-ssl-validation: ((skip))\n", environ: []string{"OM_VARS_ENV=PRE", "PRE_skip=true"}}, true),
		Entry("with a variable for a truth in quotes", envFile{text: insecure + "skip-ssl-validation: ((skip))\n", environ: []string{"OM_VARS_ENV=PRE", `PRE_skip="true"`}}, false),
		Entry("with a variable for a timeout", envFile{text: login + "password: secret\nconnect-timeout: ((seconds))\n", environ: []string{"OM_VARS_ENV=PRE", "PRE_seconds=7"}}, true),
		Entry("with a variable that is not set", envFile{text: login + "password: ((pw))\n", environ: []string{"OM_VARS_ENV=PRE"}}, false),
		Entry("with a variable and no prefix", envFile{text: login + "password: ((pw))\n", password: "((pw))"}, false),
		Entry("with a variable whose key is given elsewhere", envFile{text: login + "password: ((pw))\n", environ: []string{"OM_PASSWORD=secret"}}, true),
		Entry("with a variable for a truth that is not filled in", whole("skip-ssl-validation: ((skip))"), false),
	)

	// om reads an env file twice and writes it in between, whereby numbers and
	// truths change. Such a file is not in use: om cannot log in with it.
	DescribeTable("has the password that was written, where om makes another of it", func(ctx SpecContext, e envFile) {
		om, ours := e.tried(ctx)
		Expect(om).To(BeFalse(), "om")
		Expect(ours).To(BeTrue(), "opsman-ca")
	},
		Entry("with a leading zero", withPassword("0123", "0123")),
		Entry("with an exponent", withPassword("1e3", "1e3")),
		Entry("with a last zero", withPassword("1.50", "1.50")),
		Entry("with underscores", withPassword("1_000", "1_000")),
		Entry("in hexadecimals", withPassword("0x1F", "0x1F")),
		Entry("of more digits than a number has", withPassword("123456789012345678901234", "123456789012345678901234")),
		Entry("that says yes", withPassword("yes", "yes")),
		Entry("in a variable", filled("0123", "0123")),
	)

	It("may not wait for ever, as om does with a negative timeout", func(ctx SpecContext) {
		om, ours := whole("request-timeout: -5").tried(ctx)
		Expect(om).To(BeTrue())
		Expect(ours).To(BeFalse())
	})
})
