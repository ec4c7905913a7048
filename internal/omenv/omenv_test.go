package omenv_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/omenv"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// fromAutomation is the env.yml of the Platform Automation Toolkit's documentation.
const fromAutomation = `---
target: https://pcf.example.com
connect-timeout: 30            # default 5
request-timeout: 1800          # default 1800
skip-ssl-validation: false     # default false
# if using username/password authentication
username: username
password: password
# optional
ca-cert: |
CERTIFICATE
# decryption-passphrase is optional,
# except for use with the import-installation command.
decryption-passphrase: passphrase
trace: false
`

// certificate is one of a CA, made for these specs.
var certificate = func() string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err.Error()
	}
	made := x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &made, &made, key.Public(), key)
	if err != nil {
		return err.Error()
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}()

// indented is a text below a key of an env file.
func indented(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")
}

func file(name, content string) string {
	GinkgoHelper()
	path := filepath.Join(GinkgoT().TempDir(), name)
	Expect(os.WriteFile(path, []byte(content), 0o600)).To(Succeed())
	return path
}

func config(flags omenv.Flags, environ ...string) opsman.Config {
	GinkgoHelper()
	c, err := omenv.Config(flags, environ)
	Expect(err).NotTo(HaveOccurred())
	return c
}

var _ = Describe("an env file", func() {
	It("of Platform Automation is taken as it is", func() {
		Expect(config(omenv.Flags{Env: file("env.yml", strings.Replace(fromAutomation, "CERTIFICATE", indented(certificate), 1))})).To(Equal(opsman.Config{
			Target: "https://pcf.example.com", Username: "username", Password: "password", DecryptionPassphrase: "passphrase",
			CACert:         certificate,
			ConnectTimeout: 30 * time.Second, RequestTimeout: 30 * time.Minute,
		}))
	})

	It("may have a client, and a key without a value", func() {
		c := config(omenv.Flags{Env: file("env.yml", "target: opsman\nclient-id: rotator\nclient-secret: geheim\nusername:\nskip-ssl-validation: true\n")})
		Expect(c).To(Equal(opsman.Config{Target: "opsman", ClientID: "rotator", ClientSecret: "geheim", SkipSSLValidation: true}))
	})

	It("is filled in from variables with the prefix of OM_VARS_ENV", func() {
		env := file("env.yml", "target: https://((host))\npassword: ((password))\nusername: admin\nskip-ssl-validation: ((skip))\nconnect-timeout: ((timeout))\n")
		c := config(omenv.Flags{Env: env}, "OM_VARS_ENV=PRE", "PRE_host=opsman.example.com", `PRE_password=a"b\c=$x`, "PRE_skip=true", "PRE_timeout=7")
		Expect(c).To(Equal(opsman.Config{
			Target: "https://opsman.example.com", Username: "admin", Password: `a"b\c=$x`, SkipSSLValidation: true, ConnectTimeout: 7 * time.Second,
		}))
	})

	DescribeTable("names everything that is wrong, and no secret",
		func(content string, environ []string, wanted ...string) {
			path := file("env.yml", content)
			_, err := omenv.Config(omenv.Flags{Env: path}, environ)
			var lines []string
			for _, problem := range input.Problems(err) {
				lines = append(lines, problem.Error())
				Expect(problem).NotTo(MatchError(ContainSubstring("geheim")))
			}
			Expect(lines).To(HaveLen(len(wanted)), "%v", lines)
			for i := range wanted {
				Expect(lines[i]).To(MatchRegexp(wanted[i]))
			}
		},
		Entry("no YAML", "password: \"geheim\nx: [", nil, `^the env file \S+/env.yml cannot be read \(line \d\): expected YAML with a key and a value in each line, for example target: https://opsman.example.com$`),
		Entry("a list", "- geheim\n", nil, `^the env file \S+ cannot be read.*: expected YAML`),
		Entry("a text", "geheim\n", nil, `^the env file \S+ cannot be read.*: expected YAML`),
		Entry("an unknown key", "passwort: geheim\n", nil, `^the env file has the unknown key "passwort": expected some of target, uaa-target, username, password, client-id, client-secret, decryption-passphrase, ca-cert, skip-ssl-validation, connect-timeout, request-timeout, trace$`),
		Entry("nothing", "---\n# nothing yet\n", nil, `^the env file \S+/env.yml is empty: expected at least target, username and password \(or client-id and client-secret\), for example target: https://opsman.example.com$`),
		Entry("a nested secret", "password: {deep: geheim}\n", nil, `^the env file's password is a list or a mapping: expected text, for example "secret"$`),
		Entry("no boolean", "skip-ssl-validation: maybe\n", nil, `^the env file's skip-ssl-validation is neither true nor false: expected one of them without quotes, as om does, for example true$`),
		Entry("a boolean in quotes", "skip-ssl-validation: \"true\"\n", nil, `^the env file's skip-ssl-validation is neither true nor false: expected one of them without quotes`),
		Entry("a timeout with a unit", "connect-timeout: 30s\n", nil, `^the env file's connect-timeout is not a time: expected whole seconds without quotes, as om does, for example 30$`),
		Entry("a timeout in quotes", "connect-timeout: \"30\"\n", nil, `^the env file's connect-timeout is not a time`),
		Entry("a negative timeout", "request-timeout: -5\n", nil, `^the env file's request-timeout is not a time`),
		Entry("a timeout beyond all bounds", "request-timeout: 99999999999\n", nil, `^the env file's request-timeout is not a time`),
		Entry("a certificate that is none", "ca-cert: BEGIN geheim\n", nil, `^the env file's ca-cert holds no certificate that can be read: expected "-----BEGIN CERTIFICATE-----…", the CA that signed Ops Manager's web certificate$`),
		Entry("a variable that is no YAML", "password: ((pw))\n", []string{"OM_VARS_ENV=PRE", "PRE_pw={geheim"}, `^the env file is filled in from PRE_pw, which is not YAML: expected it as om does, for example a text in quotes$`),
		Entry("a boolean within a text", "password: a((pw))\n", []string{"OM_VARS_ENV=PRE", "PRE_pw=true"}, `^the env file holds \(\(pw\)\) within a text: expected PRE_pw to have a text or a whole number there, for example opsman.example.com$`),
		Entry("a part that the variable has not", "password: ((login.password))\n", []string{"OM_VARS_ENV=PRE", "PRE_login={geheim: geheim}"}, `^the env file holds \(\(login.password\)\), and PRE_login has no such part: expected YAML in it as om does, for example \{username: admin\} for \(\(opsman.username\)\)$`),
		Entry("a part of a text", "password: ((login.password))\n", []string{"OM_VARS_ENV=PRE", "PRE_login=geheim"}, `^the env file holds \(\(login.password\)\), and PRE_login has no such part`),
		Entry("a mapping within a text", "password: a((login.a))\n", []string{"OM_VARS_ENV=PRE", "PRE_login={a: {b: geheim}}"}, `^the env file holds \(\(login.a\)\) within a text: expected PRE_login to have a text or a whole number there`),
		Entry("variables that contradict one another", "password: ((a.b))\n", []string{"OM_VARS_ENV=PRE", "PRE_b=geheim", "PRE_a.b.c=geheim"}, `^the env file cannot be filled in from PRE_…, and om fails on it as well: expected texts for its keys, and no variable that is a part of another$`),
		Entry("a variable and a part of it", "password: ((a.b))\n", []string{"OM_VARS_ENV=PRE", "PRE_a=geheim", "PRE_a.b=geheim"}, `^the env file cannot be filled in from PRE_…`),
		Entry("a part within that is called as the whole", "password: ((a.a.b))\n", []string{"OM_VARS_ENV=PRE", "PRE_a.a.b=geheim"}, `^the env file cannot be filled in from PRE_…`),
		Entry("a list in the place of a key", "((key)): geheim\n", []string{"OM_VARS_ENV=PRE", "PRE_key=[geheim]"}, `^the env file cannot be filled in from PRE_`),
		Entry("a placeholder for a truth", "skip-ssl-validation: ((skip))\n", nil, `^the env file's skip-ssl-validation still holds \(\(skip\)\)`),
		Entry("a placeholder for a certificate's path", "ca-cert: ((ca))\n", nil, `^the env file's ca-cert still holds \(\(ca\)\)`),
		Entry("a variable that is not filled in", "password: ((opsman_password))\n", nil, `^the env file's password still holds \(\(opsman_password\)\): interpolate the file first, or set OM_VARS_ENV=PREFIX and PREFIX_name$`),
		Entry("a variable without a value", "password: ((one))((two))\n", []string{"OM_VARS_ENV=PRE", "PRE_one=geheim"}, `^the env file's password still holds \(\(two\)\)`),
		Entry("several at once", "passwort: geheim\npassword: [geheim]\ntrace: 5\n", nil, `^the env file has the unknown key`, `^the env file's password`, `^the env file's trace is neither`),
	)

	It("that is not there is said to be", func() {
		_, err := omenv.Config(omenv.Flags{Env: "/nowhere/env.yml"}, nil)
		Expect(err).To(MatchError("the env file /nowhere/env.yml does not exist: expected om's env.yml, in a task a file of its input env, for example env/env.yml (ENV_FILE=env.yml); " +
			"or none (an empty ENV_FILE), and OM_TARGET with OM_USERNAME and OM_PASSWORD, or OM_CLIENT_ID and OM_CLIENT_SECRET"))
	})

	It("that is a folder is said to be", func() {
		_, err := omenv.Config(omenv.Flags{Env: "/"}, nil)
		Expect(err).To(MatchError("the env file / cannot be read (is a directory): expected om's env.yml, for example env/env.yml"))
	})

	It("is read by itself where nothing in it is to be filled in, whatever the variables are like", func() {
		Expect(config(omenv.Flags{Env: file("env.yml", "target: opsman\n")}, "OM_VARS_ENV=PRE", "PRE_a=text", "PRE_a.b=text").Target).To(Equal("opsman"))
	})

	It("may be empty where variables say everything", func() {
		Expect(config(omenv.Flags{Env: file("env.yml", "")}, "OM_TARGET=opsman").Target).To(Equal("opsman"))
	})

	DescribeTable("has the text that was written, whatever YAML makes of it",
		func(written, meant string) {
			Expect(config(omenv.Flags{Env: file("env.yml", "target: opsman\nusername: "+written+"\npassword: "+written+"\n")})).
				To(Equal(opsman.Config{Target: "opsman", Username: meant, Password: meant}))
			Expect(config(omenv.Flags{Env: file("env.yml", "target: opsman\npassword: ((pw))\n")}, "OM_VARS_ENV=P", "P_pw="+written)).
				To(Equal(opsman.Config{Target: "opsman", Password: meant}))
		},
		Entry(nil, "12345", "12345"),
		Entry(nil, "0123", "0123"),
		Entry(nil, "1e3", "1e3"),
		Entry(nil, "1.50", "1.50"),
		Entry(nil, "0x1F", "0x1F"),
		Entry(nil, "yes", "yes"),
		Entry(nil, "2026-11-23", "2026-11-23"),
		Entry(nil, `"0123"`, "0123"),
		Entry(nil, "'a b'", "a b"),
		Entry(nil, "~", ""),
	)

	It("may have what om passes over", func() {
		c := config(omenv.Flags{Env: file("env.yml", "target: a\ntarget: opsman\nuaa-target: elsewhere\nenv: production\ntrace: yes\nconnect-timeout: 0\nrequest-timeout: 2.5\n")})
		Expect(c).To(Equal(opsman.Config{Target: "opsman", RequestTimeout: 2 * time.Second}))
	})

	DescribeTable("with a user and a client has the one that om takes",
		func(content string, wanted opsman.Config) {
			wanted.Target = "opsman"
			Expect(config(omenv.Flags{Env: file("env.yml", "target: opsman\n"+content)})).To(Equal(wanted))
		},
		Entry("both", "username: u\npassword: p\nclient-id: c\nclient-secret: s\n", opsman.Config{Username: "u", Password: "p"}),
		Entry("half a user", "username: u\nclient-id: c\nclient-secret: s\n", opsman.Config{ClientID: "c", ClientSecret: "s"}),
		Entry("half of both", "username: u\nclient-id: c\n", opsman.Config{Username: "u", ClientID: "c"}),
	)

	DescribeTable("is filled in at any depth",
		func(content string, environ []string, wanted opsman.Config) {
			wanted.Target = "opsman"
			Expect(config(omenv.Flags{Env: file("env.yml", "target: opsman\n"+content)}, append(environ, "OM_VARS_ENV=PRE")...)).To(Equal(wanted))
		},
		Entry("from a mapping", "username: ((login.username))\npassword: ((login.password))\n", []string{`PRE_login={"username":"admin","password":"geheim"}`}, opsman.Config{Username: "admin", Password: "geheim"}),
		Entry("deeper", "password: ((a.b.c))\n", []string{"PRE_a={b: {c: geheim}}"}, opsman.Config{Password: "geheim"}),
		Entry("from a list", "password: ((logins.1.password))\n", []string{"PRE_logins=[{password: one}, {password: two}]"}, opsman.Config{Password: "two"}),
		Entry("from the end of a list", "password: ((list.-1))\n", []string{"PRE_list=[one, two]"}, opsman.Config{Password: "two"}),
		Entry("within a text", "username: ((login.name))@((realm.0))\n", []string{"PRE_login={name: admin}", "PRE_realm=[example.com]"}, opsman.Config{Username: "admin@example.com"}),
		Entry("from what was filled in", "password: ((a))\n", []string{"PRE_a=((b.c))", "PRE_b={c: geheim}"}, opsman.Config{Password: "geheim"}),
		Entry("with a whole mapping", "((more)): 7\nclient-id: ((client.id))\n", []string{"PRE_more=connect-timeout", "PRE_client={id: rotator}"}, opsman.Config{ClientID: "rotator", ConnectTimeout: 7 * time.Second}),
		Entry("with truths and numbers", "skip-ssl-validation: ((tls.skip))\nconnect-timeout: ((tls.seconds))\n", []string{"PRE_tls={skip: true, seconds: 7}"}, opsman.Config{SkipSSLValidation: true, ConnectTimeout: 7 * time.Second}),
		Entry("with the certificate", "ca-cert: ((opsman.ca))\n", []string{"PRE_opsman={ca: \"" + strings.ReplaceAll(certificate, "\n", "\\n") + "\"}"}, opsman.Config{CACert: certificate}),
		Entry("with digits as they were written", "password: ((login.password))\n", []string{"PRE_login={password: 0123}"}, opsman.Config{Password: "0123"}),
		Entry("by the name of a variable with a dot", "password: ((login.password))\n", []string{"PRE_login.password=geheim"}, opsman.Config{Password: "geheim"}),
	)

	It("may have placeholders where om does not look", func() {
		c := config(omenv.Flags{Env: file("env.yml", "target: opsman\nuaa-target: https://((uaa))\nca-cert: |\n  of ((opsman)):\n"+indented(certificate)+"\n")})
		Expect(c).To(Equal(opsman.Config{Target: "opsman", CACert: certificate}))
	})

	It("may leave a variable open that a nearer place makes superfluous", func() {
		c := config(omenv.Flags{Env: file("env.yml", "target: ((host))\npassword: ((pw))\n"), Target: "opsman"}, "OM_PASSWORD=p")
		Expect(c).To(Equal(opsman.Config{Target: "opsman", Password: "p"}))
	})
})

var _ = Describe("OM_ variables", func() {
	It("have the names of om", func() {
		Expect(config(omenv.Flags{}, "OM_TARGET=opsman", "OM_USERNAME=admin", "OM_PASSWORD=a=b", "OM_DECRYPTION_PASSPHRASE=open", "OM_SKIP_SSL_VALIDATION=true",
			"OM_CONNECT_TIMEOUT=3", "OM_REQUEST_TIMEOUT=60", "OM_CA_CERT="+certificate, "PATH=/bin")).To(Equal(opsman.Config{
			Target: "opsman", Username: "admin", Password: "a=b", DecryptionPassphrase: "open", SkipSSLValidation: true,
			ConnectTimeout: 3 * time.Second, RequestTimeout: time.Minute, CACert: certificate,
		}))
	})

	DescribeTable("may be wrong, all of them at once",
		func(environ []string, wanted ...string) {
			_, err := omenv.Config(omenv.Flags{}, environ)
			var lines []string
			for _, problem := range input.Problems(err) {
				lines = append(lines, problem.Error())
			}
			Expect(lines).To(Equal(wanted))
		},
		Entry("a timeout with a unit", []string{"OM_CONNECT_TIMEOUT=5s"}, `OM_CONNECT_TIMEOUT "5s" is not a time: expected whole seconds, for example 30`),
		Entry("no boolean", []string{"OM_SKIP_SSL_VALIDATION=maybe"}, `OM_SKIP_SSL_VALIDATION "maybe" is neither true nor false: expected for example true`),
		Entry("several", []string{"OM_CONNECT_TIMEOUT=-1", "OM_REQUEST_TIMEOUT=0", "OM_SKIP_SSL_VALIDATION=maybe", "OM_CA_CERT=/nowhere/geheim"},
			`OM_SKIP_SSL_VALIDATION "maybe" is neither true nor false: expected for example true`,
			`OM_CONNECT_TIMEOUT "-1" is not a time: expected whole seconds, for example 30`,
			`OM_REQUEST_TIMEOUT "0" is not a time: expected whole seconds, for example 30`,
			`OM_CA_CERT is neither PEM nor a file that can be read: expected "-----BEGIN CERTIFICATE-----…" or a path, for example ca.pem`),
		Entry("a UAA elsewhere", []string{"OM_TARGET=a", "OM_UAA_TARGET=b"}, "OM_UAA_TARGET differs from the target: a UAA elsewhere is not supported; leave it out, Ops Manager has its own"),
	)

	It("may name the UAA of the target itself", func() {
		Expect(config(omenv.Flags{}, "OM_TARGET=https://a/", "OM_UAA_TARGET=https://a").Target).To(Equal("https://a/"))
	})
})

var _ = Describe("precedence", func() {
	It("is flags, then variables, then the file, key by key", func() {
		env := file("env.yml", "target: file\nusername: file\npassword: file\ndecryption-passphrase: file\nconnect-timeout: 1\nrequest-timeout: 1\n")
		c := config(omenv.Flags{Env: env, Target: "flag"}, "OM_TARGET=variable", "OM_USERNAME=variable", "OM_CONNECT_TIMEOUT=2")
		Expect(c).To(Equal(opsman.Config{
			Target: "flag", Username: "variable", Password: "file", DecryptionPassphrase: "file", ConnectTimeout: 2 * time.Second, RequestTimeout: time.Second,
		}))
	})

	DescribeTable("of one kind of credentials over the other is the nearer place's",
		func(flags omenv.Flags, environ []string, content string, wanted opsman.Config) {
			flags.Env, flags.Target, wanted.Target = file("env.yml", content), "opsman", "opsman"
			Expect(config(flags, environ...)).To(Equal(wanted))
		},
		Entry("a client in variables over a user in the file", omenv.Flags{}, []string{"OM_CLIENT_ID=c", "OM_CLIENT_SECRET=s"}, "username: u\npassword: p\n", opsman.Config{ClientID: "c", ClientSecret: "s"}),
		Entry("a user in variables over a client in the file", omenv.Flags{}, []string{"OM_USERNAME=u", "OM_PASSWORD=p"}, "client-id: c\nclient-secret: s\n", opsman.Config{Username: "u", Password: "p"}),
		Entry("a user by flag, the password by variable, a client in the file", omenv.Flags{Username: "u"}, []string{"OM_PASSWORD=p"}, "client-id: c\nclient-secret: s\n", opsman.Config{Username: "u", Password: "p"}),
		Entry("a client by flag, its secret in the file, a user in variables", omenv.Flags{ClientID: "c"}, []string{"OM_USERNAME=u", "OM_PASSWORD=p"}, "client-secret: s\n", opsman.Config{ClientID: "c", ClientSecret: "s"}),
		Entry("both in one place, for the client to refuse", omenv.Flags{}, []string{"OM_USERNAME=u", "OM_CLIENT_ID=c"}, "", opsman.Config{Username: "u", ClientID: "c"}),
	)

	It("lets a nearer place verify the certificate again", func() {
		env := file("env.yml", "target: opsman\nskip-ssl-validation: true\n")
		Expect(config(omenv.Flags{Env: env}).SkipSSLValidation).To(BeTrue())
		Expect(config(omenv.Flags{Env: env}, "OM_SKIP_SSL_VALIDATION=false").SkipSSLValidation).To(BeFalse())
		Expect(config(omenv.Flags{Env: env, SkipSSLValidation: true}, "OM_SKIP_SSL_VALIDATION=false").SkipSSLValidation).To(BeTrue())
	})
})

var _ = Describe("ca-cert", func() {
	It("is the PEM itself", func() { Expect(config(omenv.Flags{CACert: certificate}).CACert).To(Equal(certificate)) })
	It("or a file with it", func() { Expect(config(omenv.Flags{CACert: file("ca.pem", certificate)}).CACert).To(Equal(certificate)) })
	It("is what om trusts of it", func() {
		Expect(config(omenv.Flags{CACert: "subject: me\n" + certificate + "the end"}).CACert).To(Equal(certificate))
	})
	It("is called as it was given", func() {
		_, err := omenv.Config(omenv.Flags{CACert: "/nowhere/ca.pem"}, nil)
		Expect(err).To(MatchError(HavePrefix("--ca-cert is neither PEM nor a file that can be read")))
	})
})
