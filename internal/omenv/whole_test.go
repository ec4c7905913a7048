package omenv_test

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/omenv"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

const whole = `OPSMAN={"target":"https://opsman","username":"admin","password":"geheim","client_id":"","client_secret":null,"skip_ssl_validation":"true","decryption_passphrase":"geheim2"}`

var _ = Describe("OPSMAN", func() {
	It("is target and login in one", func() {
		Expect(config(omenv.Flags{}, whole)).To(Equal(opsman.Config{
			Target: "https://opsman", Username: "admin", Password: "geheim", SkipSSLValidation: true, DecryptionPassphrase: "geheim2",
		}))
	})

	It("goes with what is no login", func() {
		c := config(omenv.Flags{}, whole, "OM_CONNECT_TIMEOUT=3", "OM_REQUEST_TIMEOUT=60", "OM_VARS_ENV=PRE", "PRE_x=y", "OM_TARGET=", "OM_PASSWORD=")
		Expect([]any{c.Target, c.ConnectTimeout, c.RequestTimeout}).To(Equal([]any{"https://opsman", 3 * time.Second, time.Minute}))
	})

	It("says nothing where it is empty", func() {
		Expect(config(omenv.Flags{}, "OPSMAN=", "OM_TARGET=opsman", "OM_USERNAME=u")).To(Equal(opsman.Config{Target: "opsman", Username: "u"}))
	})

	DescribeTable("is refused beside any other place, which is named, and nothing of that is taken",
		func(flags omenv.Flags, environ []string, beside string) {
			c, err := omenv.Config(flags, append(environ, whole))
			Expect(err).To(MatchError("OPSMAN is given beside " + beside + ": expected target and login in one place, so that those of two foundations are never mixed; leave out OPSMAN or the others"))
			Expect(c.Target).To(Equal("https://opsman"))
			Expect(c.Password).To(Equal("geheim"))
		},
		Entry("a target", omenv.Flags{}, []string{"OM_TARGET=https://other"}, "OM_TARGET"),
		Entry("a UAA", omenv.Flags{}, []string{"OM_UAA_TARGET=https://other"}, "OM_UAA_TARGET"),
		Entry("a user", omenv.Flags{}, []string{"OM_USERNAME=u", "OM_PASSWORD=geheim3"}, "OM_USERNAME, OM_PASSWORD"),
		Entry("a client", omenv.Flags{}, []string{"OM_CLIENT_ID=c", "OM_CLIENT_SECRET=geheim3"}, "OM_CLIENT_ID, OM_CLIENT_SECRET"),
		Entry("a passphrase", omenv.Flags{}, []string{"OM_DECRYPTION_PASSPHRASE=geheim3"}, "OM_DECRYPTION_PASSPHRASE"),
		Entry("a certificate", omenv.Flags{}, []string{"OM_CA_CERT=geheim3"}, "OM_CA_CERT"),
		Entry("a certificate that is not to be verified", omenv.Flags{}, []string{"OM_SKIP_SSL_VALIDATION=false"}, "OM_SKIP_SSL_VALIDATION"),
		Entry("flags", omenv.Flags{Target: "t", Username: "u", ClientID: "c", CACert: "ca.pem", SkipSSLValidation: true}, nil, "--target, --username, --client-id, --ca-cert, --skip-ssl-validation"),
		Entry("an env file, which is not even read", omenv.Flags{Env: "/nowhere/env.yml"}, nil, "the env file /nowhere/env.yml"),
		Entry("all kinds", omenv.Flags{Env: "env.yml", Target: "t"}, []string{"OM_TARGET=t"}, "OM_TARGET, --target, the env file env.yml"),
	)

	DescribeTable("may be wrong, all of it at once, and no value is repeated",
		func(value string, environ []string, wanted ...string) {
			_, err := omenv.Config(omenv.Flags{}, append(environ, "OPSMAN="+value))
			var lines []string
			for _, problem := range input.Problems(err) {
				lines = append(lines, problem.Error())
			}
			Expect(lines).To(Equal(wanted))
			Expect(strings.Join(lines, "")).NotTo(ContainSubstring("geheim"))
		},
		Entry("no JSON", "geheim", nil, "OPSMAN is not JSON (line 1): expected one object with its keys in quotes, for example "+opsman.AccessExample),
		Entry("null", "null", nil, "OPSMAN is null: expected a map with target and login, for example "+opsman.AccessExample),
		Entry("a list", `["geheim"]`, nil, "OPSMAN is a list: expected an object with keys, for example "+opsman.AccessExample),
		Entry("keys, beside another place and a timeout", `{"target":1,"passwort":"geheim"}`, []string{"OM_TARGET=x", "OM_CONNECT_TIMEOUT=soon"},
			"OPSMAN.target is a number: expected a string, for example https://opsman.example.com",
			"OPSMAN.passwort is not a key of OPSMAN: expected one of target, username, password, client_id, client_secret, ca_cert, skip_ssl_validation, decryption_passphrase",
			"OPSMAN is given beside OM_TARGET: expected target and login in one place, so that those of two foundations are never mixed; leave out OPSMAN or the others",
			`OM_CONNECT_TIMEOUT "soon" is not a time: expected whole seconds, for example 30`),
	)
})
