package resource_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("leaf certificates alone, by put", func() {
	It("are regenerated, which is a version of its own that a check keeps, and verified", func() {
		f := serve(sim.Options{})
		before := f.get(nil)
		r := f.put(map[string]any{"phase": "regenerate", "leaf_only": true})
		Expect(r.code).To(Equal(0), r.stderr)
		a := decoded(r)
		Expect(a.Version).To(And(HaveKeyWithValue("state", "renewed"), HaveKeyWithValue("active", before.Version["active"]), HaveKey("installation"), HaveKey("renewed")))
		Expect(a.value("leaf certificates regenerated")).To(Equal(a.Version["renewed"]))
		Expect(f.check(a.Version)).To(Equal([]version{a.Version}))
		f.in(a.Version)

		refused := f.put(map[string]any{"phase": "verify"})
		Expect(refused.code).To(Equal(1))
		Expect(refused.stderr).To(ContainSubstring("verify refused (not-reached): the regenerated leaf certificates are not deployed everywhere"))
		Expect(f.put(map[string]any{"phase": "generate"}).stderr).To(ContainSubstring("generate refused (not-reached): the leaf certificates that were regenerated on " + a.Version["renewed"]))

		f.apply()
		Expect(f.check(a.Version)).To(Equal([]version{a.Version}), "verify alone ends it")
		r = f.put(map[string]any{"phase": "verify", "dry_run": true})
		Expect(decoded(r).Version).To(Equal(a.Version))
		r = f.put(map[string]any{"phase": "verify"})
		Expect(r.code).To(Equal(0), r.stderr)
		done := decoded(r)
		Expect(done.Version).To(And(HaveKeyWithValue("state", "settled"), HaveKeyWithValue("active", before.Version["active"]), HaveLen(3)))
		Expect(f.check(done.Version)).To(Equal([]version{done.Version}))
		Expect(f.changing()).To(Equal([]string{"POST /active/regenerate"}))
		Expect(f.Dump().Broken).To(BeEmpty())
	})

	It("are done in a rotation's own jobs, where none is under way", func() {
		f := serve(sim.Options{})
		f.get(nil)
		f.in(decoded(f.put(map[string]any{"phase": "regenerate", "leaf_only": true})).Version)
		r := f.put(map[string]any{"phase": "verify", "if_rotating": true})
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(decoded(r).Version).To(HaveKeyWithValue("state", "renewed"))
	})

	It("are for regenerate, and for a foundation without a rotation", func() {
		f := serve(sim.Options{})
		f.get(nil)
		Expect(f.put(map[string]any{"phase": "verify", "leaf_only": true}).stderr).To(ContainSubstring("error: params.leaf_only belongs to phase regenerate, not to verify: leave it out"))
		Expect(f.put(map[string]any{"phase": "regenerate", "leaf_only": true, "if_rotating": true}).stderr).To(ContainSubstring("error: params.leaf_only is for a foundation without a rotation"))
		Expect(f.Ledger().Requests).NotTo(BeEmpty())
		f.in(decoded(f.put(map[string]any{"phase": "generate"})).Version)
		Expect(f.put(map[string]any{"phase": "regenerate", "leaf_only": true}).stderr).To(ContainSubstring("regenerate refused (rotation-under-way)"))
	})
})
