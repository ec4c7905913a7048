package concourse

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/concourse/concourse/atc"
	atcclient "github.com/concourse/concourse/go-concourse/concourse"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Build is one of a job, or a check.
type Build struct {
	ID int
	// Job and Number are what fly shows: generate, 1. A build that is run again
	// has the number 1.1.
	Job, Number string

	p *Pipeline
}

func (p *Pipeline) build(b atc.Build) Build {
	return Build{ID: b.ID, Job: b.JobName, Number: b.Name, p: p}
}

// String is how people call it.
func (b Build) String() string { return fmt.Sprintf("%s/%s #%s", b.p.Name, b.Job, b.Number) }

// Trigger starts a job by hand.
func (p *Pipeline) Trigger(job string) Build {
	GinkgoHelper()
	b, err := p.c.team.CreateJobBuild(p.ref, job)
	Expect(err).NotTo(HaveOccurred())
	return p.build(b)
}

// Run starts a job by hand and waits until its build has ended.
func (p *Pipeline) Run(job string) Build {
	GinkgoHelper()
	b := p.Trigger(job)
	b.Wait()
	return b
}

// Build waits until a job has its nth build, counted from 1, started by Concourse
// or by hand. Builds that run an earlier one again count as well.
func (p *Pipeline) Build(job string, n int) Build {
	GinkgoHelper()
	var all []Build
	Eventually(func() (int, error) {
		var err error
		all, err = p.tryBuilds(job)
		return len(all), err
	}, Patience, polling).Should(BeNumerically(">=", n), "job %s of %s has no build %d", job, p.Name, n)
	return all[n-1]
}

// Builds are those of a job so far, oldest first.
func (p *Pipeline) Builds(job string) []Build {
	GinkgoHelper()
	all, err := p.tryBuilds(job)
	Expect(err).NotTo(HaveOccurred())
	return all
}

func (p *Pipeline) tryBuilds(job string) ([]Build, error) {
	builds, _, found, err := p.c.team.JobBuilds(p.ref, job, atcclient.Page{Limit: 200})
	if err != nil {
		return nil, fmt.Errorf("list the builds of %s: %w", job, err)
	}
	if !found {
		return nil, fmt.Errorf("%s has no job %s", p.Name, job)
	}
	all := make([]Build, len(builds))
	for i, b := range builds {
		all[len(builds)-1-i] = p.build(b)
	}
	return all, nil
}

// Status is pending, started, succeeded, failed, errored or aborted.
func (b Build) Status() string {
	GinkgoHelper()
	status, err := b.tryStatus()
	Expect(err).NotTo(HaveOccurred())
	return status
}

func (b Build) tryStatus() (string, error) {
	now, found, err := b.p.c.client.Build(strconv.Itoa(b.ID))
	if err != nil {
		return "", fmt.Errorf("look at build %d: %w", b.ID, err)
	}
	if !found {
		return "", fmt.Errorf("there is no build %d", b.ID)
	}
	return string(now.Status), nil
}

// Wait waits until the build has ended, and gives its status. It bears a web
// node that is away for a while.
func (b Build) Wait() string {
	GinkgoHelper()
	var status string
	Eventually(func() (string, error) {
		var err error
		status, err = b.tryStatus()
		return status, err
	}, Patience, polling).Should(BeElementOf("succeeded", "failed", "errored", "aborted"), b.String)
	return status
}

// Ends waits until the build has ended, and fails the spec, with the build's log,
// unless it has that status.
func (b Build) Ends(status string) Build {
	GinkgoHelper()
	Expect(b.Wait()).To(Equal(status), func() string { return b.String() + "\n" + b.Log() })
	return b
}

// Succeeds is Ends("succeeded").
func (b Build) Succeeds() Build { GinkgoHelper(); return b.Ends("succeeded") }

// Fails is Ends("failed"), with all of those texts in the log.
func (b Build) Fails(because ...string) Build {
	GinkgoHelper()
	b.Ends("failed")
	for _, text := range because {
		Expect(OneLine(b.Log())).To(ContainSubstring(text), b.String())
	}
	return b
}

// OneLine is a text with one space for every break: lines of a log are broken at a
// terminal's width.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Abort aborts the build, as fly abort-build does.
func (b Build) Abort() {
	GinkgoHelper()
	Expect(b.p.c.client.AbortBuild(strconv.Itoa(b.ID))).To(Succeed())
}

// Rerun runs the build again, with the same versions.
func (b Build) Rerun() Build {
	GinkgoHelper()
	again, err := b.p.c.team.RerunJobBuild(b.p.ref, b.Job, b.Number)
	Expect(err).NotTo(HaveOccurred())
	return b.p.build(again)
}
