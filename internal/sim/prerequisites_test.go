package sim_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

const (
	v0Path = "/api/v0/deployed/certificates"
	v1Path = "/api/v1/deployed/certificates?no_cache=true"
)

// named is the row of a certificate, by its name or path.
func named(om *opsman, path, name string) map[string]any {
	GinkgoHelper()
	for _, row := range rows(om.get(path).body["certificates"]) {
		if row["name"] == name || row["variable_path"] == name {
			return row
		}
	}
	return nil
}

func exclude(paths ...string) map[string]any {
	return map[string]any{"exclude_from_rotation": map[string]any{"certificate_authorities": paths}}
}

var _ = Describe("a customer's CA in CredHub", func() {
	const theirs = "/customer/tls_ca"
	excluded := func(om *opsman) []string {
		var paths []string
		for _, row := range rows(om.get(v0Path + "?show_excluded_from_rotation_only=true").body["certificates"]) {
			if row["is_ca"] == true {
				paths = append(paths, text(row["variable_path"]))
			}
		}
		return paths
	}

	It("is listed in v0 and v1 as the vendor says (facts 3.9)", func() {
		om := loggedIn(sim.Options{CustomerCA: true})
		for _, path := range []string{v0Path, v1Path} {
			Expect(named(om, path, theirs)).To(And(
				HaveKeyWithValue("configurable", true), HaveKeyWithValue("is_ca", true), HaveKeyWithValue("location", "credhub")))
		}
		Expect(excluded(om)).To(ConsistOf("/services/tls_ca"))
	})

	DescribeTable("is excluded by a list, which replaces the server's own (facts 3.9, 8)", func(create bool) {
		om := loggedIn(sim.Options{CustomerCA: true, SubCAs: []sim.SubCA{{Path: "/telemetry-ca-cert", Excluded: true}}})
		Expect(excluded(om)).To(ConsistOf("/services/tls_ca", "/telemetry-ca-cert"))
		path, body := cas+"/generate", exclude(theirs)
		if create {
			path = cas
			cert, key := custom(rsaKey(), true, time.Now().AddDate(3, 0, 0))
			body["cert_pem"], body["private_key_pem"] = cert, key
		}
		a := om.call(http.MethodPost, path, body)
		Expect(a.status).To(Equal(http.StatusUnprocessableEntity))
		Expect(a.text).To(ContainSubstring("/services/tls_ca"))
		Expect(om.authorities()).To(HaveLen(1))

		body["exclude_from_rotation"] = exclude(theirs, "/services/tls_ca")["exclude_from_rotation"]
		a = om.mustPost(path, body)
		Expect(excluded(om)).To(ConsistOf("/services/tls_ca", theirs))
		Expect(object(a.body["certificates"])["regenerated"]).To(ContainElement(HaveKeyWithValue("variable_path", "/telemetry-ca-cert")))
		old := text(om.authorities()[0]["guid"])
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(text(a.body["guid"])), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.apply()).To(Succeed())
		Expect(om.call(http.MethodDelete, cas+"/"+old, nil).status).To(Equal(http.StatusOK))
		Expect(om.apply()).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
		Expect(excluded(om)).To(ConsistOf("/services/tls_ca", "/telemetry-ca-cert"))
	}, Entry("of generate", false), Entry("of create", true))
})

var _ = Describe("a CA below the root", func() {
	It("that has expired fails the apply at its product, before and after generate (facts 4.7)", func() {
		om := loggedIn(sim.Options{SubCAs: []sim.SubCA{{Path: "/cf_ca", Left: -3 * 24 * time.Hour}}})
		cf := om.Dump().Products[1].GUID
		row := named(om, v0Path, "/p-bosh/"+cf+"/cf_ca")
		until, err := time.Parse(time.RFC3339, text(row["valid_until"]))
		Expect(err).NotTo(HaveOccurred())
		Expect(until).To(BeTemporally("<", om.Dump().Now))
		Expect(om.apply()).To(MatchError(And(ContainSubstring("x509: certificate has expired or is not yet valid"), ContainSubstring("cf_ca"))))
		products := om.Dump().Installations[2].Products
		Expect([]string{products[0].Status, products[1].Status, products[2].Status}).To(Equal([]string{"successful", "failed", "skipped"}))
		om.generate()
		Expect(om.apply()).NotTo(Succeed())
	})

	It("that expires before the second apply ends stops the rotation there", func() {
		om := loggedIn(sim.Options{SubCAs: []sim.SubCA{{Path: "/p-bosh/cf/diego_root_ca", Left: 24 * time.Hour}}})
		Expect(named(om, v1Path, "/p-bosh/cf/diego_root_ca")["signs"]).To(HaveLen(1))
		guid := om.generate()
		Expect(om.apply()).To(Succeed())
		om.mustPost(activatePath(guid), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		om.Advance(25 * time.Hour)
		om.login()
		Expect(om.apply()).To(MatchError(ContainSubstring("diego_root_ca")))
	})

	It("that no rotation concerns may have expired", func() {
		om := loggedIn(sim.Options{CustomerCA: true, SubCAs: []sim.SubCA{
			{Path: "/services/tls_ca", Left: -time.Hour}, {Path: "/customer/tls_ca", Left: -time.Hour},
			{Path: "/telemetry-ca-cert", Left: -time.Hour, Excluded: true},
		}})
		Expect(om.apply()).To(Succeed())
	})
})

var _ = Describe("a root CA that no operator deleted", func() {
	It("is inactive, older and expired, and can be deleted before a rotation (facts 8)", func() {
		om := loggedIn(sim.Options{LeftoverCA: true})
		list := om.authorities()
		Expect(list).To(HaveLen(2))
		Expect(list[0]).To(HaveKeyWithValue("active", false))
		Expect(parseCert(text(list[0]["cert_pem"])).NotAfter).To(BeTemporally("<", om.Dump().Now))
		Expect(om.apply()).To(Succeed())
		Expect(om.call(http.MethodDelete, cas+"/"+text(list[0]["guid"]), nil).status).To(Equal(http.StatusOK))
		Expect(om.apply()).To(Succeed())
		Expect(upToRegenerate(om)).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
	})
})

var _ = Describe("BOSH DNS that rotates by itself", func() {
	const dns, key = "/opsmgr/bosh_dns/tls_ca", "automatic_certificate_rotation_enabled"
	director := func(om *opsman) map[string]any {
		return object(om.get("/api/v0/staged/director/properties").body["director_configuration"])
	}

	It("shows in the director's properties and in v1 (facts 3.18, 4.8)", func() {
		for _, on := range []bool{true, false} {
			om := loggedIn(sim.Options{AutoRotateDNS: on})
			Expect(director(om)).To(HaveKeyWithValue(key, on))
			row := named(om, v1Path, dns)
			Expect(row).To(HaveKeyWithValue("auto_rotated", on))
			Expect(row["signs"]).To(HaveEach(HaveKeyWithValue("auto_rotated", on)))
		}
		Expect(director(loggedIn(sim.Options{Version: "3.0.9-build.1"}))).NotTo(HaveKey(key))
	})

	switchOff := func(om *opsman) {
		GinkgoHelper()
		Expect(om.call(http.MethodPut, "/api/v0/staged/director/properties", map[string]any{"director_configuration": map[string]any{key: false}}).status).To(Equal(http.StatusOK))
		Expect(om.get(pendingPath).text).To(ContainSubstring(`"action":"update"`))
		Expect(om.apply()).To(Succeed())
	}

	It("rotates like the rest once the option is off and applied (KB-402159)", func() {
		om := loggedIn(sim.Options{AutoRotateDNS: true})
		switchOff(om)
		Expect(named(om, v1Path, dns)).To(HaveKeyWithValue("auto_rotated", false))
		Expect(upToRegenerate(om)).To(Succeed())
	})

	It("is also let through by another stemcell, or by switching it off too late (KB-402159)", func() {
		for _, way := range []func(*opsman){switchOff, func(om *opsman) {
			Expect(om.Operator(sim.Action{Do: "stemcell", Stemcell: "ubuntu-jammy/1.400"})).To(Succeed())
			Expect(om.apply()).To(Succeed())
		}} {
			om := loggedIn(sim.Options{AutoRotateDNS: true})
			guid := om.generate()
			Expect(om.apply()).To(Succeed())
			Expect(om.call(http.MethodPost, activatePath(guid), nil).status).To(Equal(http.StatusUnprocessableEntity))
			way(om)
			om.mustPost(activatePath(guid), nil)
		}
	})
})

var _ = Describe("safety checks", func() {
	DescribeTable("and CredHub are left out where TAS is too old (facts 1.7, 4.5)", func(version string, left bool) {
		tiles := smallTiles()
		tiles[0].Version = version
		om := loggedIn(sim.Options{Tiles: tiles, Version: "2.10.60-build.1"})
		a := om.call(http.MethodPost, cas+"/generate", nil)
		Expect(len(items(object(a.body["certificates"])["regenerated"])) == 0).To(Equal(left))
	},
		Entry(nil, "2.7.20", true), Entry(nil, "2.7.21", false), Entry(nil, "2.8.1", true), Entry(nil, "2.8.2", false), Entry(nil, "2.13.35", false),
	)
})

var _ = Describe("a login", func() {
	It("tells its scopes in the answer and in the token, or in the token alone (facts 2.2)", func() {
		for _, hidden := range []bool{false, true} {
			om := start(sim.Options{Scope: "opsman.full_view uaa.user", NoTokenScope: hidden})
			_, body := om.tokenFor(passwordGrant("admin", "admin"))
			if hidden {
				Expect(body).NotTo(HaveKey("scope"))
			} else {
				Expect(body).To(HaveKeyWithValue("scope", "opsman.full_view uaa.user"))
			}
			payload, err := base64.RawURLEncoding.DecodeString(strings.Split(text(body["access_token"]), ".")[1])
			Expect(err).NotTo(HaveOccurred())
			var claims map[string]any
			Expect(json.Unmarshal(payload, &claims)).To(Succeed())
			Expect(claims["scope"]).To(ConsistOf("opsman.full_view", "uaa.user"))
		}
	})

	DescribeTable("may write with more than view scopes", func(scope string, status int) {
		om := loggedIn(sim.Options{Scope: scope})
		Expect(om.get(cas).status).To(Equal(http.StatusOK))
		Expect(om.call(http.MethodPost, cas+"/generate", nil).status).To(Equal(status))
	},
		Entry(nil, "opsman.full_view", http.StatusForbidden),
		Entry(nil, "opsman.restricted_view uaa.user", http.StatusForbidden),
		Entry(nil, "opsman.full_view opsman.full_control", http.StatusOK),
		Entry(nil, "opsman.restricted_control", http.StatusOK),
	)

	It("with escaped credentials is understood when it says so (facts 8)", func() {
		om := start(sim.Options{ClientID: "our:client", ClientSecret: "a secret+%"})
		login := func(id, secret, header string) int {
			form := url.Values{"grant_type": {"client_credentials"}, "token_format": {"jwt"}}
			request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, om.server.URL+"/uaa/oauth/token", strings.NewReader(form.Encode()))
			Expect(err).NotTo(HaveOccurred())
			request.SetBasicAuth(id, secret)
			request.Header.Set("X-CF-ENCODED-CREDENTIALS", header)
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := om.client.Do(request)
			Expect(err).NotTo(HaveOccurred())
			Expect(answer.Body.Close()).To(Succeed())
			return answer.StatusCode
		}
		id, secret := url.QueryEscape("our:client"), url.QueryEscape("a secret+%")
		Expect(login(id, secret, "true")).To(Equal(http.StatusOK))
		Expect(login(id, secret, "")).To(Equal(http.StatusUnauthorized))
		Expect(login(id, "100%", "true")).To(Equal(http.StatusUnauthorized))
	})
})

var _ = Describe("pre_deploy_check", func() {
	const director = "/api/v0/staged/director/pre_deploy_check"
	ofTile := func(om *opsman) string {
		return "/api/v0/staged/products/" + om.Dump().Products[1].GUID + "/pre_deploy_check"
	}

	DescribeTable("by version (facts 3.17)", func(o sim.Options, tile, ofDirector int) {
		om := loggedIn(o)
		Expect(om.get(ofTile(om)).status).To(Equal(tile))
		Expect(om.get(director).status).To(Equal(ofDirector))
	},
		Entry("2.5", sim.Options{Version: "2.5.9-build.1"}, http.StatusNotFound, http.StatusNotFound),
		Entry("2.10.27", sim.Options{Version: "2.10.27-build.1"}, http.StatusOK, http.StatusOK),
		Entry("2.10.28", sim.Options{Version: "2.10.28-build.1"}, http.StatusOK, http.StatusInternalServerError),
		Entry("2.10.30 elsewhere", sim.Options{Version: "2.10.30-build.1", IaaS: "aws"}, http.StatusOK, http.StatusOK),
		Entry("2.10.31", sim.Options{Version: "2.10.31-build.1"}, http.StatusOK, http.StatusOK),
	)

	It("tells ignorable failures from others, of tiles and of the director", func() {
		tiles := onStemcells("xenial/621.171", newJammy)
		tiles[0].Verifiers = []sim.Verifier{{Type: "NtpVerifier", Errors: []string{"no time"}}}
		om := loggedIn(sim.Options{Tiles: tiles, DirectorVerifiers: []sim.Verifier{{Type: "IaasConfigurationVerifier", Ignorable: true, Errors: []string{"no network"}}}})
		check := object(om.get(ofTile(om)).body["pre_deploy_check"])
		Expect(check).To(And(HaveKeyWithValue("identifier", "cf"), HaveKeyWithValue("complete", false), HaveKey("network"), HaveKey("availability_zone"), HaveKey("properties"), HaveKey("resources"),
			HaveKeyWithValue("verifiers", ConsistOf(Equal(map[string]any{"type": "NtpVerifier", "ignorable": false, "errors": []any{"no time"}}))),
			HaveKeyWithValue("stemcells", ConsistOf(Equal(map[string]any{"assigned": true, "required_stemcell_os": "ubuntu-xenial", "required_stemcell_version": "621.171"})))))
		Expect(object(om.get(director).body["pre_deploy_check"])["verifiers"]).To(ConsistOf(HaveKeyWithValue("ignorable", true)))
		a := om.call(http.MethodPost, "/api/v0/installations", map[string]any{"ignore_warnings": "true"})
		Expect(a.status).To(Equal(http.StatusUnprocessableEntity))
		Expect(a.text).To(And(ContainSubstring("no time"), Not(ContainSubstring("no network"))))
	})

	It("takes longer than a client waits, when a fault says so", func() {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Path: "/api/v0/staged/products/*/pre_deploy_check", Effect: faults.Delay, Delay: faults.Duration(time.Hour)})
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		_, err := om.try(ctx, http.MethodGet, ofTile(om), nil)
		Expect(err).To(MatchError(context.DeadlineExceeded))
		Expect(om.get(ofTile(om)).status).To(Equal(http.StatusOK))
	})
})

var _ = Describe("the rest of the API", func() {
	It("makes a leaf of the active CA and keeps it nowhere (facts 3.19)", func() {
		om := loggedIn(sim.Options{})
		a := om.mustPost("/api/v0/certificates/generate", map[string]any{"domains": []string{"*.example.com"}})
		leaf, root := parseCert(text(a.body["certificate"])), parseCert(text(om.authorities()[0]["cert_pem"]))
		Expect(leaf.CheckSignatureFrom(root)).To(Succeed())
		Expect(leaf.DNSNames).To(ConsistOf("*.example.com"))
		Expect(a.body["key"]).To(ContainSubstring("RSA PRIVATE KEY"))
		Expect(om.get(v0Path).text).NotTo(ContainSubstring("example.com"))
		Expect(om.call(http.MethodPost, "/api/v0/certificates/generate", nil).status).To(Equal(http.StatusBadRequest))
		Expect(om.call(http.MethodPost, "/api/v0/certificates/generate", map[string]any{"domains": []string{}}).status).To(Equal(http.StatusUnprocessableEntity))
	})

	It("does not redirect a path with an empty GUID", func() {
		om := loggedIn(sim.Options{})
		for _, r := range []struct{ method, path string }{
			{"POST", cas + "//activate"}, {"DELETE", cas + "/"}, {"GET", "/api/v0/staged/products//errands"},
		} {
			a := om.call(r.method, r.path, nil)
			Expect(a.status).To(Equal(http.StatusNotFound), r.path)
			Expect(a.text).To(And(ContainSubstring("404 Not Found"), ContainSubstring("nginx")))
			Expect(a.header.Get("Location")).To(BeEmpty())
		}
		Expect(om.authorities()).To(HaveLen(1))
	})

	It("has logs with their steps from 3.2 on, and logs as events (facts 3.15)", func() {
		om := loggedIn(sim.Options{Version: "3.3.0-build.10", ParallelDeploys: true})
		Expect(om.get("/api/v1/current_installation_logs").text).To(ContainSubstring("no install in progress"))
		Expect(om.apply()).To(Succeed())
		cf := om.Dump().Products[1].GUID
		lines := items(om.get("/api/v1/installations/3/logs").body["logs"])
		Expect(lines).To(ContainElement(And(HaveKeyWithValue("step_id", cf+".deploying"), HaveKeyWithValue("line", ContainSubstring("Updating instance router/0")))))
		Expect(lines[0]).To(HaveKeyWithValue("step_id", "bosh_product.deploying"))
		events := om.get("/api/v0/installations/3/logs?event_stream=true")
		Expect(events.header.Get("Content-Type")).To(Equal("text/event-stream"))
		Expect(events.text).To(And(ContainSubstring("event:step_info"), ContainSubstring("Updating instance router/0"), ContainSubstring(`"code":0`)))

		stuck := fault(om, faults.Fault{Effect: faults.Stuck, Product: "cf"})
		id := om.startApply(nil)
		Expect(om.WaitStruck(soon(), stuck, 1)).To(Succeed())
		streamed := make(chan string, 1)
		go func() { streamed <- om.get("/api/v1/current_installation_logs").text }()
		om.ClearFaults()
		Expect(om.Wait(id)).To(Succeed())
		Eventually(streamed).Should(Receive(Or(ContainSubstring(`"step_id":"`+cf+`.deploying"`), ContainSubstring("no install in progress"))))
		Expect(loggedIn(sim.Options{}).get("/api/v1/current_installation_logs").status).To(Equal(http.StatusNotFound))
	})
})
