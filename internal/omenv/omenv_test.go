package omenv_test

import (
	"os"
	"path/filepath"
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
  -----BEGIN CERTIFICATE-----
  AAAA
  -----END CERTIFICATE-----
# decryption-passphrase is optional,
# except for use with the import-installation command.
decryption-passphrase: passphrase
trace: false
`

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
		Expect(config(omenv.Flags{Env: file("env.yml", fromAutomation)})).To(Equal(opsman.Config{
			Target: "https://pcf.example.com", Username: "username", Password: "password", DecryptionPassphrase: "passphrase",
			CACert:         "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
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
		Entry("no YAML", "password: \"geheim\nx: [", nil, `^the env file \S+/env.yml cannot be read \(line \d\): expected YAML with each key once, for example target: https://opsman.example.com$`),
		Entry("a list", "- geheim\n", nil, `^the env file \S+ cannot be read.*: expected YAML`),
		Entry("a text", "geheim\n", nil, `^the env file \S+ cannot be read.*: expected YAML`),
		Entry("a key twice", "password: geheim\npassword: geheim2\n", nil, `^the env file \S+ cannot be read \(line 2\): expected YAML with each key once`),
		Entry("an unknown key", "passwort: geheim\n", nil, `^the env file has the unknown key "passwort": expected some of target, uaa-target, username, password, client-id, client-secret, decryption-passphrase, ca-cert, skip-ssl-validation, connect-timeout, request-timeout, trace$`),
		Entry("a password that is a number", "password: 1234\n", nil, `^the env file's password is not text: put it in quotes, for example "1234"$`),
		Entry("a nested secret", "password: {deep: geheim}\n", nil, `^the env file's password is not text`),
		Entry("no boolean", "skip-ssl-validation: maybe\n", nil, `^the env file's skip-ssl-validation is neither true nor false: expected for example true$`),
		Entry("a timeout with a unit", "connect-timeout: 30s\n", nil, `^the env file's connect-timeout is not a time: expected whole seconds, for example 30$`),
		Entry("a timeout of nothing", "request-timeout: 0\n", nil, `^the env file's request-timeout is not a time`),
		Entry("a negative timeout", "request-timeout: -5\n", nil, `^the env file's request-timeout is not a time`),
		Entry("half a timeout", "request-timeout: 1.5\n", nil, `^the env file's request-timeout is not a time`),
		Entry("a variable that is not filled in", "password: ((opsman_password))\n", nil, `^the env file's password still holds \(\(opsman_password\)\): interpolate the file first, or set OM_VARS_ENV=PREFIX and PREFIX_name$`),
		Entry("a variable without a value", "password: ((one))((two))\n", []string{"OM_VARS_ENV=PRE", "PRE_one=geheim"}, `^the env file's password still holds \(\(two\)\)`),
		Entry("a UAA elsewhere", "target: https://a\nuaa-target: https://b\n", nil, `^uaa-target differs from target: a UAA elsewhere is not supported; leave it out, Ops Manager has its own$`),
		Entry("several at once", "passwort: geheim\npassword: 1\ntrace: 5\n", nil, `^the env file has the unknown key`, `^the env file's password`, `^the env file's trace is neither`),
	)

	It("that is not there is said to be", func() {
		_, err := omenv.Config(omenv.Flags{Env: "/nowhere/env.yml"}, nil)
		Expect(err).To(MatchError("the env file cannot be read: open /nowhere/env.yml: no such file or directory"))
	})
})

var _ = Describe("OM_ variables", func() {
	It("have the names of om", func() {
		Expect(config(omenv.Flags{}, "OM_TARGET=opsman", "OM_USERNAME=admin", "OM_PASSWORD=a=b", "OM_DECRYPTION_PASSPHRASE=open", "OM_SKIP_SSL_VALIDATION=true",
			"OM_CONNECT_TIMEOUT=3", "OM_REQUEST_TIMEOUT=60", "OM_CA_CERT=-----BEGIN CERTIFICATE-----", "PATH=/bin")).To(Equal(opsman.Config{
			Target: "opsman", Username: "admin", Password: "a=b", DecryptionPassphrase: "open", SkipSSLValidation: true,
			ConnectTimeout: 3 * time.Second, RequestTimeout: time.Minute, CACert: "-----BEGIN CERTIFICATE-----",
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
			`ca-cert is neither PEM nor a file that can be read: expected "-----BEGIN CERTIFICATE-----…" or a path, for example ca.pem`),
		Entry("a UAA elsewhere", []string{"OM_TARGET=a", "OM_UAA_TARGET=b"}, "uaa-target differs from target: a UAA elsewhere is not supported; leave it out, Ops Manager has its own"),
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
			flags.Env = file("env.yml", content)
			Expect(config(flags, environ...)).To(Equal(wanted))
		},
		Entry("a client in variables over a user in the file", omenv.Flags{}, []string{"OM_CLIENT_ID=c", "OM_CLIENT_SECRET=s"}, "username: u\npassword: p\n", opsman.Config{ClientID: "c", ClientSecret: "s"}),
		Entry("a user in variables over a client in the file", omenv.Flags{}, []string{"OM_USERNAME=u", "OM_PASSWORD=p"}, "client-id: c\nclient-secret: s\n", opsman.Config{Username: "u", Password: "p"}),
		Entry("a user by flag, the password by variable, a client in the file", omenv.Flags{Username: "u"}, []string{"OM_PASSWORD=p"}, "client-id: c\nclient-secret: s\n", opsman.Config{Username: "u", Password: "p"}),
		Entry("a client by flag, its secret in the file, a user in variables", omenv.Flags{ClientID: "c"}, []string{"OM_USERNAME=u", "OM_PASSWORD=p"}, "client-secret: s\n", opsman.Config{ClientID: "c", ClientSecret: "s"}),
		Entry("both in one place, for the client to refuse", omenv.Flags{}, []string{"OM_USERNAME=u", "OM_CLIENT_ID=c"}, "", opsman.Config{Username: "u", ClientID: "c"}),
	)

	It("lets a nearer place verify the certificate again", func() {
		env := file("env.yml", "skip-ssl-validation: true\n")
		Expect(config(omenv.Flags{Env: env}).SkipSSLValidation).To(BeTrue())
		Expect(config(omenv.Flags{Env: env}, "OM_SKIP_SSL_VALIDATION=false").SkipSSLValidation).To(BeFalse())
		Expect(config(omenv.Flags{Env: env, SkipSSLValidation: true}, "OM_SKIP_SSL_VALIDATION=false").SkipSSLValidation).To(BeTrue())
	})
})

var _ = Describe("ca-cert", func() {
	const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
	It("is the PEM itself", func() { Expect(config(omenv.Flags{CACert: pem}).CACert).To(Equal(pem)) })
	It("or a file with it", func() { Expect(config(omenv.Flags{CACert: file("ca.pem", pem)}).CACert).To(Equal(pem)) })
})
