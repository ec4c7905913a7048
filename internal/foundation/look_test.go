package foundation_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var (
	authoritiesAlone = []string{"authorities"}
	proof            = []string{"authorities", "products", "installations"}
	provenProof      = []string{"authorities", "products", "installations", "certificates"}
)

// rotating is a foundation with a candidate, and what was installed since.
func rotating(since ...evidence.Installation) *opsManager {
	o := settledOn(old(true))
	o.cas = append(o.cas, fresh(false))
	o.history = append(since, o.history...)
	o.certificates.List = append(o.certificates.List, evidence.Certificate{Name: ".properties.root_ca." + guidNew, IsCA: true})
	return o
}

// replaced is a foundation with new leaf certificates everywhere.
func replaced() *opsManager {
	o := rotating(installed(9, later))
	o.cas = []evidence.CA{fresh(true), old(false)}
	return o
}

var regenerated = rotation.Version{State: rotation.Regenerated, Active: guidNew, Retiring: guidOld, Installation: "8"}

var _ = Describe("State", func() {
	DescribeTable("asks no more than it takes",
		func(o *opsManager, cursor *rotation.Version, state rotation.State, asked []string) {
			view, err := foundation.State(context.Background(), o, cursor)
			Expect(err).NotTo(HaveOccurred())
			Expect(view.Observed.State).To(Equal(state))
			Expect(view.Evidence.At).To(Equal(now), "by Ops Manager's clock")
			Expect(o.asked).To(Equal(asked))
		},
		Entry("settled, nothing known", settledOn(old(true)), nil, rotation.Settled, authoritiesAlone),
		Entry("settled, as known", settledOn(old(true)), version(rotation.Version{State: rotation.Settled, Active: guidOld}), rotation.Settled, authoritiesAlone),
		Entry("blocked", &opsManager{}, nil, rotation.Blocked, authoritiesAlone),
		Entry("blocked by a third CA", func() *opsManager {
			o := rotating()
			third := fresh(false)
			third.GUID = "cccc"
			o.cas = append(o.cas, third)
			return o
		}(), version(rotation.Version{State: rotation.Settled, Active: guidOld}), rotation.Blocked, authoritiesAlone),
		Entry("a candidate", rotating(), nil, rotation.Generated, proof),
		Entry("a candidate that everything trusts", rotating(installed(9, later)), nil, rotation.Trusted, provenProof),
		Entry("leaf certificates on their way", func() *opsManager {
			o := replaced()
			o.history = o.history[1:]
			return o
		}(), &regenerated, rotation.Regenerated, proof),
		Entry("new leaf certificates everywhere", replaced(), &regenerated, rotation.Replaced, provenProof),
		Entry("a CA that is gone, its trust is not", settledOn(fresh(true)),
			version(rotation.Version{State: rotation.Retired, Active: guidNew, Removed: guidOld, Installation: "8"}), rotation.Retired, proof),
	)

	It("does not ask which late certificates are excluded where that changes nothing", func() {
		o := replaced()
		o.certificates.List = append(o.certificates.List, evidence.Certificate{Name: "/cf/late", ValidFrom: madeNew.Add(-time.Hour), Deployments: []string{"cf-1"}, OutdatedDeployments: []string{"cf-1"}})
		activated := rotation.Version{State: rotation.Activated, Active: guidNew, Retiring: guidOld, Installation: "8", Trusted: "8"}
		view, err := foundation.State(context.Background(), o, &activated)
		Expect(err).NotTo(HaveOccurred())
		Expect(view.Observed.State).To(Equal(rotation.Activated))
		Expect(o.asked).To(Equal(provenProof))
	})

	It("asks which certificates are excluded only where one is late", func() {
		o := replaced()
		o.certificates.List = append(o.certificates.List, evidence.Certificate{Name: "/cf/late", Deployments: []string{"cf-1"}, OutdatedDeployments: []string{"cf-1"}})
		view, err := foundation.State(context.Background(), o, &regenerated)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(Equal(append(provenProof, "excluded certificates")))
		Expect(view.Observed.State).To(Equal(rotation.Regenerated))

		o.excluded, o.asked = []string{"/cf/late"}, nil
		view, err = foundation.State(context.Background(), o, &regenerated)
		Expect(err).NotTo(HaveOccurred())
		Expect(view.Observed.State).To(Equal(rotation.Replaced), "what is excluded from rotation does not hinder it")
	})

	It("reads the history no further than it can prove anything", func() {
		o := rotating(installed(9, later))
		_, err := foundation.State(context.Background(), o, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.read).To(Equal(2), "the first from before the candidate is the last that matters")
	})

	DescribeTable("says what could not be asked",
		func(question string) {
			o := replaced()
			o.broken = question
			view, err := foundation.State(context.Background(), o, &regenerated)
			Expect(err).To(MatchError("cannot ask Ops Manager for its " + spelled(question) + ": it hung up"))
			Expect(err).To(MatchError(errBroken))
			Expect(view).To(BeZero())
		},
		Entry(nil, "authorities"), Entry(nil, "products"), Entry(nil, "installations"), Entry(nil, "certificates"),
	)
})

var _ = Describe("Whole", func() {
	It("asks everything once, the CAs first", func() {
		o := settledOn(old(true))
		view, err := foundation.Whole(context.Background(), o, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(Equal([]string{"authorities", "info", "products", "installations", "pending changes", "certificates"}))
		Expect(view.Observed.State).To(Equal(rotation.Settled))
		e := view.Evidence
		Expect(e.OpsManager).To(Equal("3.1.2-build.5"))
		Expect(e.At).To(Equal(now))
		Expect(e.CAs).To(HaveLen(1))
		Expect(e.Products.List).To(HaveLen(2))
		Expect(e.History.List).NotTo(BeEmpty())
		Expect(e.Pending.List).To(HaveLen(1))
		Expect(e.Certificates.List).To(HaveLen(1))
	})

	It("asks for the excluded certificates where one is late, and marks them", func() {
		o := replaced()
		o.certificates.List = append(o.certificates.List, evidence.Certificate{Name: "/cf/late", Deployments: []string{"cf-1"}, OutdatedDeployments: []string{"cf-1"}})
		o.excluded = []string{"/cf/late"}
		view, err := foundation.Whole(context.Background(), o, &regenerated)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(HaveLen(7))
		Expect(view.Evidence.Certificates.List).To(ConsistOf(
			And(HaveField("Name", "/cf/router"), HaveField("Excluded", false)), And(HaveField("Name", "/cf/late"), HaveField("Excluded", true)),
			HaveField("Name", ".properties.root_ca."+guidNew)))
	})

	DescribeTable("says what could not be asked",
		func(question string) {
			o := replaced()
			o.certificates.List = append(o.certificates.List, evidence.Certificate{Name: "/cf/late", Deployments: []string{"cf-1"}, OutdatedDeployments: []string{"cf-1"}})
			o.broken = question
			view, err := foundation.Whole(context.Background(), o, &regenerated)
			Expect(err).To(MatchError(MatchRegexp("^cannot ask Ops Manager (for its|which) .*" + spelled(question) + ".*: it hung up$")))
			Expect(view).To(BeZero())
			Expect(o.asked).To(ContainElement(question))
			Expect(o.asked[len(o.asked)-1]).To(Equal(question), "nothing is asked after a failure")
		},
		Entry(nil, "authorities"), Entry(nil, "info"), Entry(nil, "products"), Entry(nil, "installations"),
		Entry(nil, "pending changes"), Entry(nil, "certificates"), Entry(nil, "excluded certificates"),
	)
})

var _ = Describe("Marked", func() {
	It("asks for the excluded certificates although none is late, and marks them", func() {
		o := settledOn(old(true))
		o.excluded = []string{"/x", "/cf/router", "/a"}
		view, err := foundation.Marked(context.Background(), o, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(Equal([]string{"authorities", "info", "products", "installations", "pending changes", "certificates", "excluded certificates"}))
		Expect(view.Observed.State).To(Equal(rotation.Settled))
		Expect(view.Evidence.Certificates.List).To(HaveExactElements(And(HaveField("Name", "/cf/router"), HaveField("Excluded", true))))
	})

	It("sees the same state as Whole", func() {
		late := evidence.Certificate{Name: "/cf/late", Deployments: []string{"cf-1"}, OutdatedDeployments: []string{"cf-1"}}
		for _, list := range [][]evidence.Certificate{nil, {late}} {
			for _, excluded := range [][]string{nil, {"/cf/late"}, {"/cf/router"}} {
				look := func(by func(context.Context, foundation.Reader, *rotation.Version) (foundation.View, error)) rotation.Observation {
					GinkgoHelper()
					o := replaced()
					o.certificates.List = append(o.certificates.List, list...)
					o.excluded = excluded
					view, err := by(context.Background(), o, &regenerated)
					Expect(err).NotTo(HaveOccurred())
					return view.Observed
				}
				Expect(look(foundation.Marked)).To(Equal(look(foundation.Whole)))
			}
		}
	})
})

var _ = Describe("Without", func() {
	names := func(certificates evidence.Certificates) (excluded []string) {
		for _, c := range certificates.List {
			if c.Excluded {
				excluded = append(excluded, c.Name)
			}
		}
		return excluded
	}
	late := func(names ...string) *opsManager {
		o := replaced()
		for _, name := range names {
			o.certificates.List = append(o.certificates.List, evidence.Certificate{Name: name, Deployments: []string{"cf-1"}, OutdatedDeployments: []string{"cf-1"}})
		}
		return o
	}

	DescribeTable("marks the certificates of these names",
		func(patterns []string, excluded ...string) {
			found, err := foundation.Without(late("/p-bosh/ipsec.one", "/p-bosh/ipsecXone", "/cf/ipsec.one"), patterns).Certificates(context.Background())
			Expect(err).NotTo(HaveOccurred())
			Expect(names(found)).To(HaveExactElements(excluded))
		},
		Entry("none", nil),
		Entry("a whole name", []string{"/cf/ipsec.one"}, "/cf/ipsec.one"),
		Entry("part of a name is no name", []string{"ipsec.one", "/cf/ipsec"}),
		Entry("a pattern", []string{"*ipsec.one"}, "/p-bosh/ipsec.one", "/cf/ipsec.one"),
		Entry("two patterns", []string{"/p-bosh/*", "/cf/ipsec.one"}, "/p-bosh/ipsec.one", "/p-bosh/ipsecXone", "/cf/ipsec.one"),
	)

	It("lets a rotation pass by a certificate that is never replaced, and by no other", func() {
		view, err := foundation.State(context.Background(), foundation.Without(late("/cf/own"), []string{"/cf/own"}), &regenerated)
		Expect(err).NotTo(HaveOccurred())
		Expect(view.Observed.State).To(Equal(rotation.Replaced))

		view, err = foundation.State(context.Background(), foundation.Without(late("/cf/own", "/cf/late"), []string{"/cf/own"}), &regenerated)
		Expect(err).NotTo(HaveOccurred())
		Expect(view.Observed.State).To(Equal(rotation.Regenerated))
		Expect(names(view.Evidence.Certificates)).To(Equal([]string{"/cf/own"}), "Ops Manager's own list takes no mark away")
	})

	It("passes a failure on", func() {
		o := late("/cf/own")
		o.broken = "certificates"
		_, err := foundation.Without(o, []string{"*own"}).Certificates(context.Background())
		Expect(err).To(MatchError(errBroken))
	})
})

// spelled is how a message names what was asked.
func spelled(question string) string {
	switch question {
	case "authorities":
		return "certificate authorities"
	case "info":
		return "version"
	case "products":
		return "deployed products"
	case "excluded certificates":
		return "certificates it excludes"
	}
	return question
}

var _ = DescribeTable("CheckNames",
	func(name string, matcher types.GomegaMatcher) {
		Expect(foundation.CheckNames([]string{"/cf/router", name})).To(matcher)
	},
	Entry("takes a name", "/p-bosh/cf-1/ipsec", Succeed()),
	Entry("takes a star in a name", "/p-bosh/*/ipsec*", Succeed()),
	Entry("refuses what stands for everything", "*", MatchError(ContainSubstring(`has "*", which stands for every certificate`))),
	Entry("refuses it in disguise", "/**/*", MatchError(ContainSubstring("expected names, for example /p-bosh/*/ipsec*"))),
	Entry("refuses nothing at all", "", HaveOccurred()),
)

var _ = Describe("Listing", func() {
	It("asks for what a list of all certificates needs, and marks what is excluded", func() {
		o := settledOn(old(true))
		o.excluded = []string{"/x", "/cf/router", "/a"}
		e, err := foundation.Listing(context.Background(), o)
		Expect(err).NotTo(HaveOccurred())
		Expect(o.asked).To(Equal([]string{"info", "authorities", "products", "certificates", "excluded certificates"}))
		Expect(e.At).To(Equal(now))
		Expect(e.OpsManager).To(Equal("3.1.2-build.5"))
		Expect(e.CAs).To(HaveLen(1))
		Expect(e.Products.List).To(HaveLen(2))
		Expect(e.Certificates.List).To(HaveExactElements(And(HaveField("Name", "/cf/router"), HaveField("Excluded", true))))
	})

	DescribeTable("says what could not be asked",
		func(question string) {
			o := settledOn(old(true))
			o.broken = question
			_, err := foundation.Listing(context.Background(), o)
			Expect(err).To(MatchError(MatchRegexp("^cannot ask Ops Manager (for its|which) .*" + spelled(question) + ".*: it hung up$")))
			Expect(o.asked[len(o.asked)-1]).To(Equal(question), "nothing is asked after a failure")
		},
		Entry(nil, "info"), Entry(nil, "authorities"), Entry(nil, "products"), Entry(nil, "certificates"), Entry(nil, "excluded certificates"),
	)
})

var _ = Describe("what is excluded from rotation", func() {
	DescribeTable("is known by its product and name",
		func(c, excluded evidence.Certificate, marked bool) {
			o := settledOn(old(true))
			o.excludedRows = []evidence.Certificate{excluded}
			list := []evidence.Certificate{{Name: "/other"}, c}
			Expect(foundation.MarkExcluded(context.Background(), o, list)).To(Succeed())
			Expect(list[1].Excluded).To(Equal(marked))
			Expect(list[0].Excluded).To(BeFalse())
		},
		Entry("the product's", evidence.Certificate{ProductGUID: "mysql-1", Name: ".properties.server_cert"}, evidence.Certificate{ProductGUID: "mysql-1", Name: ".properties.server_cert"}, true),
		Entry("not another product's of the same name", evidence.Certificate{ProductGUID: "cf-1", Name: ".properties.server_cert"}, evidence.Certificate{ProductGUID: "mysql-1", Name: ".properties.server_cert"}, false),
		Entry("not where the list does not say whose it is", evidence.Certificate{ProductGUID: "cf-1", Name: ".properties.server_cert"}, evidence.Certificate{Name: ".properties.server_cert"}, false),
		Entry("by its path in CredHub, of which v0 names no product", evidence.Certificate{ProductGUID: "cf-1", Name: "/p-bosh/cf-1/router"}, evidence.Certificate{Name: "/p-bosh/cf-1/router"}, true),
		Entry("by its path in CredHub, of which v1 names no product", evidence.Certificate{Name: "/p-bosh/cf-1/router"}, evidence.Certificate{ProductGUID: "cf-1", Name: "/p-bosh/cf-1/router"}, true),
		Entry("not by another path", evidence.Certificate{Name: "/p-bosh/cf-1/router"}, evidence.Certificate{Name: "/p-bosh/cf-1/router_ca"}, false),
	)
})
