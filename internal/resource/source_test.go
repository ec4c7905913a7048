package resource

import (
	"encoding/json"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// login is a map that a credential manager may have.
const login = `{"target":"https://opsman.example.com","username":"admin","password":"geheim","client_id":"","client_secret":null,"skip_ssl_validation":"true"}`

var _ = Describe("A source with target and login as one map", func() {
	DescribeTable("is read whatever the resource is for", func(more string) {
		s, problems := readSource([]byte(`{"opsman":` + login + more + `}`))
		Expect(problems).To(BeEmpty())
		c := s.config()
		Expect([]any{c.Target, c.Username, c.Password, c.ClientID, c.ClientSecret, c.SkipSSLValidation}).To(Equal([]any{"https://opsman.example.com", "admin", "geheim", "", "", true}))
		Expect(s.String()).NotTo(ContainSubstring("geheim"))
		Expect(s.LogValue().String()).NotTo(ContainSubstring("geheim"))
	},
		Entry("the state", ``), Entry("a rotation", `,"rotate_before":"6m"`), Entry("an alert", `,"expiring":"30d"`),
	)

	It("keeps its other keys", func() {
		s, problems := readSource([]byte(`{"opsman":` + login + `,"request_timeout":"5m","unrotated_certificates":["/x"]}`))
		Expect(problems).To(BeEmpty())
		Expect(s.config().RequestTimeout.Minutes()).To(Equal(5.0))
		Expect(s.Unrotated).To(Equal([]string{"/x"}))
	})

	DescribeTable("names what is wrong at its place, all of it",
		func(source string, wanted ...string) {
			s, problems := readSource([]byte(strings.ReplaceAll(source, "LOGIN", login)))
			if _, err := opsman.New(s.config()); err != nil {
				problems = append(problems, input.Beside(err, problems, s.place())...)
			}
			var said []string
			for _, problem := range problems {
				said = append(said, problem.Error())
			}
			Expect(said).To(Equal(wanted))
			Expect(strings.Join(said, "\n")).NotTo(ContainSubstring("geheim"))
		},
		Entry("beside one key", `{"opsman":LOGIN,"password":"geheim"}`,
			"source.opsman is given beside source.password: expected target and login in one place, so that those of two foundations are never mixed; leave out opsman or the others"),
		Entry("beside all of them, empty or not", `{"opsman":{},"target":"","username":"","password":"","client_id":"","client_secret":"","ca_cert":"","skip_ssl_validation":false,"decryption_passphrase":""}`,
			"source.opsman is given beside source.target, source.username, source.password, source.client_id, source.client_secret, source.ca_cert, source.skip_ssl_validation, source.decryption_passphrase: expected target and login in one place, so that those of two foundations are never mixed; leave out opsman or the others"),
		Entry("beside one that is null as well", `{"opsman":LOGIN,"password":null}`,
			"source.password is null: expected a string (or leave the key out), for example ((opsman.password))",
			"source.opsman is given beside source.password: expected target and login in one place, so that those of two foundations are never mixed; leave out opsman or the others"),
		Entry("nothing in it", `{"opsman":{}}`, `source.opsman.target is missing: expected a host such as "https://opsman.example.com"`,
			"source.opsman: no credentials: give username and password, or client_id and client_secret"),
		Entry("everything in it empty", `{"opsman":{"target":null,"username":"","password":null}}`, `source.opsman.target is missing: expected a host such as "https://opsman.example.com"`,
			"source.opsman: no credentials: give username and password, or client_id and client_secret"),
		Entry("both logins", `{"opsman":{"target":"https://a","username":"u","password":"geheim","client_id":"c","client_secret":"geheim"}}`,
			"source.opsman: both username/password and client_id/client_secret are given: keep one of the two pairs"),
		Entry("half a login", `{"opsman":{"target":"https://a","password":"geheim"}}`, "source.opsman.password is given without username: give both, for example username admin"),
		Entry("a target with a login, and no certificate", `{"opsman":{"target":"https://admin:geheim@a","username":"u","password":"p","ca_cert":"geheim"}}`,
			`source.opsman.target carries a user name: give username and password under their own keys; expected a host such as "https://opsman.example.com"`,
			`source.opsman.ca_cert is not valid PEM: expected one or more certificates, "-----BEGIN CERTIFICATE-----…"`),
		Entry("a key that could not be read, of which no more is said", `{"opsman":{"target":7,"username":"u","password":["geheim"]}}`,
			"source.opsman.target is a number: expected a string, for example https://opsman.example.com",
			"source.opsman.password is a list: expected a string, for example ((opsman.password))"),
		Entry("no map", `{"opsman":"geheim"}`, "source.opsman is a string: expected an object with keys, for example "+opsman.AccessExample),
		Entry("null", `{"opsman":null}`, "source.opsman is null: expected a map with target and login, for example "+opsman.AccessExample),
		Entry("twice", `{"opsman":LOGIN,"opsman":LOGIN}`, "source.opsman is duplicated: keep one of them, for example ((opsman))"),
		Entry("with what belongs beside it", `{"opsman":{"target":"https://a","username":"u","password":"geheim","retry_for":"5m"}}`,
			"source.opsman.retry_for is not a key of source.opsman: expected one of target, username, password, client_id, client_secret, ca_cert, skip_ssl_validation, decryption_passphrase"),
	)

	It("says of a source that is none what it said before", func() {
		_, problems := readSource(json.RawMessage(`["geheim"]`))
		Expect(problems).To(ConsistOf(MatchError("source is a list: expected an object with keys")))
	})

	DescribeTable("calls a key by its place", func(k setting.Key, name string) {
		s, _ := readSource([]byte(`{"opsman":` + login + `}`))
		Expect(s.named(k)).To(Equal(name))
		Expect(Source{}.named(k)).To(Equal(named(k)))
	},
		Entry(nil, setting.CACert, "source.opsman.ca_cert"), Entry(nil, setting.Password, "source.opsman.password"),
		Entry(nil, setting.RequestTimeout, "source.request_timeout"), Entry(nil, setting.Accept, "params.accept"),
	)

	It("has in the map every key of a login that the source has, with the same example, and its documentation names them", func() {
		top := map[string]input.Field{}
		for _, f := range input.Fields(&Source{}) {
			top[f.Key] = f
		}
		for _, f := range input.Fields(&opsman.Access{}) {
			Expect(top).To(HaveKey(f.Key))
			Expect(f.Example).To(Equal(top[f.Key].Example))
			Expect(top["opsman"].Doc).To(ContainSubstring(f.Key))
		}
	})
})
