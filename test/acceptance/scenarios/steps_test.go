package scenarios_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

var _ = Describe("a step's own attributes", func() {
	It("without no_get: the put's version is got, with its certificates", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", from("steps.yml"), concourse.Opsman(f.Opsman()))

		b := p.Run("implicit").Succeeds()
		Expect(concourse.OneLine(b.Log())).To(ContainSubstring("active active.pem candidate candidate.pem"))
		Expect(p.States("ca")).To(Equal([]string{"settled", "generated"}))
		Expect(f.Deeds()).To(Equal([]string{"generate"}))
	})

	It("get_params with skip_download: the version alone, whether Ops Manager is there or not", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", from("steps.yml"), concourse.Opsman(f.Opsman()))

		b := p.Run("skipping").Succeeds()
		Expect(concourse.OneLine(b.Log())).To(And(ContainSubstring("active candidate installation"), Not(ContainSubstring(".pem"))))
		Expect(f.Deeds()).To(Equal([]string{"generate"}))

		arrange(f, away)
		Expect(p.Run("offline").Succeeds().Inputs()["ca"]).To(HaveKeyWithValue("state", "generated"))
		p.Run("online").Fails("cannot ask Ops Manager for its certificate authorities")
	})

	It("a get_param that is wrong fails the build, and undoes nothing: the put is not done twice", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", from("steps.yml"), concourse.Opsman(f.Opsman()))

		p.Run("misspelt").Fails("generate done", "params.skip_dowload", "generate is done already")
		Expect(p.States("ca")).To(Equal([]string{"settled", "generated"}))
		Expect(f.Deeds()).To(Equal([]string{"generate"}))

		p.Run("implicit").Succeeds()
		Expect(f.Deeds()).To(Equal([]string{"generate"}))
	})

	It("timeout ends a put that hangs, attempts and a later build do it", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", from("steps.yml"), concourse.Opsman(f.Opsman()))
		hangs := faults.Fault{Effect: faults.HoldBefore, Method: "POST", Path: "/api/v0/certificate_authorities/generate"}

		arrange(f, hangs)
		p.Run("impatient").Fails("interrupted:", "timeout exceeded")
		Expect(f.Dump().CAs).To(HaveLen(1))
		Expect(p.States("ca")).To(Equal([]string{"settled"}))

		arrange(f, hangs)
		p.Run("patient").Succeeds()
		Expect(f.Dump().CAs).To(HaveLen(2))
		Expect(p.States("ca")).To(Equal([]string{"settled", "generated"}))
		Expect(carriedOut(f)).To(Equal([]string{"generate"}))
	})

	It("params that are wrong are all named at once, and nothing is sent", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", from("steps.yml"), concourse.Opsman(f.Opsman()))

		p.Run("wrong").Fails(
			`params.phase`, `"remove" is not a phase: expected generate, activate, regenerate, delete or verify`,
			`params.form`, `params.from is missing`,
			`params.expires_within`, `"soon" is not a span: expected a number and one of d, w, m, y`,
			`params.dry_run`,
			`params.certificate is missing: a root CA of your own needs certificate and private_key`,
			`params.accept has "everything", which cannot be accepted: expected some of pending-changes`,
		)
		f.ExpectUntouched()
		Expect(p.States("ca")).To(Equal([]string{"settled"}))
	})
})

// away is an Ops Manager that hangs up on everybody.
var away = faults.Fault{Effect: faults.CloseBefore, Times: faults.Forever}
