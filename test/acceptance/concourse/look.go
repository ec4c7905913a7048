package concourse

import (
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Look lets Concourse check a resource, and returns when that has succeeded.
// Concourse forgets a check's build as soon as a newer one has ended: a build that
// is gone has ended, and what it found counts.
func (p *Pipeline) Look(resource string) {
	GinkgoHelper()
	b := p.Check(resource)
	Eventually(func() (string, error) {
		now, found, err := p.c.client.Build(strconv.Itoa(b.ID))
		if err == nil && !found {
			return "gone", nil
		}
		return string(now.Status), err
	}, Patience, polling).Should(BeElementOf("succeeded", "failed", "errored", "aborted", "gone"), "the check of "+resource)
	if now, found, err := p.c.client.Build(strconv.Itoa(b.ID)); err == nil && found {
		Expect(string(now.Status)).To(Equal("succeeded"), "the check of "+resource)
	}
}
