package concourse

import (
	"time"

	"github.com/concourse/concourse/atc"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// deadlocks is far more than the database needs to be rid of one, or of a few.
const deadlocks = 30 * time.Second

// destroy destroys a pipeline that may be gone already. It asks again after an error:
// Concourse answers 500 when its database ends a deadlock by giving the deletion up
// (pq: deadlock detected), as happens while checks of the pipeline are under way.
func (c *Concourse) destroy(ref atc.PipelineRef) {
	GinkgoHelper()
	Eventually(func() error {
		_, err := c.team.DeletePipeline(ref)
		return err
	}, deadlocks, polling).Should(Succeed(), "destroy %s", ref.String())
}
