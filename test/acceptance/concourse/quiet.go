package concourse

import (
	"time"

	atcclient "github.com/concourse/concourse/go-concourse/concourse"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// settling is far more than the scheduler needs, ten times a second, to start
// what there is to start.
const settling = 2 * time.Second

// Counts are how many builds each job has had, without those that had none.
func (p *Pipeline) Counts() map[string]int {
	GinkgoHelper()
	builds, _, _, err := p.c.team.PipelineBuilds(p.ref, atcclient.Page{Limit: 200})
	Expect(err).NotTo(HaveOccurred())
	counts := map[string]int{}
	for _, b := range builds {
		if b.JobName != "" { // a check by hand is listed, too
			counts[b.JobName]++
		}
	}
	return counts
}

// ExpectQuiet fails when the jobs' numbers of builds are not those, or do not
// stay so. Jobs that are not named have to have none.
func (p *Pipeline) ExpectQuiet(expected map[string]int) {
	GinkgoHelper()
	Consistently(p.Counts, settling, polling).Should(Equal(expected), "builds of %s", p.Name)
}

// Chain waits for the first build of every job, in that order, each of which has
// to succeed.
func (p *Pipeline) Chain(jobs ...string) []Build {
	GinkgoHelper()
	var builds []Build
	for _, job := range jobs {
		builds = append(builds, p.Build(job, 1).Succeeds())
	}
	return builds
}
