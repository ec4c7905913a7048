package opsman_test

import (
	"encoding/json"
	"fmt"
	"log/slog"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("Access, target and login as one map", func() {
	DescribeTable("is taken as a credential manager has it",
		func(raw string, wanted opsman.Config) {
			var a opsman.Access
			Expect(a.Decode([]byte(raw), "OPSMAN")).To(BeEmpty())
			Expect(configOf(a)).To(Equal(configOf(wanted)))
		},
		Entry("a user", `{"target":"https://a","username":"u","password":"p"}`, opsman.Config{Target: "https://a", Username: "u", Password: "p"}),
		Entry("a client", `{"target":"https://a","client_id":"c","client_secret":"s"}`, opsman.Config{Target: "https://a", ClientID: "c", ClientSecret: "s"}),
		Entry("everything", `{"target":"https://a","username":"u","password":"p","ca_cert":"PEM","decryption_passphrase":"d","skip_ssl_validation":true}`,
			opsman.Config{Target: "https://a", Username: "u", Password: "p", CACert: "PEM", DecryptionPassphrase: "d", SkipSSLValidation: true}),
		Entry("texts alone", `{"target":"https://a","skip_ssl_validation":"true"}`, opsman.Config{Target: "https://a", SkipSSLValidation: true}),
		Entry("false as a text", `{"target":"https://a","skip_ssl_validation":"false"}`, opsman.Config{Target: "https://a"}),
		Entry("both logins with one pair empty", `{"target":"https://a","username":"","password":"","client_id":"c","client_secret":"s","ca_cert":"","skip_ssl_validation":"","decryption_passphrase":""}`,
			opsman.Config{Target: "https://a", ClientID: "c", ClientSecret: "s"}),
		Entry("both logins with one pair null", `{"target":"https://a","username":"u","password":"p","client_id":null,"client_secret":null,"ca_cert":null,"skip_ssl_validation":null,"decryption_passphrase":null}`,
			opsman.Config{Target: "https://a", Username: "u", Password: "p"}),
		Entry("nothing, which New refuses", ` {} `, opsman.Config{}),
	)

	DescribeTable("names all that is wrong, and repeats no value",
		func(raw string, wanted ...string) {
			var a opsman.Access
			var said []string
			for _, problem := range a.Decode([]byte(raw), "source.opsman") {
				said = append(said, problem.Error())
				Expect(problem).To(MatchError(Not(ContainSubstring("geheim"))))
			}
			Expect(said).To(Equal(wanted))
		},
		Entry("null", `null`, "source.opsman is null: expected a map with target and login, for example "+opsman.AccessExample),
		Entry("a text", `"geheim"`, "source.opsman is a string: expected an object with keys, for example "+opsman.AccessExample),
		Entry("a list", `["geheim"]`, "source.opsman is a list: expected an object with keys, for example "+opsman.AccessExample),
		Entry("no JSON", `target: geheim`, "source.opsman is not JSON (line 1): expected one object with its keys in quotes, for example "+opsman.AccessExample),
		Entry("half of it", `{"password":"gehei`, "source.opsman is not JSON: it ends too early; expected one whole object, for example "+opsman.AccessExample),
		Entry("several", `{"target":7,"password":["geheim"],"password_hash":"geheim","skip_ssl_validation":"geheim"}`,
			"source.opsman.target is a number: expected a string, for example https://opsman.example.com",
			"source.opsman.password is a list: expected a string, for example ((opsman.password))",
			"source.opsman.skip_ssl_validation is neither true nor false: expected one of them, as a boolean or as a text, for example true",
			"source.opsman.password_hash is not a key of source.opsman: expected one of target, username, password, client_id, client_secret, ca_cert, skip_ssl_validation, decryption_passphrase"),
		Entry("a key twice", `{"password":"geheim","password":"geheim"}`, "source.opsman.password is duplicated: keep one of them, for example ((opsman.password))"),
	)

	It("is read in full, each key to its own place", func() {
		var a opsman.Access
		all := map[string]any{}
		for _, f := range input.Fields(&a) {
			all[f.Key] = "value of " + f.Key
		}
		all["skip_ssl_validation"] = "true"
		raw, err := json.Marshal(all)
		Expect(err).NotTo(HaveOccurred())
		Expect(a.Decode(raw, "it")).To(BeEmpty())
		Expect(configOf(a)).To(Equal(configOf(opsman.Config{
			Target: "value of target", Username: "value of username", Password: "value of password", ClientID: "value of client_id", ClientSecret: "value of client_secret",
			CACert: "value of ca_cert", DecryptionPassphrase: "value of decryption_passphrase", SkipSSLValidation: true,
		})))
	})

	It("shows no secret, however it is printed", func() {
		a := opsman.Access{Target: "https://a", Username: "u", Password: "geheim1", ClientSecret: "geheim2", DecryptionPassphrase: "geheim3"}
		within := struct{ Opsman opsman.Access }{a}
		shown := fmt.Sprintf("%v %+v %#v %s %q %x %v %+v %#v", a, a, a, a, a, a, within, within, within) + slog.AnyValue(a).Resolve().String()
		Expect(shown).To(And(ContainSubstring("https://a"), Not(ContainSubstring("geheim"))))
	})
})

// configOf compares what a formatted Config hides as well.
func configOf(from any) map[string]any {
	c, ready := from.(opsman.Config)
	if a, ok := from.(opsman.Access); ok {
		c, ready = a.Config(), true
	}
	Expect(ready).To(BeTrue())
	return map[string]any{
		"target": c.Target, "username": c.Username, "password": c.Password, "client": c.ClientID, "secret": c.ClientSecret,
		"ca": c.CACert, "skip": c.SkipSSLValidation, "passphrase": c.DecryptionPassphrase,
	}
}
