package concourse

import (
	"github.com/concourse/concourse/atc"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// DestroyAfterwards destroys, after the spec, an instance that a pipeline of the
// spec may have set.
func (c *Concourse) DestroyAfterwards(name string, instance map[string]any) {
	DeferCleanup(func() {
		_, err := c.team.DeletePipeline(atc.PipelineRef{Name: name, InstanceVars: instance})
		Expect(err).NotTo(HaveOccurred())
	})
}
