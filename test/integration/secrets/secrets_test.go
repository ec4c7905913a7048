package secrets_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

func itoa(n int) string { return strconv.Itoa(n) }

// version is the last one of an answer of check.
func version(session *gexec.Session) map[string]string {
	GinkgoHelper()
	Expect(session.ExitCode()).To(Equal(0), string(session.Err.Contents()))
	versions, err := concourse.Versions(string(session.Out.Contents()))
	Expect(err).NotTo(HaveOccurred())
	return versions[len(versions)-1]
}

// settled is a build with the first get in ca/.
func settled(ctx context.Context) *build {
	GinkgoHelper()
	b := newBuild(serve())
	Expect(b.in(ctx, version(b.check(ctx))).ExitCode()).To(Equal(0))
	return b
}

// all runs every command once, whatever becomes of it.
func (b *build) all(ctx context.Context) {
	GinkgoHelper()
	b.check(ctx)
	b.in(ctx, map[string]string{"state": "settled", "active": b.Dump().CAs[0].GUID})
	b.generate(ctx)
	b.command(ctx, "status")
	b.command(ctx, "status", "--json")
	b.command(ctx, "plan")
	b.command(ctx, "preflight")
	b.command(ctx, "preflight", "--json")
	b.command(ctx, "notice", "--to", "notice", "--from", "ca")
}

var _ = Describe("No secret is left behind", func() {
	It("by a whole rotation to a CA of one's own, with the real om", func(ctx SpecContext) {
		b := settled(ctx)
		step := func(session *gexec.Session) {
			GinkgoHelper()
			Expect(session.ExitCode()).To(Equal(0), string(session.Err.Contents()))
			answer, err := concourse.Answered(string(session.Out.Contents()))
			Expect(err).NotTo(HaveOccurred())
			Expect(b.in(ctx, answer.Version).ExitCode()).To(Equal(0))
		}
		apply := func() {
			GinkgoHelper()
			Expect(b.apply(ctx, "--from", "ca").ExitCode()).To(Equal(0))
			step(b.out(ctx, "verify", nil))
		}
		step(b.generate(ctx))
		apply()
		step(b.out(ctx, "activate", nil))
		step(b.out(ctx, "regenerate", nil))
		apply()
		step(b.out(ctx, "delete", nil))
		apply()
		b.all(ctx)
		Expect(b.Dump().Broken).To(BeEmpty())
		var arguments strings.Builder
		for what, text := range b.seen {
			if strings.HasPrefix(what, "arguments") {
				arguments.WriteString(text)
			}
		}
		Expect(arguments.String()).To(ContainSubstring(paths["om"]+"\napply-changes"), "om was seen")
		Expect(b.environments).NotTo(BeEmpty())
		for _, environment := range b.environments {
			// Its credentials, and no other secret nor setting of ours.
			Expect(strings.Split(environment, "\x00")).To(ContainElement("OM_PASSWORD=" + password))
			_, key := customCA()
			Expect(leaks(environment, []string{passphrase, clientSecret, key})).To(BeEmpty())
			Expect(environment).NotTo(Or(ContainSubstring("OM_TRACE"), ContainSubstring("OM_DECRYPTION_PASSPHRASE"), ContainSubstring("PASSPHRASE")))
		}
		b.expectNoLeak()
	})

	It("by a client, and by an Ops Manager that has to be unlocked", func(ctx SpecContext) {
		b := settled(ctx).asClient()
		Expect(b.Operator(sim.Action{Do: "lock"})).To(Succeed())
		b.Source["retry_for"] = "10s"
		session := b.check(ctx)
		Expect(session.ExitCode()).To(Equal(0), string(session.Err.Contents()))
		b.all(ctx)
		b.expectNoLeak()
	})

	for _, kind := range []string{"user", "client"} {
		It("by target and login as one map, of a "+kind+", with the real om", func(ctx SpecContext) {
			b := newBuild(serve())
			if kind == "client" {
				b.asClient()
			}
			b.asWhole()
			b.tampered(func(r *http.Request, a *httptest.ResponseRecorder) {
				if strings.HasSuffix(r.URL.Path, "/logs") {
					rewritten(a, func(_, text string) string {
						return strings.ReplaceAll(text, "Updating instance", b.everything()+"\nUpdating instance")
					})
				}
			})
			Expect(b.in(ctx, version(b.check(ctx))).ExitCode()).To(Equal(0))
			Expect(b.generate(ctx).ExitCode()).To(Equal(0))
			session := b.apply(ctx, "--force")
			Expect(session.ExitCode()).To(Equal(0), string(session.Err.Contents()))
			Expect(string(session.Err.Contents())).To(And(ContainSubstring("[redacted]"), ContainSubstring("Updating instance")))
			b.all(ctx)
			Expect(b.environments).NotTo(BeEmpty())
			for _, environment := range b.environments {
				// Its own part of the map, and not the map: that has the passphrase.
				Expect(strings.Split(environment, "\x00")).To(ContainElement(Or(Equal("OM_PASSWORD="+password), Equal("OM_CLIENT_SECRET="+clientSecret))))
				Expect(leaks(environment, []string{passphrase})).To(BeEmpty())
				Expect(environment).NotTo(ContainSubstring("OPSMAN="))
			}
			b.expectNoLeak()
		})
	}

	It("by a map with target and login that cannot be used", func(ctx SpecContext) {
		b := newBuild(serve()).asWhole()
		for _, change := range []map[string]any{
			{"target": "https://admin:" + password + "@opsman"}, {"target": password}, {"username": map[string]any{"deep": password}}, {"passwort": password},
			{"ca_cert": password}, {"ca_cert": theirKey()}, {"client_secret": clientSecret}, {"skip_ssl_validation": passphrase}, {"password": []string{password}}, {"username": nil},
		} {
			good := maps.Clone(b.login())
			maps.Copy(b.login(), change)
			Expect(b.check(ctx).ExitCode()).To(Equal(1))
			Expect(b.command(ctx, "status").ExitCode()).To(Equal(1))
			b.Source["opsman"] = good
		}
		b.Source["password"] = password
		Expect(b.check(ctx).ExitCode()).To(Equal(1), "beside a key at the top")
		b.Source["opsman"] = password
		Expect(b.check(ctx).ExitCode()).To(Equal(1))
		b.run(ctx, command([]string{"OPSMAN=" + password}, "status"))
		b.run(ctx, command([]string{`OPSMAN={"password":"` + password}, "status"))
		b.expectNoLeak()
	})

	It("by a wrong login, or a wrong passphrase", func(ctx SpecContext) {
		b := settled(ctx)
		b.Source["username"] = "nobody"
		b.all(ctx)
		b.asClient().Source["client_id"] = "nobody"
		b.all(ctx)
		Expect(b.Operator(sim.Action{Do: "lock"})).To(Succeed())
		b.Source["decryption_passphrase"] = "x" + passphrase
		b.all(ctx)
		b.expectNoLeak()
	})

	It("by a proxy that has a password and does not answer", func(ctx SpecContext) {
		b := settled(ctx)
		stdin, err := json.Marshal(map[string]any{"source": map[string]any{
			"target": "https://opsman.example.com", "username": "admin", "password": password, "log_level": "debug", "retry_for": "1s", "connect_timeout": "1s",
		}})
		Expect(err).NotTo(HaveOccurred())
		for _, proxy := range []string{"http://user:geheimB00krestF1sh@127.0.0.1:1", "http://user:geheimB00k restF1sh@127.0.0.1:1", "nonsense://user:geheimB00krestF1sh@127.0.0.1:1"} {
			session := b.run(ctx, process.Program{Path: "check", Stdin: stdin, Environ: []string{"HTTPS_PROXY=" + proxy}})
			Expect(session.ExitCode()).To(Equal(1))
			Expect(leaks(string(session.Err.Contents()), []string{"geheimB00krestF1sh"})).To(BeEmpty())
		}
		b.expectNoLeak()
	})

	It("by input that cannot be used", func(ctx SpecContext) {
		b := settled(ctx)
		for _, change := range []map[string]any{
			{"target": "https://admin:" + password + "@opsman"}, {"target": "http://opsman/?" + password}, {"target": password},
			{"username": map[string]any{"deep": password}}, {"passwort": password}, {"ca_cert": password}, {"ca_cert": theirKey()},
			{"client_secret": clientSecret}, {"skip_ssl_validation": passphrase}, {"password": []string{password}},
		} {
			good := map[string]any{}
			for k, v := range b.Source {
				good[k] = v
			}
			for k, v := range change {
				b.Source[k] = v
			}
			b.check(ctx)
			b.Source = good
		}
		b.run(ctx, process.Program{Path: "check", Stdin: []byte(`{"source": "` + password + `"`)})
		b.run(ctx, process.Program{Path: "check", Stdin: []byte(`{"source": {"password": ` + password + `}}`)})
		Expect(os.WriteFile(filepath.Join(b.Build, "custom-ca", "cert.pem"), []byte(theirKey()), 0o600)).To(Succeed())
		Expect(b.generate(ctx).ExitCode()).To(Equal(1))
		b.expectNoLeak()
	})
})

// repeats are what the server says with every secret in it, in the place of an answer.
var repeats = map[string]func(*httptest.ResponseRecorder, string){
	"base errors": func(a *httptest.ResponseRecorder, all string) {
		replaced(a, http.StatusUnprocessableEntity, "application/json", object(map[string]any{"errors": map[string]any{"base": []string{all}, all: []string{all}}}))
	},
	"UAA's errors": func(a *httptest.ResponseRecorder, all string) {
		replaced(a, http.StatusUnauthorized, "application/json", object(map[string]any{"error": "unauthorized", "error_description": all}))
	},
	"an internal error": func(a *httptest.ResponseRecorder, all string) {
		replaced(a, http.StatusInternalServerError, "application/json", object(map[string]any{"errors": []string{all}, "warnings": []string{all}}))
	},
	"a text": func(a *httptest.ResponseRecorder, all string) { replaced(a, http.StatusForbidden, "text/plain", all) },
	"a page": func(a *httptest.ResponseRecorder, all string) {
		replaced(a, http.StatusBadRequest, "text/html", "<html>"+all+"</html>")
	},
	"violations": func(a *httptest.ResponseRecorder, all string) {
		replaced(a, http.StatusUnprocessableEntity, "application/json", object(map[string]any{
			"errors": []string{"no"}, "safety_violations": []any{map[string]any{"violation": all, "certificate_names": []string{all}}},
		}))
	},
	"a redirect": func(a *httptest.ResponseRecorder, all string) {
		replaced(a, http.StatusFound, "text/plain", all)
		a.Header().Set("Location", "https://elsewhere.example.com/?"+strings.NewReplacer("\n", "%0A", "\r", "").Replace(all))
	},
	"no JSON": func(a *httptest.ResponseRecorder, all string) { replaced(a, http.StatusOK, "application/json", all) },
	"JSON of another kind": func(a *httptest.ResponseRecorder, all string) {
		replaced(a, http.StatusOK, "application/json", object([]string{all}))
	},
	"JSON with texts for everything": func(a *httptest.ResponseRecorder, all string) {
		rewritten(a, func(key, text string) string {
			if key == "access_token" {
				return text
			}
			return all
		})
	},
	"warnings": func(a *httptest.ResponseRecorder, all string) {
		var body map[string]any
		if json.Unmarshal(a.Body.Bytes(), &body) == nil && a.Code == http.StatusOK {
			body["warnings"] = []string{all}
			replaced(a, http.StatusMultiStatus, "application/json", object(body))
		}
	},
}

func object(value any) string {
	encoded, err := json.Marshal(value)
	Expect(err).NotTo(HaveOccurred())
	return string(encoded)
}

var _ = Describe("No secret is left behind when a server repeats them all", func() {
	for name, repeat := range repeats {
		It("as "+name, func(ctx SpecContext) {
			b := settled(ctx)
			if len(name)%2 == 0 {
				b.asClient()
			}
			asked := map[string]int{}
			// paths are struck one after the other: each run gets one step further.
			for _, path := range []string{
				"/uaa/oauth/token", "/api/v0/certificate_authorities", "/api/v0/info", "/api/v0/deployed/products", "/api/v0/installations",
				"/api/v0/staged/", "/api/v0/diagnostic_report", "/api/v1/deployed/certificates", "/login/ensure_availability",
			} {
				b.tampered(func(r *http.Request, a *httptest.ResponseRecorder) {
					if strings.HasPrefix(r.URL.Path, path) {
						asked[path]++
						repeat(a, b.everything())
					}
				})
				b.check(ctx)
				b.generate(ctx)
				b.command(ctx, "status", "--json")
				b.command(ctx, "preflight", "--json")
			}
			b.tampered(nil)
			Expect(len(asked)).To(BeNumerically(">", 6))
			b.expectNoLeak()
		})
	}

	It("in every text of every answer that succeeds", func(ctx SpecContext) {
		b := settled(ctx)
		b.tampered(func(r *http.Request, a *httptest.ResponseRecorder) {
			if !strings.HasPrefix(r.URL.Path, "/api/") {
				return
			}
			rewritten(a, func(key, text string) string {
				switch key {
				case "issuer", "user_name", "label", "product_version", "name", "property_reference", "variable_path", "location", "reason", "warnings", "certificate_names":
					return text + " " + b.everything()
				case "cert_pem", "nats_cert_pem":
					return theirKey() + text
				}
				return text
			})
		})
		b.all(ctx)
		b.check(ctx)
		b.in(ctx, map[string]string{"state": "settled", "active": b.Dump().CAs[0].GUID})
		Expect(b.seen["stdout of opsman-ca status"]).To(ContainSubstring("[redacted]"), "the secrets were there")
		b.expectNoLeak()
	})

	It("in the log and in the refusals of an apply changes, with the real om", func(ctx SpecContext) {
		b := settled(ctx)
		b.tampered(func(r *http.Request, a *httptest.ResponseRecorder) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/logs"):
				rewritten(a, func(key, text string) string {
					if key != "logs" {
						return text
					}
					return strings.ReplaceAll(text, "Updating instance", b.everything()+"\n"+theirKey()+"Updating instance")
				})
			case r.URL.Path == "/api/v0/installations" && r.Method == http.MethodGet:
				rewritten(a, func(key, text string) string {
					if key == "label" || key == "product_version" {
						return text + " " + b.everything()
					}
					return text
				})
			}
		})
		session := b.apply(ctx, "--force")
		Expect(session.ExitCode()).To(Equal(0), string(session.Err.Contents()))
		Expect(string(session.Err.Contents())).To(And(ContainSubstring("[redacted]"), ContainSubstring("Updating instance")))

		for _, status := range []int{http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusForbidden} {
			b.tampered(func(r *http.Request, a *httptest.ResponseRecorder) {
				if r.URL.Path == "/api/v0/installations" && r.Method == http.MethodPost {
					replaced(a, status, "application/json", object(map[string]any{"errors": map[string]any{"base": []string{b.everything()}}}))
				}
			})
			// The work is done all the same, so some of these are followed to success.
			b.apply(ctx, "--force")
		}
		b.expectNoLeak()
	})

	It("in the log of an installation that is followed after om has died", func(ctx SpecContext) {
		b := settled(ctx)
		logs := 0
		b.tampered(func(r *http.Request, a *httptest.ResponseRecorder) {
			if !strings.HasSuffix(r.URL.Path, "/logs") {
				return
			}
			if logs++; logs == 2 {
				replaced(a, http.StatusForbidden, "application/json", object(map[string]any{"errors": []string{b.everything()}}))
				return
			}
			rewritten(a, func(_, text string) string {
				return strings.ReplaceAll(text, "Updating instance", b.everything()+"\n"+theirKey()+"Updating instance")
			})
		})
		b.SetVMDelay(100_000_000)
		session := b.apply(ctx, "--force")
		Expect(session.ExitCode()).To(Equal(0), string(session.Err.Contents()))
		b.expectNoLeak()
	})
})
