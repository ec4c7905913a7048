package sim_test

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("answers that are hard to read", func() {
	const v0, v1 = "/api/v0/deployed/certificates", "/api/v1/deployed/certificates"

	DescribeTable("v1 not found, although the version has it", func(body, want string) {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Path: v1, Effect: faults.Answer, Status: http.StatusNotFound, Body: body})
		a := om.get(v1)
		Expect(a.status).To(Equal(http.StatusNotFound))
		Expect(a.text).To(ContainSubstring(want))
	},
		Entry("a proxy's page", "", "<center>nginx</center>"),
		Entry("a proxy's JSON", `{"message":"no Route matched with those values"}`, "no Route"),
	)

	It("the application's own page of an error", func() {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Path: v1, Effect: faults.ApplicationError})
		a := om.get(v1)
		Expect(a.status).To(Equal(http.StatusInternalServerError))
		Expect(a.header.Get("Content-Type")).To(HavePrefix("text/html"))
		Expect(a.text).To(And(ContainSubstring("something went wrong"), Not(ContainSubstring("nginx"))))
		Expect(om.get(v1).status).To(Equal(http.StatusOK))
	})

	It("certificates that sign each other without end", func() {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Path: v1, Effect: faults.DeepNesting, Depth: 5})
		a := om.get(v1)
		Expect(strings.Count(a.text, `"signs"`)).To(Equal(5))
		Expect(a.body["certificates"]).To(HaveLen(1))
	})

	It("no Date", func() {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Path: cas, Effect: faults.NoDate})
		Expect(om.get(cas).header).NotTo(HaveKey("Date"))
		Expect(om.get(cas).header).To(HaveKey("Date"))
	})

	DescribeTable("no end of certificates and CAs", func(body string, is OmegaMatcher) {
		om := loggedIn(sim.Options{})
		fault(om, faults.Fault{Effect: faults.BlankExpiry, Path: "/api/**", Body: body, Times: faults.Forever})
		for _, path := range []string{v0, v1} {
			rows := items(om.get(path).body["certificates"])
			Expect(rows).NotTo(BeEmpty())
			Expect(rows).To(HaveEach(is))
		}
		Expect(items(object(items(om.get(v1).body["certificates"])[0])["signs"])).To(HaveEach(is))
		_, has := om.authorities()[0]["expires_on"]
		Expect(has).To(Equal(body != ""))
	},
		Entry("null", "null", HaveKeyWithValue("valid_until", BeNil())),
		Entry("empty", "empty", HaveKeyWithValue("valid_until", "")),
		Entry("missing", "", Not(HaveKey("valid_until"))),
	)

	It("no end of some of them", func() {
		om := loggedIn(sim.Options{})
		guid := text(om.authorities()[0]["guid"])
		fault(om, faults.Fault{Effect: faults.BlankExpiry, Names: []string{guid, "/services/tls_ca"}, Times: faults.Forever})
		Expect(om.authorities()[0]).NotTo(HaveKey("expires_on"))
		without := 0
		for _, row := range items(om.get(v0).body["certificates"]) {
			if _, has := object(row)["valid_until"]; !has {
				without++
				Expect(object(row)["variable_path"]).To(Equal("/services/tls_ca"))
			}
		}
		Expect(without).To(Equal(1))
	})
})
