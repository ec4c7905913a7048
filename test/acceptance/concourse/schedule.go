package concourse

import (
	"context"
	"net/http"
	"strings"

	atcclient "github.com/concourse/concourse/go-concourse/concourse"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func (c *Concourse) scheduleURL(name string) string { return c.Control + "/schedules/" + name }

// Fire makes the pipeline's schedule fire, and returns when Concourse knows.
func (p *Pipeline) Fire() { GinkgoHelper(); p.fire("schedule", p.clock) }

// OpenWindow makes a version of the pipeline's window, and returns when Concourse knows.
func (p *Pipeline) OpenWindow() { GinkgoHelper(); p.fire("window", p.clock+"-window") }

func (p *Pipeline) fire(resource, schedule string) {
	GinkgoHelper()
	before := p.fired(resource)
	p.c.post(p.c.scheduleURL(schedule))
	p.Look(resource)
	Eventually(func() int { return p.fired(resource) }, Patience, polling).Should(BeNumerically(">", before), "the %s of %s", resource, p.Name)
}

// fired is how often Concourse has seen a resource of times fire.
func (p *Pipeline) fired(resource string) int {
	GinkgoHelper()
	times, _, _, err := p.c.team.ResourceVersions(p.ref, resource, atcclient.Page{Limit: 200}, nil)
	Expect(err).NotTo(HaveOccurred())
	return len(times)
}

// post expects to be understood.
func (c *Concourse) post(url string) { GinkgoHelper(); c.send(http.MethodPost, url, "", nil) }

func (c *Concourse) send(method, url, text string, header http.Header) {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(text))
	Expect(err).NotTo(HaveOccurred())
	for name, values := range header {
		request.Header[name] = values
	}
	answer, err := (&http.Client{Timeout: Patience}).Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer answer.Body.Close() //nolint:errcheck // only read
	Expect(answer).To(HaveHTTPStatus(http.StatusOK, http.StatusNoContent))
}
