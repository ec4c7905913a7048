package concourse

import (
	"strings"
	"time"

	"github.com/concourse/concourse/atc"
	atcclient "github.com/concourse/concourse/go-concourse/concourse"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// settling is far more than the scheduler needs, ten times a second, to start
// what there is to start.
const settling = 2 * time.Second

// watch is the job that makes Concourse 8.2 and newer check the state. It has a build
// for the newest version whenever one comes, of a check or a put, and does nothing: how
// many there are depends on when Concourse looked.
const watch = "watch"

// counts tells whether a build is one that a scenario counts: not of watch, of a gate,
// which lets through and does nothing itself, nor a check by hand, which Concourse lists,
// too.
func counts(b atc.Build) bool {
	return b.JobName != "" && b.JobName != watch && !strings.HasPrefix(b.JobName, "gate-")
}

// Counts are how many builds each job has had, without those that had none, and
// without watch and gates.
func (p *Pipeline) Counts() map[string]int {
	GinkgoHelper()
	builds, _, _, err := p.c.team.PipelineBuilds(p.ref, atcclient.Page{Limit: 200})
	Expect(err).NotTo(HaveOccurred())
	all := map[string]int{}
	for _, b := range builds {
		if counts(b) {
			all[b.JobName]++
		}
	}
	return all
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
