package resource_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("check", func() {
	It("answers the present state when nothing is known", func() {
		f := serve(sim.Options{})
		Expect(f.check(nil)).To(Equal([]version{{"state": "settled", "active": f.Dump().CAs[0].GUID}}))
		Expect(f.Ledger().Requests).To(HaveLen(2), "the token, and the CAs")
	})

	It("answers one version, and the same text, while nothing changes", func() {
		f := serve(sim.Options{})
		known := f.check(nil)[0]
		first := f.run(resource.Check(), map[string]any{"version": known})
		second := f.run(resource.Check(), map[string]any{"version": known})
		Expect(first.stdout).To(Equal(second.stdout))
		Expect(strings.Count(first.stdout, "state")).To(Equal(1))
		Expect(first.stdout).To(HaveSuffix("]\n"))
	})

	It("echoes its cursor, and appends what is new", func() {
		f := serve(sim.Options{})
		known := f.check(nil)[0]
		Expect(f.Operator(sim.Action{Do: "generate"})).To(Succeed())
		versions := f.check(known)
		Expect(versions).To(HaveLen(2))
		Expect(versions[0]).To(Equal(known))
		Expect(versions[1]).To(And(HaveKeyWithValue("state", "generated"), HaveKeyWithValue("active", known["active"]), HaveKeyWithValue("candidate", f.Dump().CAs[1].GUID)))
	})

	It("says for people where the rotation stands, what is missing, and what comes next", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "generate"})).To(Succeed())
		r := f.run(resource.Check(), map[string]any{})
		Expect(r.code).To(Equal(0))
		Expect(r.stderr).To(And(HavePrefix("opsman-ca check "), ContainSubstring("generated active CA "+f.Dump().CAs[0].GUID), ContainSubstring("not proven: TAS"), ContainSubstring("next: ")))
	})

	It("answers a blocked state with its reason, and is no failure", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "generate"})).To(Succeed())
		Expect(f.Operator(sim.Action{Do: "generate"})).To(Succeed())
		r := f.run(resource.Check(), map[string]any{})
		Expect(r.code).To(Equal(0))
		Expect(r.stdout).To(ContainSubstring(`"reason":"too-many-cas"`))
		Expect(r.stderr).To(And(ContainSubstring("blocked (too-many-cas): Ops Manager lists 3 certificate authorities"), HaveSuffix("#too-many-cas\n")))
	})

	It("fails in one sentence when the password is wrong, and asks once", func() {
		f := serve(sim.Options{Password: "another"})
		r := f.run(resource.Check(), map[string]any{})
		Expect(r.code).To(Equal(1))
		Expect(r.stdout).To(BeEmpty())
		Expect(r.stderr).To(MatchRegexp(`\nerror: cannot ask Ops Manager for its certificate authorities: bad credentials: .*username "admin".*check the credentials\nwhat to do: .*#bad-credentials\n$`))
		Expect(f.Ledger().Requests).To(HaveLen(1))
	})
})
