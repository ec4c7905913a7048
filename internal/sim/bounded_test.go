package sim_test

import (
	"net/http"
	"net/url"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("a simulator that runs for long", func() {
	numbers := func(l sim.Ledger) []int {
		all := []int{}
		for _, r := range l.Requests {
			all = append(all, r.Number)
		}
		return all
	}

	DescribeTable("lists as many requests as it is told to, and counts all", func(keep int, listed ...int) {
		om := loggedIn(sim.Options{KeepRequests: keep})
		for range 4 {
			om.get(cas)
		}
		Expect(append([]int{}, numbers(om.Ledger())...)).To(Equal(append([]int{}, listed...)))
		Expect(om.Ledger().Arrived).To(Equal(5))
		Expect(om.Requests()).To(Equal(5))
		for _, r := range om.Ledger().Requests {
			Expect(r.Done).To(BeTrue())
		}
	},
		Entry("all", 0, 1, 2, 3, 4, 5), Entry("the newest", 2, 4, 5), Entry("more than there are", 9, 1, 2, 3, 4, 5), Entry("none", -1),
	)

	It("forgets tokens, once they have been expired for as long as they were good", func() {
		om := loggedIn(sim.Options{TokenTTL: time.Minute})
		_, body := om.tokenFor(passwordGrant("admin", "admin"))
		om.login()
		old := om.token
		Expect(om.TokensKept()).To(Equal(3))

		om.Advance(90 * time.Second)
		om.login()
		Expect(om.TokensKept()).To(Equal(4))
		om.token, old = old, om.token
		Expect(om.get(cas).text).To(ContainSubstring("TokenExpired"))

		om.Advance(30 * time.Second)
		om.login()
		Expect(om.TokensKept()).To(Equal(2), "those of the last two logins")
		om.token = old
		Expect(om.get(cas).status).To(Equal(http.StatusOK))

		refresh := url.Values{"grant_type": {"refresh_token"}, "client_id": {"opsman"}, "refresh_token": {text(body["refresh_token"])}}
		status, _ := om.tokenFor(refresh)
		Expect(status).To(Equal(http.StatusOK), "a refresh token outlives them")
		Expect(om.Operator(sim.Action{Do: "revoke-tokens"})).To(Succeed())
		status, _ = om.tokenFor(refresh)
		Expect(status).To(Equal(http.StatusUnauthorized))
	})

	DescribeTable("takes no refresh token that it has not made", func(forge func(refresh, access string) string) {
		om := start(sim.Options{})
		_, body := om.tokenFor(passwordGrant("admin", "admin"))
		status, _ := om.tokenFor(url.Values{
			"grant_type": {"refresh_token"}, "client_id": {"opsman"},
			"refresh_token": {forge(text(body["refresh_token"]), text(body["access_token"]))},
		})
		Expect(status).To(Equal(http.StatusUnauthorized))
	},
		Entry("another's", func(string, string) string { return "00.YWRtaW4.AAAA-r" }),
		Entry("none", func(string, string) string { return "-r" }),
		Entry("one that is changed", func(refresh, _ string) string { return "0" + refresh }),
		Entry("an access token", func(_, access string) string { return access }),
		Entry("an access token that looks like one", func(_, access string) string { return access + "-r" }),
	)

	It("shakes hands with leaves that are signed late as with any", func() {
		om := loggedIn(sim.Options{LateLeaves: true})
		former := om.Dump().Active()
		for _, step := range []string{"apply", "generate", "apply", "activate", "regenerate", "apply", "delete", "apply"} {
			Expect(om.Operator(sim.Action{Do: step, Wait: true})).To(Succeed())
		}
		state := om.Dump()
		Expect(state.Active()).NotTo(Equal(former))
		trusting, signed := state.Reach(state.Active())
		Expect([]int{trusting, signed}).To(HaveEach(len(state.VMs)))
		Expect(om.Ledger().Good).To(BeNumerically(">", 0))
		Expect(om.Broken()).To(BeEmpty())
	})
})
