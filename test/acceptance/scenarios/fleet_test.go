package scenarios_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("fleet", func() {
	It("rotates the canary first, stops when that fails, and goes on in waves when it is mended", func() {
		canary, first, second := brisk(), brisk(), brisk()
		befores := []string{canary.CA(), first.CA(), second.CA()}
		names, options := fleetOf(canary, first, second)
		p := ci.SetPipeline("fleet", options...)

		arrange(canary, sim.Fault{Effect: sim.FailProduct, Product: "p.mysql"})
		p.Fire()
		p.Build("canary", 1).Fails("MySQL for VMware Tanzu", "fix the cause, then run it again")
		p.ExpectQuiet(once("canary"))
		first.ExpectUntouched()
		second.ExpectUntouched()

		By("mending it by hand, in the instance of manual-rotation that was set for it")
		instance := ci.Existing("manual-rotation", map[string]any{"foundation": names[0]})
		instance.Run("generate").Succeeds()
		instance.Run("trust").Succeeds()
		p.Run("canary").Succeeds()
		p.Chain("wave-1", "wave-2")
		for i, f := range []*foundation.Foundation{canary, first, second} {
			f.ExpectRotated(befores[i])
			Expect(carriedOut(f)).To(Equal([]string{"generate", "activate", "regenerate", "delete"}))
		}
		Expect(canary.Deeds()).To(Equal(slices.Insert(foundation.Rotation(), 1, "apply")))
		again := once("canary", "wave-1", "wave-2")
		again["canary"] = 2
		p.ExpectQuiet(again)

		By("setting an instance for each, with no secret in it")
		fly := ci.LogIn()
		for i, f := range []*foundation.Foundation{canary, first, second} {
			config := fly.Run("get-pipeline", "-p", "manual-rotation/foundation:"+names[i]).Succeeds().Output
			for _, key := range []string{"target", "username", "password", "ca_cert"} {
				Expect(config).To(ContainSubstring("((opsman-" + names[i] + "." + key + "))"))
				Expect(config).NotTo(ContainSubstring(fmt.Sprint(f.Opsman()[key])))
			}
		}
	})
})

// fleetOf gives the pipeline a canary and, where there are more, a first and a
// second wave of one foundation each, under names of this spec alone, with their
// secrets in the credential manager. The instances that it sets go after the spec.
func fleetOf(all ...*foundation.Foundation) (names []string, options []concourse.Option) {
	GinkgoHelper()
	options = []concourse.Option{concourse.Value("foundations", map[string]any{"canary": []any{}, "wave_1": []any{}, "wave_2": []any{}})}
	for i, list := range []string{"canary", "wave_1", "wave_2"}[:len(all)] {
		name := list[:4] + "-" + strings.ToLower(rand.Text()[:8])
		ci.Secret("opsman-"+name, all[i].Opsman())
		names = append(names, name)
		options = append(options, concourse.Value("foundations."+list, []any{name}))
		ci.DestroyAfterwards("manual-rotation", map[string]any{"foundation": name})
	}
	if len(all) == 1 {
		options = append(options, concourse.Value("automatic.waves", false))
	}
	return names, options
}
