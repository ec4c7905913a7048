package concourse

import (
	"github.com/concourse/concourse/atc"
	. "github.com/onsi/ginkgo/v2"
)

// DestroyAfterwards destroys, after the spec, an instance that a pipeline of the
// spec may have set.
func (c *Concourse) DestroyAfterwards(name string, instance map[string]any) {
	DeferCleanup(func() { c.destroy(atc.PipelineRef{Name: name, InstanceVars: instance}) })
}
