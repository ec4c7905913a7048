package scenarios_test

import (
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
)

var _ = Describe("checks", func() {
	It("find by themselves what changed, as often as check_every says, or when a webhook calls", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", from("checks.yml"), concourse.Opsman(f.Opsman()))
		Expect(p.Build("follow", 1).Succeeds().Inputs()["polled"]).To(HaveKeyWithValue("state", "settled"))

		operator(f, sim.Action{Do: "generate"})
		Expect(p.Build("follow", 2).Succeeds().Inputs()["polled"]).To(HaveKeyWithValue("state", "generated"))
		Expect(p.Versions("hooked")).To(BeEmpty())
		Expect(p.Builds("hear")).To(BeEmpty())

		Expect(webhook(p, "hooked", "guessed")).To(Equal(http.StatusUnauthorized))
		Expect(webhook(p, "hooked", "said-and-done")).To(Equal(http.StatusCreated))
		Expect(p.Build("hear", 1).Succeeds().Inputs()["hooked"]).To(Equal(p.Builds("follow")[1].Inputs()["polled"]))
		p.ExpectQuiet(map[string]int{"follow": 2, "hear": 1})
		f.ExpectUntouched()
	})

	It("start the job watch for what another operator did, and no other job", func() {
		f := brisk()
		p := ci.SetPipeline("manual-rotation", concourse.Opsman(f.Opsman()))
		Expect(p.Build("watch", 1).Succeeds().Inputs()["ca"]).To(HaveKeyWithValue("state", "settled"))

		operator(f, sim.Action{Do: "generate"})
		p.Look("ca")
		Expect(p.Build("watch", 2).Succeeds().Inputs()["ca"]).To(HaveKeyWithValue("state", "generated"))
		p.ExpectQuiet(map[string]int{})
		f.ExpectUntouched()
	})

	It("fail while Ops Manager is away, say why, and heal by themselves; a job waits for the first one", func() {
		f := brisk()
		arrange(f, away)
		p := ci.SetPipeline("manual-rotation", from("checks.yml"), concourse.Opsman(f.Opsman()))

		waiting := p.Trigger("follow")
		p.Check("hooked").Fails("cannot ask Ops Manager for its certificate authorities", "is not available")
		expectWaiting(waiting)
		f.ClearFaults()
		Expect(waiting.Succeeds().Inputs()["polled"]).To(HaveKeyWithValue("state", "settled"))

		By("away again: the last version known counts")
		arrange(f, away)
		p.Check("hooked").Fails("cannot ask Ops Manager for its certificate authorities", "is not available")
		Expect(p.Run("follow").Succeeds().Inputs()["polled"]).To(HaveKeyWithValue("state", "settled"))

		By("back, and changed meanwhile")
		operator(f, sim.Action{Do: "generate"})
		f.ClearFaults()
		Expect(p.Build("follow", 3).Succeeds().Inputs()["polled"]).To(HaveKeyWithValue("state", "generated"))
		Expect(p.States("polled")).To(Equal([]string{"settled", "generated"}))
		f.ExpectUntouched()
	})
})

// webhook calls a resource's webhook, as a client without a login, and gives the
// status of the answer.
func webhook(p *concourse.Pipeline, resource, token string) int {
	GinkgoHelper()
	url := ci.ConcourseURL + "/api/v1/teams/main/pipelines/" + p.Name + "/resources/" + resource + "/check/webhook?webhook_token=" + token
	request, err := http.NewRequestWithContext(soon(), http.MethodPost, url, http.NoBody)
	Expect(err).NotTo(HaveOccurred())
	answer, err := (&http.Client{Timeout: time.Minute}).Do(request)
	Expect(err).NotTo(HaveOccurred())
	Expect(answer.Body.Close()).To(Succeed())
	return answer.StatusCode
}
