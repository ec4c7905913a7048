package concourse

import (
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Look lets Concourse check a resource, and returns when that has succeeded.
func (p *Pipeline) Look(resource string) {
	GinkgoHelper()
	p.Check(resource).found(resource)
}

// LookFrom is Look from a version. While a resource is pinned to that, Concourse
// looks so at every check_every, and up to 8.1 before every build by hand as well.
func (p *Pipeline) LookFrom(resource string, v Version) {
	GinkgoHelper()
	b, found, err := p.c.team.CheckResource(p.ref, resource, v.Fields, false)
	Expect(err).NotTo(HaveOccurred())
	Expect(found).To(BeTrue(), "%s has no resource %s", p.Name, resource)
	p.build(b).found(resource)
}

// found waits until a check has ended, and fails the spec unless it succeeded.
// Concourse forgets a check's build as soon as a newer one has ended: a build that
// is gone has ended, and what it found counts.
func (b Build) found(resource string) {
	GinkgoHelper()
	Eventually(func() (string, error) {
		now, found, err := b.p.c.client.Build(strconv.Itoa(b.ID))
		if err == nil && !found {
			return "gone", nil
		}
		return string(now.Status), err
	}, Patience, polling).Should(BeElementOf("succeeded", "failed", "errored", "aborted", "gone"), "the check of "+resource)
	if now, found, err := b.p.c.client.Build(strconv.Itoa(b.ID)); err == nil && found {
		Expect(string(now.Status)).To(Equal("succeeded"), "the check of "+resource)
	}
}
