package scenarios_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("fleet", func() {
	It("rotates ten foundations: the canary first, stops when one fails, tells which, and goes on in waves when it is mended", func() {
		var all []*foundation.Foundation
		var befores []string
		for range 10 {
			f := brisk()
			all, befores = append(all, f), append(befores, f.CA())
		}
		names, options := fleetOf(all[0], all[1:4], all[4:10])
		chat := ci.Chat(names[0])
		p := ci.SetPipeline("fleet", append(options, chat.Notify())...)

		By("one of the first wave fails: the others of its wave go on, the wave behind it does not begin")
		failing := names[2]
		arrange(all[2], faults.Fault{Effect: faults.FailProduct, Product: "p.mysql"})
		p.Fire()
		p.Chain("instances", "canary")
		p.Build("waves", 1).Fails("MySQL for VMware Tanzu", "fix the cause, then run it again")
		p.ExpectQuiet(once("instances", "canary", "waves"))
		Expect(chat.Texts()).To(HaveExactElements(And(
			ContainSubstring(failing), ContainSubstring("generated"), ContainSubstring("not-reached"), ContainSubstring("What to do"))))
		for i, f := range all {
			switch {
			case i == 2:
				Expect(carriedOut(f)).To(Equal([]string{"generate"}))
			case i < 4:
				f.ExpectRotated(befores[i])
			default:
				f.ExpectUntouched()
			}
		}

		By("mending it by hand, in the instance of manual-rotation that was set for it")
		instance := ci.Existing("manual-rotation", map[string]any{"foundation": failing})
		instance.Run("generate").Succeeds()
		instance.Run("trust").Succeeds()
		p.Run("waves").Succeeds()
		for i, f := range all {
			f.ExpectRotated(befores[i])
			Expect(carriedOut(f)).To(Equal([]string{"generate", "activate", "regenerate", "delete"}))
		}
		Expect(all[2].Deeds()).To(Equal(slices.Insert(foundation.Rotation(), 1, "apply")))
		again := once("instances", "canary", "waves")
		again["waves"] = 2
		p.ExpectQuiet(again)
		Expect(chat.Texts()).To(HaveLen(1), "what succeeds and what is not due is no news")

		By("setting an instance for each, with no secret in it")
		fly := ci.LogIn()
		for i, f := range all {
			config := fly.Run("get-pipeline", "-p", "manual-rotation/foundation:"+names[i]).Succeeds().Output
			Expect(config).To(ContainSubstring("((opsman-" + names[i] + "))"))
			for _, key := range []string{"target", "username", "password", "ca_cert"} {
				Expect(config).NotTo(ContainSubstring(fmt.Sprint(f.Opsman()[key])))
			}
		}

		By("which shows where its foundation is")
		for _, name := range []string{names[0], failing} {
			instance := ci.Existing("manual-rotation", map[string]any{"foundation": name})
			instance.Look("ca")
			Expect(instance.States("ca")).To(Equal([]string{"settled"}))
		}
	})
})

// fleetOf gives the pipeline a canary and waves, under names of this spec alone, with
// their secrets in the credential manager. The instances that it sets go after the spec.
func fleetOf(canary *foundation.Foundation, waves ...[]*foundation.Foundation) (names []string, options []concourse.Option) {
	GinkgoHelper()
	named := func(prefix string, f *foundation.Foundation) string {
		name := prefix + "-" + strings.ToLower(rand.Text()[:8])
		ci.Secret("opsman-"+name, f.Opsman())
		ci.DestroyAfterwards("manual-rotation", map[string]any{"foundation": name})
		names = append(names, name)
		return name
	}
	list := []any{}
	first := named("cana", canary)
	for _, wave := range waves {
		all := []any{}
		for _, f := range wave {
			all = append(all, named("wave", f))
		}
		list = append(list, all)
	}
	options = []concourse.Option{concourse.Value("foundations", map[string]any{"canary": []any{first}, "waves": list})}
	if len(waves) == 0 {
		options = append(options, concourse.Value("automatic.waves", false))
	}
	return names, options
}
