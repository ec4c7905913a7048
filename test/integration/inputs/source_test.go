package inputs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
)

const sourceKeys = "target, username, password, client_id, client_secret, ca_cert, skip_ssl_validation, decryption_passphrase, opsman, connect_timeout, request_timeout, retry_for, unlock_timeout, unrotated_certificates, rotate_before, expiring, history, log_level"

const (
	noTarget            = `error: source.target is missing: expected a host such as "https://opsman.example.com"`
	noCredentials       = "error: source: no credentials: give username and password, or client_id and client_secret"
	bothKinds           = "error: source: both username/password and client_id/client_secret are given: keep one of the two pairs"
	bothKindsOfResource = "error: source.rotate_before and source.expiring are given both, and a resource is for one of them: make two resources, for example one with rotate_before: 6m and one with expiring: 30d"
	expectHost          = `expected a host such as "https://opsman.example.com"`
)

var _ = DescribeTable("A source, of check, in and out alike", badInput,
	func(ctx SpecContext, source string, lines ...string) {
		for name, g := range everyCommand(source) {
			By(name)
			expectRefusal(ctx, g, lines...)
		}
	},
	Entry("that is empty", `{}`, noTarget, noCredentials),
	Entry("that is null", `null`, noTarget, noCredentials),
	Entry("that is a list", `["geheim"]`, "error: source is a list: expected an object with keys"),
	Entry("that is a string", `"geheim"`, "error: source is a string: expected an object with keys"),
	Entry("with an unknown key", `{GOOD,"passwort":"geheim"}`, "error: source.passwort is not a key of source: expected one of "+sourceKeys),
	Entry("with a key of om's env.yml", `{GOOD,"skip-ssl-validation":true}`, "error: source.skip-ssl-validation is not a key of source: expected one of "+sourceKeys),
	Entry("with a key in capitals", `{GOOD,"Target":"geheim"}`, "error: source.Target is not a key of source: expected one of "+sourceKeys),
	Entry("with a key that would clear the screen", `{GOOD,"\u001b[2J":1}`, `error: source."\x1b[2J" is not a key of source: expected one of `+sourceKeys),
	Entry("with a key twice", `{GOOD,"password":"geheim"}`, "error: source.password is duplicated: keep one of them, for example ((opsman.password))"),

	Entry("without target", `{LOGIN}`, noTarget),
	Entry("whose target is blank", `{LOGIN,"target":"  "}`, noTarget),
	Entry("whose target is null", `{LOGIN,"target":null}`, "error: source.target is null: expected a string, for example https://opsman.example.com"),
	Entry("whose target is a number", `{LOGIN,"target":10}`, "error: source.target is a number: expected a string, for example https://opsman.example.com"),
	Entry("whose target is http", `{LOGIN,"target":"http://opsman.example.com"}`, "error: source.target is http: Ops Manager is only spoken to over https; "+expectHost),
	Entry("whose target is ftp", `{LOGIN,"target":"ftp://opsman.example.com"}`, "error: source.target is not https: "+expectHost),
	Entry("whose target carries a login", `{LOGIN,"target":"https://admin:geheim@opsman.example.com"}`,
		"error: source.target carries a user name: give username and password under their own keys; "+expectHost),
	Entry("whose target carries a login without a scheme", `{LOGIN,"target":"admin:geheim@opsman.example.com"}`,
		"error: source.target carries a user name: give username and password under their own keys; "+expectHost),
	Entry("whose target has spaces", `{LOGIN,"target":"https://ops man.example.com"}`, "error: source.target is not a valid address: "+expectHost),
	Entry("whose target is two", `{LOGIN,"target":"https://a.example.com,b.example.com"}`, "error: source.target names no host: "+expectHost),
	Entry("whose target has no host", `{LOGIN,"target":"https:///geheim"}`, "error: source.target names no host: "+expectHost),
	Entry("whose target has a query", `{LOGIN,"target":"https://opsman.example.com/?password=geheim"}`, "error: source.target has a query or fragment: "+expectHost),
	Entry("whose target has a bad port", `{LOGIN,"target":"https://opsman.example.com:geheim"}`, "error: source.target is not a valid address: "+expectHost),

	Entry("without credentials", `{WHERE}`, noCredentials),
	Entry("with both kinds of credentials", `{GOOD,"client_id":"rotator","client_secret":"SECRET"}`, bothKinds),
	Entry("with one kind and half of the other", `{GOOD,"client_id":"rotator"}`, bothKinds),
	Entry("with username alone", `{WHERE,"username":"admin"}`, "error: source.username is given without password: give both, or client_id and client_secret"),
	Entry("with password alone", `{WHERE,"password":"geheim"}`, "error: source.password is given without username: give both, for example username admin"),
	Entry("with client_id alone", `{WHERE,"client_id":"rotator"}`, "error: source.client_id is given without client_secret: give both, or username and password"),
	Entry("with client_secret alone", `{WHERE,"client_secret":"SECRET"}`, "error: source.client_secret is given without client_id: give both, for example client_id rotator"),
	Entry("whose password is a number", `{WHERE,"username":"admin","password":1234}`, "error: source.password is a number: expected a string, for example ((opsman.password))"),
	Entry("whose password is an object", `{WHERE,"username":"admin","password":{"value":"geheim"}}`, "error: source.password is an object: expected a string, for example ((opsman.password))"),
	Entry("whose password is null", `{WHERE,"username":"admin","password":null}`, "error: source.password is null: expected a string (or leave the key out), for example ((opsman.password))"),
	Entry("whose username is a list", `{WHERE,"username":["admin"],"password":"geheim"}`, "error: source.username is a list: expected a string, for example admin"),
	Entry("whose client_id is a boolean", `{WHERE,"client_id":true,"client_secret":"SECRET"}`, "error: source.client_id is a boolean: expected a string, for example rotator"),
	Entry("whose client_secret is null", `{WHERE,"client_id":"rotator","client_secret":null}`, "error: source.client_secret is null: expected a string (or leave the key out), for example ((opsman.client_secret))"),
	Entry("whose decryption_passphrase is a number", `{GOOD,"decryption_passphrase":1234}`, "error: source.decryption_passphrase is a number: expected a string, for example ((opsman.passphrase))"),

	Entry("whose ca_cert is no PEM", `{LOGIN,"target":"URL","ca_cert":"geheim"}`, `error: source.ca_cert is not valid PEM: expected one or more certificates, "-----BEGIN CERTIFICATE-----…"`),
	Entry("whose ca_cert is a path", `{LOGIN,"target":"URL","ca_cert":"/etc/ssl/ca.pem"}`, `error: source.ca_cert is not valid PEM: expected one or more certificates, "-----BEGIN CERTIFICATE-----…"`),
	Entry("whose ca_cert lost its line breaks", `{LOGIN,"target":"URL","ca_cert":"-----BEGIN CERTIFICATE----- AAAA -----END CERTIFICATE-----"}`, `error: source.ca_cert is not valid PEM: expected one or more certificates, "-----BEGIN CERTIFICATE-----…"`),
	Entry("whose ca_cert is damaged", `{LOGIN,"target":"URL","ca_cert":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}`, `error: source.ca_cert holds a certificate that cannot be read (number 1): expected an undamaged one, "-----BEGIN CERTIFICATE-----…"`),
	Entry("whose ca_cert is a request for one", `{LOGIN,"target":"URL","ca_cert":"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"}`,
		`error: source.ca_cert holds a PEM block that is no certificate (number 1): expected certificates only, "-----BEGIN CERTIFICATE-----…"`),
	Entry("whose ca_cert is a list", `{LOGIN,"target":"URL","ca_cert":["geheim"]}`, "error: source.ca_cert is a list: expected a string, for example ((opsman.ca_cert))"),
	Entry("whose skip_ssl_validation is a string", `{GOOD,"skip_ssl_validation":"true"}`, "error: source.skip_ssl_validation is a string: expected true or false, for example true"),
	Entry("whose skip_ssl_validation is null", `{GOOD,"skip_ssl_validation":null}`, "error: source.skip_ssl_validation is null: expected true or false (or leave the key out), for example true"),

	Entry("whose opsman is a string", `{"opsman":"geheim"}`, `error: source.opsman is a string: expected an object with keys, for example {"target": "https://opsman.example.com", "username": "admin", "password": "…"}`),
	Entry("whose opsman is empty", `{"opsman":{}}`, strings.Replace(noTarget, "source", "source.opsman", 1), strings.Replace(noCredentials, "source", "source.opsman", 1)),
	Entry("whose opsman has wrong keys, and more than one", `{"opsman":{WHERE,"username":["geheim"],"password":"geheim","passwort":"geheim","skip_ssl_validation":"geheim"},"log_level":"loud"}`,
		"error: source.opsman.username is a list: expected a string, for example admin",
		"error: source.opsman.skip_ssl_validation is neither true nor false: expected one of them, as a boolean or as a text, for example true",
		"error: source.opsman.passwort is not a key of source.opsman: expected one of target, username, password, client_id, client_secret, ca_cert, skip_ssl_validation, decryption_passphrase",
		`error: source.log_level "loud" is not a log level: expected debug, info, warn or error, for example debug`),
	Entry("with opsman and target and login", `{"opsman":{GOOD},GOOD}`,
		"error: source.opsman is given beside source.target, source.username, source.password, source.ca_cert: expected target and login in one place, so that those of two foundations are never mixed; leave out opsman or the others"),

	Entry("whose unrotated_certificates stand for everything", `{GOOD,"unrotated_certificates":["*"]}`,
		`error: source.unrotated_certificates has "*", which stands for every certificate and would leave nothing to prove: expected names, for example /p-bosh/*/ipsec*`),
	Entry("whose connect_timeout is a number", `{GOOD,"connect_timeout":30}`, "error: source.connect_timeout is a number: expected a string, for example 30s"),
	Entry("whose connect_timeout has no unit", `{GOOD,"connect_timeout":"30"}`, `error: source.connect_timeout "30" is not a duration: expected a positive number with a unit (s, m or h), for example 30s`),
	Entry("whose request_timeout is in words", `{GOOD,"request_timeout":"half an hour"}`, `error: source.request_timeout "half an hour" is not a duration: expected a positive number with a unit (s, m or h), for example 1h`),
	Entry("whose retry_for is nothing", `{GOOD,"retry_for":"0s"}`, `error: source.retry_for "0s" is not a duration: expected a positive number with a unit (s, m or h), for example 5m`),
	Entry("whose unlock_timeout is negative", `{GOOD,"unlock_timeout":"-5m"}`, `error: source.unlock_timeout "-5m" is not a duration: expected a positive number with a unit (s, m or h), for example 30m`),
	Entry("whose rotate_before is no span", `{GOOD,"rotate_before":"soon"}`, `error: source.rotate_before "soon" is not a span: expected a number and one of d, w, m, y, such as 30d, 6w, 3m or 1y, for example 6m`),
	Entry("whose rotate_before is a Go duration", `{GOOD,"rotate_before":"720h"}`, `error: source.rotate_before "720h" is not a span: expected a number and one of d, w, m, y, such as 30d, 6w, 3m or 1y, for example 6m`),
	Entry("whose rotate_before is a number", `{GOOD,"rotate_before":6}`, "error: source.rotate_before is a number: expected a string, for example 6m"),
	Entry("whose rotate_before is null", `{GOOD,"rotate_before":null}`, "error: source.rotate_before is null: expected a string (or leave the key out), for example 6m"),
	Entry("whose expiring is nothing", `{GOOD,"expiring":"0d"}`, `error: source.expiring "0d" is not a span: expected a number and one of d, w, m, y, such as 30d, 6w, 3m or 1y, for example 30d`),
	Entry("whose expiring is a boolean", `{GOOD,"expiring":true}`, "error: source.expiring is a boolean: expected a string, for example 30d"),
	Entry("that is to trigger and to alert", `{GOOD,"rotate_before":"6m","expiring":"30d"}`, bothKindsOfResource),
	Entry("that is to trigger and to alert, and has more problems", `{LOGIN,"target":"http://opsman.example.com","retry_for":"2","rotate_before":"6m","expiring":"30d","rotate_after":"6m"}`,
		`error: source.retry_for "2" is not a duration: expected a positive number with a unit (s, m or h), for example 5m`,
		"error: source.rotate_after is not a key of source: expected one of "+sourceKeys,
		bothKindsOfResource,
		"error: source.target is http: Ops Manager is only spoken to over https; "+expectHost),
	Entry("whose log_level is none", `{GOOD,"log_level":"verbose"}`, `error: source.log_level "verbose" is not a log level: expected debug, info, warn or error, for example debug`),
	Entry("whose log_level is a number", `{GOOD,"log_level":3}`, "error: source.log_level is a number: expected a string, for example debug"),

	Entry("with several problems at once", `{"target":"http://opsman.example.com","username":"admin","ca_cert":"geheim","retry_for":"2","log_level":"all","pass":"geheim"}`,
		`error: source.retry_for "2" is not a duration: expected a positive number with a unit (s, m or h), for example 5m`,
		`error: source.log_level "all" is not a log level: expected debug, info, warn or error, for example debug`,
		"error: source.pass is not a key of source: expected one of "+sourceKeys,
		"error: source.target is http: Ops Manager is only spoken to over https; "+expectHost,
		"error: source.username is given without password: give both, or client_id and client_secret",
		`error: source.ca_cert is not valid PEM: expected one or more certificates, "-----BEGIN CERTIFICATE-----…"`),
)
