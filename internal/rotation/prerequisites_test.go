package rotation_test

import (
	"crypto/x509/pkix"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// onStemcells gives a product's VMs these stemcells, "os version" each.
func (f foundation) onStemcells(p evidence.Product, stemcells ...string) foundation {
	s := evidence.ProductStemcells{GUID: p.GUID, Identifier: p.Type, Listed: true}
	for _, text := range stemcells {
		system, version, _ := strings.Cut(text, " ")
		s.List = append(s.List, evidence.Stemcell{OS: system, Version: version})
	}
	return f.change(p, func(c *evidence.PendingChange) { c.Stemcells = s })
}

// stemcellsUnlisted leaves a product's stemcells out of the pending changes.
func (f foundation) stemcellsUnlisted(p evidence.Product) foundation {
	return f.change(p, func(c *evidence.PendingChange) { c.Stemcells.GUID = p.GUID })
}

func (f foundation) withErrands(p evidence.Product, errands ...evidence.Errand) foundation {
	return f.change(p, func(c *evidence.PendingChange) { c.Errands = errands })
}

// change changes what is staged of a product, which is nothing at first.
func (f foundation) change(p evidence.Product, change func(*evidence.PendingChange)) foundation {
	f.e.Pending.List = slices.Clone(f.e.Pending.List)
	at := slices.IndexFunc(f.e.Pending.List, func(c evidence.PendingChange) bool { return c.GUID == p.GUID })
	if at < 0 {
		at = len(f.e.Pending.List)
		f.e.Pending.List = append(f.e.Pending.List, pending(p, "unchanged"))
	}
	change(&f.e.Pending.List[at])
	return f
}

// and changes anything else.
func (f foundation) and(change func(*evidence.Evidence)) foundation {
	change(&f.e)
	return f
}

// authority is a CA below the root.
func authority(name, until string) evidence.Certificate {
	return evidence.Certificate{Name: name, Location: "credhub", IsCA: true, ValidFrom: at("2024-01-01T00:00:00Z"), ValidUntil: at(until)}
}

// customers is a CA that a customer has provided.
func customers(name string) evidence.Certificate {
	c := authority(name, "2030-01-01T00:00:00Z")
	c.Configurable = true
	return c
}

func supplied(name string, below ...string) evidence.Certificate {
	c := leaf(name, "2025-06-01T00:00:00Z", below...)
	c.Location, c.ProductGUID, c.Configurable = "ops_manager", tas.GUID, true
	return c
}

func automatic(c evidence.Certificate) evidence.Certificate {
	c.AutoRotated = true
	return c
}

func yes(on bool) *bool { return &on }

func found(f foundation, o rotation.Options, code rotation.Reason) []rotation.Finding {
	return slices.DeleteFunc(rotation.Prerequisites(f.tells(), o), func(x rotation.Finding) bool { return x.Code != code })
}

const (
	upgradeAll  = "upgrade-all-service-instances"
	recreateAll = "recreate-all-service-instances"
)

// onVersion is a foundation of that Ops Manager, its director deployed by it.
func onVersion(version string) foundation {
	d := director
	d.Version = version
	return before().v0().opsManager(version).products(d, tas, mysql)
}

var _ = Describe("the prerequisites of a rotation", func() {
	It("are each listed, also what passes, and nothing hinders where all is well", func() {
		all := rotation.Prerequisites(before().tells(), rotation.Options{})
		Expect(rotation.Hinders(all)).To(BeFalse())
		var codes []rotation.Reason
		for _, x := range all {
			codes = append(codes, x.Code)
			Expect(x.Name).NotTo(BeEmpty(), string(x.Code))
			Expect(x.Message).NotTo(BeEmpty(), string(x.Code))
			Expect(x.Status).To(BeElementOf(rotation.StatusPasses, rotation.StatusNote), "%s: %s", x.Code, x.Message)
			if x.Status == rotation.StatusNote {
				Expect(x.Next).NotTo(BeEmpty(), string(x.Code))
			}
		}
		Expect(codes).To(Equal([]rotation.Reason{
			rotation.ReasonOpsManagerVersion, rotation.ReasonNoWriteScope, rotation.ReasonCertificatesUnknown, rotation.ReasonExpiredCA, rotation.ReasonCustomerCAs, rotation.ReasonHandSet,
			rotation.ReasonRecreateNeeded, rotation.ReasonAutomaticDNS, rotation.ReasonNewTile, rotation.ReasonConfigurableAhead, rotation.ReasonPreDeployCheck, rotation.ReasonOrphans, rotation.ReasonFullApply,
			rotation.ReasonWeakerChecks, rotation.ReasonOtherDeployments, rotation.ReasonServiceErrands, rotation.ReasonOtherCertificates,
			rotation.ReasonBackup, rotation.ReasonOtherPipelines, rotation.ReasonDuration, rotation.ReasonWayBack,
		}))
	})

	// Each row disturbs a healthy foundation. name is the guard that stops it: without it
	// a rotation would begin. mended are options that set it right.
	type disturbed struct {
		f      foundation
		code   rotation.Reason
		guard  string
		words  []string
		asks   rotation.Options
		mended *rotation.Options
	}
	var shown []string
	row := func(what string, d disturbed) TableEntry {
		shown = append(shown, d.guard)
		return Entry(what, d)
	}
	DescribeTable("keep generate from running",
		func(d disturbed) {
			q := rotation.Question{Phase: rotation.Generate, From: *settled(guidA), Observed: d.f.observe(settled(guidA)), Evidence: d.f.tells(), Options: d.asks}
			refused := rotation.Decide(q)
			Expect(refused.Verdict).To(Equal(rotation.Refuse), refused.Message)
			Expect(refused.Reason).To(Equal(d.code), refused.Message)
			Expect(refused.Message + "; " + refused.Advice(nil)).To(says(d.words...))

			By("which a look at the prerequisites says with the same words")
			acceptable := slices.Contains(rotation.Acceptable(), d.code)
			x := found(d.f, d.asks, d.code)
			Expect(x).NotTo(BeEmpty())
			Expect(x[0].Status).To(Equal(rotation.StatusRefuses))
			Expect(x[0].Message).To(Equal(refused.Message))
			Expect(refused.Next).To(HavePrefix(x[0].Next))
			Expect(x[0].Acceptable).To(Equal(acceptable))
			Expect(rotation.Hinders(x)).To(BeTrue())

			By("and so does what comes next")
			next := rotation.Next(rotation.Way{Observed: q.Observed, Evidence: q.Evidence, From: settled(guidA), Options: d.asks})
			if rotation.Mends(d.code) {
				Expect(next.Kind).To(Equal(rotation.MoveApply))
			} else {
				Expect(next.Kind).To(Equal(rotation.MoveRefuse), next.Why)
			}
			Expect(next.For).To(Equal(d.code))

			By("which one guard is about")
			at := slices.IndexFunc(rotation.GuardNames(), func(g rotation.GuardName) bool { return g.Name == d.guard })
			Expect(at).To(BeNumerically(">=", 0))
			Expect(rotation.DecideWithout(q, rotation.GuardNames()[at]).Verdict).To(Equal(rotation.Go), d.guard)

			By("and that can be accepted where it is a judgement")
			accepting := d.asks
			accepting.Accept = []rotation.Reason{d.code}
			q.Options = accepting
			accepted := rotation.Decide(q)
			Expect(accepted.Verdict == rotation.Go).To(Equal(acceptable), accepted.Message)
			if acceptable {
				Expect(found(d.f, accepting, d.code)[0].Status).To(Equal(rotation.StatusAccepted))
				Expect(accepted.Notes).To(ContainElement(HavePrefix("accepted " + string(d.code) + ": ")))
			}
			if d.mended == nil {
				return
			}
			By("or is set right by an option")
			q.Options = *d.mended
			Expect(rotation.Decide(q).Verdict).To(Equal(rotation.Go))
			Expect(found(d.f, *d.mended, d.code)).NotTo(ContainElement(HaveField("Status", rotation.StatusRefuses)))
		},
		row("stemcells below the minimum", disturbed{
			f: before().onStemcells(tas, "ubuntu-jammy 1.7"), code: rotation.ReasonRecreateNeeded, guard: "recreate",
			words: []string{"Tanzu Application Service (ubuntu-jammy 1.7, below 1.8)", "upgrade the stemcells", "set recreate"}, mended: &rotation.Options{Recreate: true},
		}),
		row("stemcells below the minimum, of a tile without an errand to recreate instances", disturbed{
			f: before().onStemcells(tas, "ubuntu-xenial 456.30").withErrands(mysql, evidence.Errand{Name: upgradeAll, PostDeploy: "true"}), code: rotation.ReasonRecreateNeeded, guard: "recreate",
			words: []string{"no errand recreates the service instances of MySQL", "bosh -d"}, mended: &rotation.Options{Recreate: true},
		}),
		row("an Ops Manager with which every VM has to be recreated", disturbed{
			f: onVersion("2.10.19-build.7"), code: rotation.ReasonRecreateNeeded, guard: "recreate",
			words: []string{"any stemcell, with an Ops Manager below 2.10.20", "upgrade Ops Manager to 2.10.20"}, mended: &rotation.Options{Recreate: true},
		}),
		row("stemcells of a line that no page names", disturbed{
			f: before().onStemcells(tas, "photon 3.1"), code: rotation.ReasonStemcellsUnknown, guard: "stemcells",
			words: []string{"photon 3.1", "does not name"}, mended: &rotation.Options{Recreate: true},
		}),
		row("stemcells that are listed nowhere", disturbed{
			f: before().stemcellsUnlisted(tas).and(func(e *evidence.Evidence) {
				e.Reported = evidence.DiagnosticReport{Asked: true, Unknown: "the diagnostic report answers 500"}
			}), code: rotation.ReasonStemcellsUnknown, guard: "stemcells", words: []string{"Tanzu Application Service", "answers 500"}, mended: &rotation.Options{Recreate: true},
		}),
		row("stemcells that were not asked for", disturbed{
			f: before().stemcellsUnlisted(tas), code: rotation.ReasonStemcellsUnknown, guard: "stemcells", words: []string{"was not asked for"},
		}),
		row("a CA of a customer in CredHub", disturbed{
			f: before().v1(customers("/corp/ca"), customers("/corp/other")), code: rotation.ReasonCustomerCAs, guard: "customers",
			words: []string{"/corp/ca, /corp/other", "exclude_from_rotation: /corp/ca, /corp/other;"}, mended: &rotation.Options{Exclude: []string{"/corp/ca", "/corp/other"}},
		}),
		row("one of two CAs of customers that is left in", disturbed{
			f: before().v0(customers("/corp/ca"), customers("/corp/other")), code: rotation.ReasonCustomerCAs, guard: "customers", asks: rotation.Options{Exclude: []string{"/corp/ca"}},
			words: []string{"exclude_from_rotation: /corp/other;"},
		}),
		row("a certificate that no listed CA has signed", disturbed{
			f: before().v1(leaf("/cf/ldap_client", "2019-01-01T00:00:00Z")), code: rotation.ReasonHandSet, guard: "set by hand", words: []string{"/cf/ldap_client", "credhub set"},
		}),
		row("a CA below the root that has expired", disturbed{
			f: before().v1(authority("/opsmgr/bosh_dns/tls_ca", "2026-03-01T00:00:00Z")), code: rotation.ReasonExpiredCA, guard: "ending",
			words: []string{"/opsmgr/bosh_dns/tls_ca at 2026-03-01T00:00:00Z", "support"},
		}),
		row("a CA of CredHub that has expired, beside TKGI, where no rotation replaces it", disturbed{
			f:    before().v1(authority("/cf/ca", "2026-03-01T00:00:00Z")).products(director, tas, mysql, evidence.Product{GUID: "pivotal-container-service-1", Type: rotation.TKGI, Label: "TKGI"}),
			code: rotation.ReasonExpiredCA, guard: "ending", words: []string{"/cf/ca"},
		}),
		row("a CA below the root that expires before its successor signs", disturbed{
			// Each of the known installations took 1h30m.
			f: before().v0(authority("/cf/ca", "2026-03-20T14:59:00Z")), code: rotation.ReasonExpiredCA, guard: "ending",
			words: []string{"/cf/ca at 2026-03-20T14:59:00Z", "take up to 3h", "as installation 4 of all products took"},
		}),
		row("a CA below the root that expires before its successor signs, with VMs that are recreated", disturbed{
			f: before().v0(authority("/cf/ca", "2026-03-20T20:00:00Z")), code: rotation.ReasonExpiredCA, guard: "ending", asks: rotation.Options{Recreate: true},
			words: []string{"take up to 9h", "recreating VMs"},
		}),
		row("a NATS CA of the active root that has expired", disturbed{
			f: before().v1(authority(".properties.nats_ca."+guidA, "2026-03-01T00:00:00Z")), code: rotation.ReasonExpiredCA, guard: "ending", words: []string{"nats_ca"},
		}),
		row("BOSH DNS that rotates by itself, by the director", disturbed{
			f: before().and(func(e *evidence.Evidence) { e.Director.AutomaticRotation = yes(true) }), code: rotation.ReasonAutomaticDNS, guard: "dns",
			words: []string{"the director's option", "clear the director's option", "forces the latest variables", "deployments of no tile"},
		}),
		row("BOSH DNS that rotates by itself, by the certificates", disturbed{
			f:    before().withErrands(mysql, evidence.Errand{Name: upgradeAll, PostDeploy: "true"}).v1(automatic(authority("/opsmgr/bosh_dns/tls_ca", "2028-01-01T00:00:00Z"))),
			code: rotation.ReasonAutomaticDNS, guard: "dns", words: []string{"/opsmgr/bosh_dns/tls_ca", "does not reach the service instances of MySQL"},
		}),
		row("BOSH DNS of which nothing tells", disturbed{
			f:    before().v0().and(func(e *evidence.Evidence) { e.Director = evidence.DirectorProperties{Asked: true, Unknown: "403"} }),
			code: rotation.ReasonAutomaticDNSUnknown, guard: "dns known", words: []string{"cannot be read (403)"},
		}),
		row("a certificate of an operator below the root CA", disturbed{
			f: before().v1(supplied(".properties.networking_poe_ssl_certs", guidA)), code: rotation.ReasonConfigurableAhead, guard: "ahead",
			words: []string{".properties.networking_poe_ssl_certs of Tanzu Application Service", "after activate and before delete", "does not accept it for delete"},
		}),
		row("a check of Ops Manager's own that fails", disturbed{
			f: before().and(func(e *evidence.Evidence) {
				e.Checks.List = []evidence.PreDeployCheck{{GUID: tas.GUID, Identifier: tas.Type, Complete: true, Problems: []string{"stemcell 1.400 is missing"}}}
			}), code: rotation.ReasonPreDeployCheck, guard: "check", words: []string{"Tanzu Application Service: stemcell 1.400 is missing"},
		}),
		row("a tile that is not configured", disturbed{
			f: before().and(func(e *evidence.Evidence) {
				e.Checks.List = []evidence.PreDeployCheck{{GUID: "p-redis-1", Identifier: "p-redis"}}
			}), code: rotation.ReasonPreDeployCheck, guard: "check", words: []string{"p-redis: its configuration is not complete"},
		}),
		row("a login that may only look", disturbed{
			f: before().and(func(e *evidence.Evidence) {
				e.Scopes.List = []string{"uaa.user", "opsman.full_view", "opsman.restricted_view"}
			}), code: rotation.ReasonNoWriteScope, guard: "scope", words: []string{"opsman.full_view, opsman.restricted_view", "opsman.admin"},
		}),
		row("an Ops Manager that does not rotate what CredHub holds", disturbed{
			f: onVersion("2.8.16-build.3"), code: rotation.ReasonOpsManagerVersion, guard: "version", words: []string{"2.8.16-build.3", "below 2.9"}, asks: rotation.Options{Recreate: true},
		}),
		row("service instances that an errand passed by", disturbed{
			f: before().upgraded(counted(2, 0)), code: rotation.ReasonOrphans, guard: "orphans",
			words: []string{"MySQL: upgrade-all-service-instances of installation 20 says that it passed by 2 that Cloud Foundry does not know any more", "bosh -d service-instance_GUID delete-deployment", "or accept this where that was done since", "accepts it nowhere else"},
		}),
		row("service instances that an errand passed by, without certificates v1", disturbed{
			f: before().v0().upgraded(counted(1, 0)), code: rotation.ReasonOrphans, guard: "orphans", words: []string{"passed by 1"},
		}),
		row("service instances that an errand could not upgrade", disturbed{
			f: before().upgraded(counted(1, 3)), code: rotation.ReasonOrphans, guard: "orphans", words: []string{"passed by 1 that Cloud Foundry does not know any more, and could not upgrade 3"},
		}),
		row("no apply changes lately, where one is required", disturbed{
			f: before().and(func(e *evidence.Evidence) { e.At = at("2026-06-20T12:00:00Z") }), code: rotation.ReasonFullApply, guard: "full apply", asks: rotation.Options{RequireFullApply: true},
			words: []string{"within 30 days", "BOSH Director, Tanzu Application Service, MySQL", "prepare"}, mended: &rotation.Options{},
		}),
	)

	It("are not met by a tile that was never deployed, also where what is staged is accepted", func() {
		f := before().staged(pending(evidence.Product{GUID: "p-redis-1", Type: "p-redis", Label: "Redis"}, "install"))
		q := readied(f, nil, rotation.Options{Accept: rotation.Acceptable()})
		d := rotation.Decide(q)
		Expect(d.Reason).To(Equal(rotation.ReasonNewTile))
		Expect(d.Message).To(And(ContainSubstring("Redis"), ContainSubstring("refuses activate for good")))
		Expect(refusing(rotation.Readiness(q))).To(ConsistOf(rotation.ReasonNewTile))
		next := rotation.Next(rotation.Way{Observed: q.Observed, Evidence: q.Evidence, Options: q.Options})
		Expect(next.Kind).To(Equal(rotation.MoveApply), "a whole rotation deploys it before")
		updated := readied(before().staged(pending(tas, "update")), nil, rotation.Options{Accept: rotation.Acceptable()})
		Expect(rotation.Decide(updated).Verdict).To(Equal(rotation.Go))
	})

	It("of which every guard that the walk leaves out has a row", func() {
		Expect(shown).To(ContainElements(tabled))
	})

	DescribeTable("let generate run",
		func(f foundation, code rotation.Reason, status rotation.Status, words ...string) {
			d := decide(rotation.Generate, settled(guidA), f)
			Expect(d.Verdict).To(Equal(rotation.Go), d.Message)
			x := found(f, rotation.Options{}, code)
			Expect(x).To(HaveLen(1))
			Expect(x[0].Status).To(Equal(status), x[0].Message)
			Expect(x[0].Message + "; " + x[0].Advice(nil)).To(says(words...))
		},
		Entry("a tile without a VM", before().onStemcells(tas), rotation.ReasonRecreateNeeded, rotation.StatusPasses, "no VM (Tanzu Application Service)", "ubuntu-jammy 1.390 (MySQL)"),
		Entry("stemcells by the diagnostic report", before().stemcellsUnlisted(tas).and(func(e *evidence.Evidence) {
			e.Reported = evidence.DiagnosticReport{Asked: true, Products: []evidence.ProductStemcells{{Identifier: "cf", Listed: true, List: []evidence.Stemcell{{OS: "ubuntu-noble", Version: "1.1"}}}}}
		}), rotation.ReasonRecreateNeeded, rotation.StatusPasses, "ubuntu-noble 1.1 (Tanzu Application Service)"),
		Entry("service instances, whose stemcell no API tells", before().withErrands(mysql, evidence.Errand{Name: upgradeAll, PostDeploy: "false"}),
			rotation.ReasonRecreateNeeded, rotation.StatusPasses, "the service instances of MySQL count as their tile once"),
		Entry("an unreadable version beside certificates v1", before().opsManager("LTS"), rotation.ReasonOpsManagerVersion, rotation.StatusNote, "(LTS)"),
		Entry("a CA of a customer that Ops Manager excludes", before().v1(func() evidence.Certificate { c := customers("/corp/ca"); c.Excluded = true; return c }()), rotation.ReasonCustomerCAs, rotation.StatusPasses),
		Entry("expired trusted CAs of an operator", before().v1(func() evidence.Certificate {
			c := authority(".properties.uaa.ldap.server_ssl_cert", "2021-09-30T00:00:00Z")
			c.Configurable, c.Location = true, "ops_manager"
			return c
		}()), rotation.ReasonExpiredCA, rotation.StatusPasses),
		Entry("an expired /services/tls_ca", before().v1(authority("/services/tls_ca", "2021-09-30T00:00:00Z")), rotation.ReasonExpiredCA, rotation.StatusPasses),
		Entry("an expired CA of telemetry", before().v1(authority("/telemetry-ca-cert", "2021-09-30T00:00:00Z")), rotation.ReasonExpiredCA, rotation.StatusPasses),
		Entry("an expired CA of an instance", before().v1(authority("/p-bosh/service-instance_7/pxc_ca", "2021-09-30T00:00:00Z")), rotation.ReasonExpiredCA, rotation.StatusPasses),
		Entry("expired rows of CAs that are gone", before().v1(authority(".properties.root_ca."+guidX, "2021-09-30T00:00:00Z"), authority(".properties.nats_ca."+guidX, "2021-09-30T00:00:00Z")), rotation.ReasonExpiredCA, rotation.StatusPasses),
		Entry("a CA that expires after its successor signs", before().v1(authority("/cf/ca", "2026-03-20T15:01:00Z")), rotation.ReasonExpiredCA, rotation.StatusPasses),
		Entry("a CA that expires soon, without a forecast", before().after().v1(authority("/cf/ca", "2026-03-20T13:00:00Z")), rotation.ReasonExpiredCA, rotation.StatusNote, "/cf/ca at 2026-03-20T13:00:00Z", "waiting is worse"),
		Entry("BOSH DNS with a director that has the option cleared", before().v0().and(func(e *evidence.Evidence) { e.Director.AutomaticRotation = yes(false) }), rotation.ReasonAutomaticDNS, rotation.StatusPasses),
		Entry("BOSH DNS of a version that has no such option", onVersion("3.0.16-build.1").and(func(e *evidence.Evidence) { e.Director = evidence.DirectorProperties{} }), rotation.ReasonAutomaticDNS, rotation.StatusPasses, "below 3.0.17"),
		Entry("BOSH DNS by certificates v1 alone", before().v1(authority("/opsmgr/bosh_dns/tls_ca", "2028-01-01T00:00:00Z")).and(func(e *evidence.Evidence) { e.Director = evidence.DirectorProperties{} }),
			rotation.ReasonAutomaticDNS, rotation.StatusPasses, "not rotated automatically"),
		Entry("a certificate of SAML below the root CA", before().v1(supplied(".uaa.service_provider_key_credentials", guidA)), rotation.ReasonConfigurableAhead, rotation.StatusPasses),
		Entry("a certificate of another CA", before().v1(supplied(".cf.tls")), rotation.ReasonConfigurableAhead, rotation.StatusPasses),
		Entry("a certificate that may be of the root CA, by certificates v0", func() foundation {
			f := before().v0(func() evidence.Certificate { c := supplied(".cf.tls"); c.Issuer = "/C=US/O=Pivotal"; return c }())
			f.e.CAs = slices.Clone(f.e.CAs)
			f.e.CAs[0] = ofSubject(f.e.CAs[0], pkix.Name{Country: []string{"US"}, Organization: []string{"Pivotal"}})
			return f
		}(), rotation.ReasonConfigurableAhead, rotation.StatusNote, ".cf.tls of Tanzu Application Service", "by the text of their issuer"),
		Entry("a certificate of an unknown issuer, as the root CA's own is unreadable", before().v0(supplied(".cf.tls")), rotation.ReasonConfigurableAhead, rotation.StatusUnknown, "cannot be read"),
		Entry("verifiers that an apply changes may pass over", before().and(func(e *evidence.Evidence) {
			e.Checks.List = []evidence.PreDeployCheck{{GUID: tas.GUID, Complete: true, Ignorable: []string{"wildcard domain cannot be resolved"}}}
		}), rotation.ReasonPreDeployCheck, rotation.StatusNote, "Tanzu Application Service: wildcard domain", "ignore_warnings"),
		Entry("a check that was not answered", before().and(func(e *evidence.Evidence) {
			e.Checks.List = []evidence.PreDeployCheck{{GUID: director.GUID, Unknown: "500"}}
		}), rotation.ReasonPreDeployCheck, rotation.StatusUnknown, "BOSH Director: 500"),
		Entry("a check that was not asked for", before().and(func(e *evidence.Evidence) { e.Checks = evidence.PreDeployChecks{} }), rotation.ReasonPreDeployCheck, rotation.StatusUnknown, "not asked for"),
		Entry("a login whose scopes are unknown", before().and(func(e *evidence.Evidence) {
			e.Scopes = evidence.Scopes{Asked: true, Unknown: "the token tells none"}
		}), rotation.ReasonNoWriteScope, rotation.StatusUnknown, "the token tells none"),
		Entry("a login with a scope of which no document tells", before().and(func(e *evidence.Evidence) {
			e.Scopes.List = []string{"opsman.restricted_control", "opsman.full_view"}
		}), rotation.ReasonNoWriteScope, rotation.StatusNote, "opsman.restricted_control"),
		Entry("a login without a known scope", before().and(func(e *evidence.Evidence) { e.Scopes.List = nil }), rotation.ReasonNoWriteScope, rotation.StatusNote, "none at all"),
		Entry("no apply changes lately", before().and(func(e *evidence.Evidence) { e.At = at("2026-06-20T12:00:00Z") }), rotation.ReasonFullApply, rotation.StatusNote, "MySQL", "prepare"),
		Entry("an apply changes lately without a known errand", before().withErrands(mysql, evidence.Errand{Name: upgradeAll, PostDeploy: "true"}), rotation.ReasonFullApply, rotation.StatusNote, "MySQL", "its log was not read"),
		Entry("TKGI", before().products(director, tas, evidence.Product{GUID: "pks-1", Type: rotation.TKGI}), rotation.ReasonWeakerChecks, rotation.StatusNote, "TKGI is installed", "weaker safety checks"),
		Entry("an old TAS", before().products(director, evidence.Product{GUID: tas.GUID, Type: "cf", Label: "TAS", Version: "2.7.20"}), rotation.ReasonWeakerChecks, rotation.StatusNote, "TAS 2.7.20"),
		Entry("a TAS that is not that old", before().products(director, evidence.Product{GUID: tas.GUID, Type: "cf", Label: "TAS", Version: "2.8.2"}), rotation.ReasonWeakerChecks, rotation.StatusPasses),
		Entry("a deployment of no tile", before().v1(func() evidence.Certificate {
			c := leaf("/cf/router", "2026-01-01T00:00:00Z", guidA)
			c.Deployments = []string{tas.GUID, "service-instance_7", "concourse", "p-bosh"}
			return c
		}()), rotation.ReasonOtherDeployments, rotation.StatusNote, "certificates to concourse;", "candidate.pem"),
		Entry("deployments that certificates v0 does not name", before().v0(), rotation.ReasonOtherDeployments, rotation.StatusUnknown, "?"),
		Entry("a deployment of no tile that a path of certificates v0 names",
			before().v0(leaf("/p-bosh/concourse/dns_api_client_tls", "2026-01-01T00:00:00Z"), leaf("/p-bosh/"+mysql.GUID+"/server", "2026-01-01T00:00:00Z"), leaf("/p-bosh/service-instance_7/tls_certificate", "2026-01-01T00:00:00Z")),
			rotation.ReasonOtherDeployments, rotation.StatusNote, "certificates to concourse, which", "bosh deployments does", "candidate.pem"),
		Entry("an errand that its tile's setting switches off", before().withErrands(mysql, evidence.Errand{Name: upgradeAll, PostDeploy: "false"}), rotation.ReasonServiceErrands, rotation.StatusNote, "MySQL: "+upgradeAll+" (off by its tile's setting)"),
		Entry("clusters, whose errand is not run unasked", before().products(director, evidence.Product{GUID: "pks-1", Type: rotation.TKGI, Label: "TKGI"}).
			withErrands(evidence.Product{GUID: "pks-1", Type: rotation.TKGI}, evidence.Errand{Name: upgradeAll, PostDeploy: "false"}), rotation.ReasonServiceErrands, rotation.StatusNote, "no apply changes of the rotation reaches TKGI: ", "is not run unasked"),
		Entry("service instances without an errand", before().v1(func() evidence.Certificate {
			c := authority("/p-bosh/"+mysql.GUID+"/service_instance_ca", "2028-01-01T00:00:00Z")
			c.Deployments = []string{"service-instance_7"}
			return c
		}()), rotation.ReasonServiceErrands, rotation.StatusNote, "MySQL: it has service instances, and no errand"),
		Entry("other certificates that are due", before().v1(
			evidence.Certificate{Name: "/services/tls_ca", IsCA: true, Location: "credhub", ValidUntil: at("2026-04-01T00:00:00Z")},
			evidence.Certificate{Name: ".properties.saml_service_provider_cert", Configurable: true, ValidUntil: at("2026-05-01T00:00:00Z")},
			evidence.Certificate{Name: ".properties.ssl_certificate", ProductGUID: "ops_manager", Configurable: true, ValidUntil: at("2026-05-02T00:00:00Z")},
			evidence.Certificate{Name: "/services/tls_leaf", Location: "credhub", ValidUntil: at("2027-05-02T00:00:00Z")}),
			rotation.ReasonOtherCertificates, rotation.StatusNote, "/services/tls_ca on 2026-04-01", "saml_service_provider_cert on 2026-05-01", "ssl_certificate on 2026-05-02", "administrators of the identity provider"),
		Entry("how long it takes", before(), rotation.ReasonDuration, rotation.StatusNote, "takes 1h30m", "installation"),
		Entry("how long it takes, of which nothing tells", before().after(), rotation.ReasonDuration, rotation.StatusUnknown, "unknown"),
	)

	It("say what could not be looked at before generate goes ahead", func() {
		f := before().and(func(e *evidence.Evidence) { e.Scopes, e.Checks = evidence.Scopes{}, evidence.PreDeployChecks{} })
		d := decide(rotation.Generate, settled(guidA), f)
		Expect(d.Verdict).To(Equal(rotation.Go))
		Expect(d.Notes).To(ConsistOf(ContainSubstring("scopes were not looked at"), ContainSubstring("it was not asked for")))
	})

	It("are left to generate by what comes next where they were not asked for, and refuse there", func() {
		f := before().v0().stemcellsUnlisted(tas).and(func(e *evidence.Evidence) { e.Director = evidence.DirectorProperties{} })
		Expect(rotation.PrerequisitesAsked(f.tells())).To(BeFalse())
		Expect(asks(f, settled(guidA)).Kind).To(Equal(rotation.MovePhase))
		q := rotation.Question{Phase: rotation.Generate, From: *settled(guidA), Observed: f.observe(settled(guidA)), Evidence: f.tells()}
		Expect(rotation.Preliminary(q).Verdict).To(Equal(rotation.Go))
		Expect(decide(rotation.Generate, settled(guidA), f).Reason).To(Equal(rotation.ReasonStemcellsUnknown))
		Expect(decide(rotation.Generate, settled(guidA), f, rotation.Options{Recreate: true}).Reason).To(Equal(rotation.ReasonAutomaticDNSUnknown))
		By("but what is known all the same refuses in both")
		old := f.onStemcells(mysql, "ubuntu-trusty 3586.100")
		Expect(asks(old, settled(guidA)).For).To(Equal(rotation.ReasonRecreateNeeded))
	})

	It("name what to set by the name that it has for who reads it, whatever they say", func() {
		f := before().onStemcells(tas, "ubuntu-trusty 3586.100").onStemcells(mysql, "ubuntu-bionic 1.97").v1(customers("/corp/ca")).and(func(e *evidence.Evidence) {
			e.At = at("2026-06-20T12:00:00Z")
			e.Checks.List = []evidence.PreDeployCheck{{GUID: tas.GUID, Complete: true, Ignorable: []string{"it is slow"}}}
		})
		var all []string
		for _, x := range rotation.Prerequisites(f.tells(), rotation.Options{RequireFullApply: true}) {
			all = append(all, x.Message, x.Advice(func(k setting.Key) string { return "<" + string(k) + ">" }))
		}
		for _, o := range []rotation.Options{{Recreate: true, Exclude: []string{"/corp/ca"}}} {
			for _, x := range rotation.Prerequisites(f.tells(), o) {
				all = append(all, x.Message, x.Advice(func(k setting.Key) string { return "<" + string(k) + ">" }))
			}
		}
		said := strings.Join(all, "\n")
		Expect(said).To(says("<recreate>", "<exclude_from_rotation>", "<require_full_apply>", "<ignore_warnings>", "<accept>"))
		Expect(said).NotTo(MatchRegexp(`--(recreate|exclude|ignore|require)|RECREATE|EXCLUDE_FROM|IGNORE_|[{}]|[^<]exclude_from_rotation|[^<]ignore_`))
	})

	It("require that service instances were upgraded lately, by logs that are worth reading, where that is asked", func() {
		required := rotation.Options{RequireFullApply: true}
		f := before().withErrands(mysql, evidence.Errand{Name: upgradeAll, PostDeploy: "true"})
		f = f.then(installation(20, "2026-03-19T09:00:00Z")).then(installation(21, "2026-03-19T12:00:00Z", ok(director), ok(tas)))
		d := decide(rotation.Generate, settled(guidA), f, required)
		Expect(d.Reason).To(Equal(rotation.ReasonFullApply))
		Expect(d.Message).To(says("nothing shows that service instances were upgraded lately", "MySQL", "its log was not read"))
		Expect(rotation.LogsForFullApply(f.tells())).To(Equal([]int{20, 4}))
		By("but not of what was never deployed lately, which no log makes good")
		Expect(rotation.LogsForFullApply(f.and(func(e *evidence.Evidence) { e.At = at("2026-06-20T12:00:00Z") }).tells())).To(BeEmpty())

		f.e.History.List[1].Log = evidence.Log{Asked: true, Commands: []evidence.Command{{Deployment: mysql.GUID, Errand: upgradeAll, Finished: true}}}
		Expect(decide(rotation.Generate, settled(guidA), f, required).Verdict).To(Equal(rotation.Go))
		Expect(found(f, required, rotation.ReasonFullApply)[0].Status).To(Equal(rotation.StatusPasses))
		Expect(rotation.LogsForFullApply(f.tells())).To(BeEmpty())
	})

	It("take the record of an apply changes of ours for a log that does not tell, and say so", func() {
		required := rotation.Options{RequireFullApply: true}
		f := before().withErrands(mysql, evidence.Errand{Name: upgradeAll, PostDeploy: "true"}).then(installation(20, "2026-03-19T09:00:00Z"))
		f = f.and(func(e *evidence.Evidence) {
			e.Applied = evidence.Applied{Installation: 20, Errands: map[string][]string{mysql.GUID: {upgradeAll}}}
		})
		d := decide(rotation.Generate, settled(guidA), f, required)
		Expect(d.Verdict).To(Equal(rotation.Go))
		Expect(d.Notes).To(ContainElement(says("record", "installation 20", "MySQL")))
		Expect(found(f, required, rotation.ReasonFullApply)[0].Message).To(says("record", "installation 20"))
	})

	It("leave it to generate whether an apply changes of all products is shown, where the logs were not asked for", func() {
		f := before().and(func(e *evidence.Evidence) {
			e.At, e.Director = at("2026-06-20T12:00:00Z"), evidence.DirectorProperties{}
		})
		q := rotation.Question{Phase: rotation.Generate, From: *settled(guidA), Observed: f.observe(settled(guidA)), Evidence: f.tells(), Options: rotation.Options{RequireFullApply: true}}
		Expect(rotation.Preliminary(q).Verdict).To(Equal(rotation.Go))
		q.Evidence.Director = before().tells().Director
		Expect(rotation.Preliminary(q).Reason).To(Equal(rotation.ReasonFullApply))
	})

	cut := before().withErrands(mysql, evidence.Errand{Name: upgradeAll, PostDeploy: "true"}).after(installation(20, "2026-03-19T09:00:00Z")).
		and(func(e *evidence.Evidence) { e.History.Complete = false })
	DescribeTable("want a history that reaches back as far as an apply changes counts, where it matters", func(f foundation, wanted bool) {
		enough := rotation.HistoryForFullApply(f.tells())
		Expect(enough != nil).To(Equal(wanted))
		if wanted {
			Expect(enough(installation(9, "2026-03-01T00:00:00Z"))).To(BeFalse())
			Expect(enough(installation(9, "2026-02-01T00:00:00Z"))).To(BeTrue())
		}
	},
		Entry("upgraded, all of them", before().and(func(e *evidence.Evidence) { e.History.Complete = false }), false),
		Entry("not known to be upgraded", cut, true),
		Entry("with all of the history", cut.and(func(e *evidence.Evidence) { e.History.Complete = true }), false),
		Entry("with a history that reaches back", cut.then(installation(19, "2025-03-19T09:00:00Z")), false),
		Entry("on no known day", cut.and(func(e *evidence.Evidence) { e.At = time.Time{} }), false),
	)

	It("need not be asked for the phases behind generate", func() {
		for _, phase := range changing[1:] {
			st := ready(phase)
			f := st.f.and(func(e *evidence.Evidence) {
				e.Director, e.Checks, e.Scopes = evidence.DirectorProperties{}, evidence.PreDeployChecks{}, evidence.Scopes{}
			})
			Expect(decide(phase, st.from, f).Verdict).To(Equal(rotation.Go), string(phase))
		}
	})

	It("ask for what is excluded where that matters", func() {
		Expect(rotation.CertificatesHinder(before().tells())).To(BeFalse())
		Expect(rotation.CertificatesHinder(before().v1(customers("/corp/ca")).tells())).To(BeTrue())
		Expect(rotation.CertificatesHinder(before().v1(authority("/cf/ca", "2026-03-01T00:00:00Z")).tells())).To(BeTrue())
	})
})

var _ = DescribeTable("a stemcell",
	func(system, version string, needed, unsure bool) {
		r := rotation.Recreating(before().onStemcells(tas, system+" "+version).tells())
		Expect(r.Needs(tas.GUID)).To(Equal(needed))
		Expect(r.MayNeed(tas.GUID)).To(Equal(needed || unsure))
		Expect(r.MayNeed(mysql.GUID)).To(BeFalse())
		Expect(r.MayNeed(director.GUID)).To(BeFalse())
	},
	Entry("Xenial at its minimum", "ubuntu-xenial", "621.171", false, false),
	Entry("Xenial above it", "ubuntu-xenial", "621.1003", false, false),
	Entry("Xenial of a newer line", "ubuntu-xenial", "622.0", false, false),
	Entry("Xenial below it", "ubuntu-xenial", "621.99", true, false),
	Entry("Xenial of an older line", "ubuntu-xenial", "456.300", true, false),
	Entry("Jammy at its minimum", "ubuntu-jammy", "1.8", false, false),
	Entry("Jammy that a float would put below it", "ubuntu-jammy", "1.10", false, false),
	Entry("Jammy below it", "ubuntu-jammy", "1.7", true, false),
	Entry("Jammy below it, with three numbers", "ubuntu-jammy", "1.7.99", true, false),
	Entry("Jammy without a minor number", "ubuntu-jammy", "1", true, false),
	Entry("Jammy for FIPS", "ubuntu-jammy-fips", "1.8", false, false),
	Entry("Jammy with the agent in its name", "ubuntu-jammy-fips-go_agent", "1.5", true, false),
	Entry("Jammy of a version that is none", "ubuntu-jammy", "latest", false, true),
	Entry("Noble", "ubuntu-noble", "1.1", false, false),
	Entry("Bionic, which another page alone names", "ubuntu-bionic", "1.36", false, true),
	Entry("Bionic below that", "ubuntu-bionic", "1.35", true, false),
	Entry("Trusty", "ubuntu-trusty", "3586.100", true, false),
	Entry("Windows 2019 at its minimum", "windows2019", "2019.41", false, false),
	Entry("Windows 2019 above it", "windows2019", "2019.100", false, false),
	Entry("Windows 2019 below it", "windows2019", "2019.9", true, false),
	Entry("Windows 2012", "windows2012R2", "1200.34", true, false),
	Entry("Windows 2016", "windows2016", "1709.10", true, false),
	Entry("Windows 1803", "windows1803", "1803.14", true, false),
	Entry("a newer Windows", "windows2022", "2022.5", false, true),
	Entry("another line", "centos-7", "3586.1", false, true),
	Entry("in capitals", "Ubuntu-Jammy", "1.7", true, false),
	Entry("a negative version", "ubuntu-jammy", "1.-8", false, true),
)

var _ = Describe("which VMs have to be recreated", func() {
	needs := func(f foundation) (needed, unsure []string) {
		r := rotation.Recreating(f.tells())
		for _, p := range r.Needed {
			needed = append(needed, p.Product.Type)
		}
		for _, p := range r.Unknown {
			unsure = append(unsure, p.Product.Type)
		}
		return needed, unsure
	}

	DescribeTable("depends on the version of Ops Manager", func(version string, all, unsure bool) {
		needed, unknown := needs(onVersion(version))
		Expect(needed).To(HaveLen(map[bool]int{true: 2}[all]))
		Expect(unknown).To(HaveLen(map[bool]int{true: 2}[unsure]))
	},
		Entry(nil, "2.10.19-build.1", true, false), Entry(nil, "2.10.20-build.1", false, false), Entry(nil, "2.10.100", false, false), Entry(nil, "2.9.30", true, false),
		Entry(nil, "2.10-build.79", true, false), Entry(nil, "3.0.25+LTS-T", false, false), Entry(nil, "3.10.1", false, false), Entry(nil, "10.0.0", false, false),
		Entry(nil, "", false, true), Entry(nil, "three", false, true))

	It("is all of a product's stemcells", func() {
		needed, _ := needs(before().onStemcells(tas, "ubuntu-jammy 1.390", "windows2019 2019.9"))
		Expect(needed).To(Equal([]string{"cf"}))
	})

	It("counts a stemcell only where the last deployment succeeded: else it is the one that the product was to get", func() {
		broken := before().then(installation(20, "2026-03-19T09:00:00Z", ok(director), failed(tas)))
		needed, unsure := needs(broken)
		Expect(needed).To(BeEmpty())
		Expect(unsure).To(Equal([]string{"cf"}))
		Expect(rotation.Recreating(broken.tells()).Unknown[0].Why).To(ContainSubstring("installation 20"))
		_, unsure = needs(broken.then(installation(21, "2026-03-19T10:00:00Z")))
		Expect(unsure).To(BeEmpty())
		_, unsure = needs(before().then(withStatus(installation(20, "2026-03-19T09:00:00Z"), evidence.InstallationFailed)))
		Expect(unsure).To(BeEmpty(), "an errand failed, and both were deployed")
		_, unsure = needs(before().then(withStatus(installation(20, "2026-03-19T09:00:00Z", failed(tas)), evidence.InstallationFailed)).then(installation(21, "2026-03-19T10:00:00Z", ok(tas), waiting(mysql))))
		Expect(unsure).To(BeEmpty(), "what was left waiting by one that succeeded is as it was")
		_, unsure = needs(before().then(withStatus(installation(20, "2026-03-19T09:00:00Z", failed(tas), skipped(mysql)), evidence.InstallationFailed)).then(installation(21, "2026-03-19T10:00:00Z", ok(tas))))
		Expect(unsure).To(Equal([]string{"pivotal-mysql"}), "the one that was skipped by one that failed shows what it was to get")
	})

	shows := func(deployed string, wanted, succeeded []string, more ...func(*evidence.PendingChange)) foundation {
		f := before().onStemcells(tas, "ubuntu-jammy 1.900", deployed)
		list := func(all []string) (found []evidence.Stemcell) {
			for _, text := range all {
				system, version, _ := strings.Cut(text, " ")
				found = append(found, evidence.Stemcell{OS: system, Version: version})
			}
			return found
		}
		return f.change(tas, func(c *evidence.PendingChange) {
			c.Wanted, c.Succeeded = list(wanted), list(succeeded)
			for _, change := range more {
				change(c)
			}
		})
	}
	oldLine, newLine := []string{"ubuntu-jammy 1.900", "windows2019 2019.9"}, []string{"ubuntu-jammy 1.900", "windows2019 2019.60"}

	DescribeTable("goes by the oldest of what is staged, shown as deployed, and was deployed last, in every line", func(f foundation, words ...string) {
		r := rotation.Recreating(f.tells())
		Expect(r.Needed).To(HaveLen(1))
		Expect(r.Needed[0].Product.GUID).To(Equal(tas.GUID))
		Expect(r.Needed[0].Why).To(says(append(words, "windows2019 2019.9, below 2019.41")...))
		Expect(decide(rotation.Generate, settled(guidA), f).Reason).To(Equal(rotation.ReasonRecreateNeeded))
	},
		Entry("set back behind a failed apply changes", shows("windows2019 2019.60", oldLine, oldLine), "staged and of the last deployment that succeeded"),
		Entry("set back, and nothing tells what succeeded", shows("windows2019 2019.60", oldLine, nil), ", staged;"),
		Entry("a failed apply changes that was to bring a newer one", shows("windows2019 2019.60", newLine, oldLine), ", of the last deployment that succeeded;"),
		Entry("a newer one is staged alone", shows("windows2019 2019.9", newLine, oldLine)),
	)

	It("is unknown where a change is staged and nothing tells which stemcell it brings", func() {
		f := before().onStemcells(tas, "windows2019 2019.60").change(tas, func(c *evidence.PendingChange) { c.Action, c.WantedListed = "update", false })
		_, unsure := needs(f)
		Expect(unsure).To(Equal([]string{"cf"}))
		_, told := needs(f.change(tas, func(c *evidence.PendingChange) { c.WantedListed = true }))
		Expect(told).To(BeEmpty())
		f.e.Reported.Products = append(f.e.Reported.Products, evidence.ProductStemcells{Identifier: tas.Type, Listed: true, Wanted: true})
		_, told = needs(f.change(tas, func(c *evidence.PendingChange) { c.WantedListed = false }))
		Expect(told).To(BeEmpty(), "the report tells")
	})

	It("is not where all of them are new", func() {
		needed, unsure := needs(shows("windows2019 2019.60", newLine, newLine))
		Expect(needed).To(BeEmpty())
		Expect(unsure).To(BeEmpty())
	})

	It("is unknown where Ops Manager names no deployment that succeeded, and no record does", func() {
		f := shows("windows2019 2019.60", newLine, nil, func(c *evidence.PendingChange) { c.Unsucceeded = true })
		_, unsure := needs(f)
		Expect(unsure).To(BeEmpty(), "a record does")
		pruned := f.after(installation(40, "2026-03-19T09:00:00Z", ok(director), ok(mysql)))
		_, unsure = needs(pruned)
		Expect(unsure).To(Equal([]string{"cf"}))
		_, unsure = needs(pruned.then(installation(41, "2026-03-19T10:00:00Z")))
		Expect(unsure).To(BeEmpty())
	})

	It("is unknown where the pending changes were not asked for", func() {
		f := before()
		f.e.Pending = evidence.Pending{}
		_, unsure := needs(f)
		Expect(unsure).To(Equal([]string{"cf", "pivotal-mysql"}))
	})
})

var _ = Describe("the forecast of an apply changes", func() {
	hours := func(id, h int, parts ...evidence.Change) evidence.Installation {
		i := installation(id, "2026-03-01T00:00:00Z", parts...)
		i.FinishedAt = i.StartedAt.Add(time.Duration(h) * time.Hour)
		return i
	}
	part := func(c evidence.Change, h int) evidence.Change {
		c.StartedAt = at("2026-03-01T00:00:00Z")
		c.FinishedAt = c.StartedAt.Add(time.Duration(h) * time.Hour)
		return c
	}

	It("is the range of the newest installations of all products", func() {
		f := before().after(hours(1, 20), hours(2, 3), hours(3, 5), hours(4, 1, ok(director)), hours(5, 2), hours(6, 4), hours(7, 9, ok(director), failed(tas), ok(mysql)), hours(8, 4))
		forecast := rotation.ForecastApply(f.tells(), false)
		Expect(forecast.String()).To(Equal("2h to 5h"))
		Expect(forecast.Basis).To(Equal("as installations 8, 6, 5, 3, 2 of all products took"))
		Expect(rotation.ForecastApply(f.tells(), true).String()).To(Equal("2h to 15h"))
	})

	It("is the sum of what each product took where no installation had all", func() {
		f := before().after(hours(1, 1, part(ok(director), 1), part(ok(tas), 2)), hours(2, 1, part(ok(director), 2), part(ok(mysql), 1)))
		Expect(rotation.ForecastApply(f.tells(), false).String()).To(Equal("4h to 5h"))
		Expect(rotation.ForecastApply(f.tells(), false).Basis).To(ContainSubstring("one after the other"))
	})

	It("is none where a product's time is unknown", func() {
		Expect(rotation.ForecastApply(before().after(hours(1, 1, part(ok(director), 1))).tells(), false).Known()).To(BeFalse())
	})
})

var _ = DescribeTable("what is known of a version of Ops Manager", func(version string, words ...string) {
	x := found(onVersion(version), rotation.Options{}, rotation.ReasonOpsManagerVersion)
	Expect(x).To(HaveLen(1))
	if len(words) == 0 {
		Expect(x[0].Status).To(Equal(rotation.StatusPasses), x[0].Message)
		return
	}
	Expect(x[0].Status).To(Equal(rotation.StatusNote))
	Expect(x[0].Message).To(says(words...))
},
	Entry(nil, "2.10.1-build.1", "leave out leaf certificates", "fixed in 2.10.2", "fixed in 2.10.49"),
	Entry(nil, "2.10.41", "certificates may answer 500", "fixed in 2.10.43"),
	Entry(nil, "2.10.60"), Entry(nil, "3.0.10", "fixed in 3.0.14"), Entry(nil, "3.0.25"), Entry(nil, "3.1.2-build.5"), Entry(nil, "3.3.0"),
	Entry(nil, "four", "cannot be read"))

var _ = Describe("the way back", func() {
	answer := func(state rotation.State, change ...func(*foundation)) (rotation.Finding, bool) {
		st := stages[state]()
		for _, c := range change {
			c(&st.f)
		}
		return rotation.WayBack(st.f.tells(), st.f.observe(st.from))
	}
	tkgi := func(f *foundation) {
		f.e.Products.List = append(slices.Clone(f.e.Products.List), evidence.Product{GUID: "pks-1", Type: rotation.TKGI})
	}

	It("is none where CredHub Maestro checks", func() {
		for _, state := range []rotation.State{rotation.Settled, rotation.Generated, rotation.Trusted} {
			f, is := answer(state)
			Expect(is).To(BeTrue())
			Expect(f.Message).To(says("there is none", "transitional certificate authority is the latest version"))
		}
	})

	It("is the delete of the candidate where it does not, with the commands", func() {
		f, _ := answer(rotation.Generated, tkgi)
		Expect(f.Message).To(ContainSubstring("TKGI is installed"))
		Expect(f.Next).To(Equal("om delete-certificate-authority --id " + guidB + " && om apply-changes"))
		f, _ = answer(rotation.Settled, tkgi)
		Expect(f.Next).To(ContainSubstring("GUID-OF-THE-CANDIDATE"))
	})

	It("is unknown where the version is", func() {
		f, _ := answer(rotation.Generated, func(f *foundation) { *f = f.opsManager("") })
		Expect(f.Status).To(Equal(rotation.StatusUnknown))
	})

	It("is no question once the candidate is active", func() {
		for _, state := range []rotation.State{rotation.Activated, rotation.Regenerated, rotation.Replaced, rotation.Retired} {
			_, is := answer(state)
			Expect(is).To(BeFalse(), string(state))
		}
	})
})
