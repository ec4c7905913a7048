package concourse

import (
	"github.com/concourse/concourse/atc"
	atcclient "github.com/concourse/concourse/go-concourse/concourse"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Version is one of a resource.
type Version struct {
	// ID is Concourse's own: to pin it.
	ID       int
	Fields   map[string]string
	Metadata map[string]string
}

// Versions are a resource's, the oldest first.
func (p *Pipeline) Versions(resource string) []Version {
	GinkgoHelper()
	listed, _, found, err := p.c.team.ResourceVersions(p.ref, resource, atcclient.Page{Limit: 200}, nil)
	Expect(err).NotTo(HaveOccurred())
	Expect(found).To(BeTrue(), "%s has no resource %s", p.Name, resource)
	all := make([]Version, len(listed))
	for i, v := range listed {
		metadata := map[string]string{}
		for _, field := range v.Metadata {
			metadata[field.Name] = field.Value
		}
		all[len(listed)-1-i] = Version{ID: v.ID, Fields: v.Version, Metadata: metadata}
	}
	return all
}

// States are the field `state` of a resource's versions, the oldest first.
func (p *Pipeline) States(resource string) []string {
	GinkgoHelper()
	states := []string{}
	for _, v := range p.Versions(resource) {
		states = append(states, v.Fields["state"])
	}
	return states
}

// Check lets Concourse check a resource, as fly check-resource does, and gives
// the check's build, whose job is empty. It waits for the check of the resource's
// type as well.
func (p *Pipeline) Check(resource string) Build {
	GinkgoHelper()
	b, found, err := p.c.team.CheckResource(p.ref, resource, nil, false)
	Expect(err).NotTo(HaveOccurred())
	Expect(found).To(BeTrue(), "%s has no resource %s", p.Name, resource)
	return p.build(b)
}

// Pin pins a resource to a version.
func (p *Pipeline) Pin(resource string, v Version) {
	GinkgoHelper()
	found, err := p.c.team.PinResourceVersion(p.ref, resource, v.ID)
	Expect(err).NotTo(HaveOccurred())
	Expect(found).To(BeTrue())
}

// Unpin removes the pin.
func (p *Pipeline) Unpin(resource string) {
	GinkgoHelper()
	found, err := p.c.team.UnpinResource(p.ref, resource)
	Expect(err).NotTo(HaveOccurred())
	Expect(found).To(BeTrue())
}

// Inputs are the versions that a build got, by the step's name.
func (b Build) Inputs() map[string]map[string]string {
	GinkgoHelper()
	inputs := map[string]map[string]string{}
	for _, in := range b.resources().Inputs {
		inputs[in.Name] = in.Version
	}
	return inputs
}

// Outputs are the versions that a build put, by the step's name.
func (b Build) Outputs() map[string]map[string]string {
	GinkgoHelper()
	outputs := map[string]map[string]string{}
	for _, out := range b.resources().Outputs {
		outputs[out.Name] = out.Version
	}
	return outputs
}

func (b Build) resources() atc.BuildInputsOutputs {
	GinkgoHelper()
	all, found, err := b.p.c.client.BuildResources(b.ID)
	Expect(err).NotTo(HaveOccurred())
	Expect(found).To(BeTrue())
	return all
}
