package opsman_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("Configuration", func() {
	good := func() opsman.Config {
		return opsman.Config{Target: "opsman.example.com", Username: "admin", Password: password}
	}

	DescribeTable("what is wrong with it",
		func(change func(*opsman.Config), wanted ...string) {
			cfg := good()
			change(&cfg)
			_, err := opsman.New(cfg)
			Expect(err).To(HaveOccurred())
			for _, text := range wanted {
				Expect(err.Error()).To(ContainSubstring(text))
			}
			Expect(err.Error()).NotTo(ContainSubstring(password))
		},
		Entry("no target", func(c *opsman.Config) { c.Target = " " }, "target is missing", "https://opsman.example.com"),
		Entry("http", func(c *opsman.Config) { c.Target = "http://opsman.example.com" }, "target", "only spoken to over https"),
		Entry("another scheme", func(c *opsman.Config) { c.Target = "ftp://opsman" }, "target is not https"),
		Entry("userinfo", func(c *opsman.Config) { c.Target = "https://admin:hunter2@opsman" }, "target carries a user name"),
		Entry("no host", func(c *opsman.Config) { c.Target = "https:///x" }, "names no host"),
		Entry("unparsable", func(c *opsman.Config) { c.Target = "https://ops man:x" }, "target is not a valid address"),
		Entry("query", func(c *opsman.Config) { c.Target = "https://opsman?x=1" }, "has a query"),
		Entry("no credentials", func(c *opsman.Config) { c.Username, c.Password = "", "" }, "no credentials", "client_id"),
		Entry("both kinds", func(c *opsman.Config) { c.ClientID, c.ClientSecret = "id", "x" }, "both username/password and client_id/client_secret"),
		Entry("no password", func(c *opsman.Config) { c.Password = "" }, "username is given without password"),
		Entry("no username", func(c *opsman.Config) { c.Username = "" }, "password is given without username"),
		Entry("no secret", func(c *opsman.Config) { c.Username, c.Password, c.ClientID = "", "", "id" }, "client_id is given without client_secret"),
		Entry("no client", func(c *opsman.Config) { c.Username, c.Password, c.ClientSecret = "", "", "x" }, "client_secret is given without client_id"),
		Entry("ca_cert is no PEM", func(c *opsman.Config) { c.CACert = "nonsense" }, "ca_cert is not valid PEM"),
		Entry("ca_cert with a tail", func(c *opsman.Config) { c.CACert = newCertificate() + "tail" }, "ca_cert is not valid PEM"),
		Entry("ca_cert is a key", func(c *opsman.Config) {
			c.CACert = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
		}, `ca_cert holds a PEM block that is no certificate (number 1)`),
		Entry("ca_cert is damaged", func(c *opsman.Config) {
			c.CACert = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
		}, "ca_cert holds a certificate that cannot be read (number 1)"),
		Entry("negative duration", func(c *opsman.Config) { c.UnlockTimeout = -time.Second }, "unlock_timeout is -1s"),
		Entry("everything at once", func(c *opsman.Config) { *c = opsman.Config{CACert: "x", RetryFor: -1} },
			"target is missing", "no credentials", "ca_cert", "retry_for"),
	)

	DescribeTable("targets that are understood", func(target, wanted string) {
		cfg := good()
		cfg.Target = target
		client, err := opsman.New(cfg)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.Target()).To(Equal(wanted))
	},
		Entry("bare host", "opsman.example.com", "https://opsman.example.com"),
		Entry("with a port", "opsman.example.com:8443", "https://opsman.example.com:8443"),
		Entry("trailing slash", "https://opsman.example.com/", "https://opsman.example.com"),
		Entry("page address", "https://OPSMAN.example.com/auth/cloudfoundry", "https://opsman.example.com"),
		Entry("IPv6", "https://[::1]:443", "https://[::1]:443"),
		Entry("spaces around", "  https://opsman.example.com\n", "https://opsman.example.com"),
	)

	It("never shows its secrets", func() {
		cfg := good()
		cfg.ClientSecret, cfg.DecryptionPassphrase = clientSecret, passphrase
		encoded, err := json.Marshal(cfg)
		Expect(err).NotTo(HaveOccurred())
		log := gbytes.NewBuffer()
		slog.New(slog.NewTextHandler(log, nil)).Info("x", "cfg", cfg)
		cfg.ClientSecret = ""
		client, err := opsman.New(cfg)
		Expect(err).NotTo(HaveOccurred())
		slog.New(slog.NewTextHandler(log, nil)).Info("x", "client", client)

		shown := string(encoded) + string(log.Contents()) + cfg.String() +
			fmt.Sprintf("%v %+v %#v %s %q %x", cfg, cfg, cfg, cfg, cfg, cfg) +
			fmt.Sprintf("%v %+v %#v %s %x", client, client, client, client, client)
		for _, secret := range []string{password, clientSecret, passphrase, "s3cret", "sesame"} {
			Expect(shown).NotTo(ContainSubstring(secret))
		}
		Expect(shown).To(ContainSubstring("opsman.example.com"))
		Expect(strings.Count(shown, "[redacted]")).To(BeNumerically(">", 3))
	})
})
