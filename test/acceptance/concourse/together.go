package concourse

import (
	"slices"
	"time"

	"github.com/concourse/concourse/atc"
	atcclient "github.com/concourse/concourse/go-concourse/concourse"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// What follows waits for many pipelines at once, and asks seldom: answering takes
// processor time from what the pipelines do.

// rounds is how often it asks.
const rounds = 3 * time.Second

// lost is how long a check may seem to take until it is begun anew. The rig ends
// one that lost its input after 30 seconds, and Concourse would begin the next one
// when the resource's interval is over. Of 50 pipelines at once none waits longer
// for another reason.
const lost = 90 * time.Second

// Instances are pipelines of one group.
type Instances []*Pipeline

// Know waits until Concourse has found a version of the resources in every
// pipeline, and tells how many checks were begun anew.
func (all Instances) Know(within time.Duration, resources ...string) (anew int) {
	GinkgoHelper()
	for _, resource := range resources {
		waiting, since := all, time.Now()
		Eventually(func() int {
			for len(waiting) > 0 && len(waiting[0].Versions(resource)) > 0 {
				waiting = waiting[1:]
			}
			if time.Since(since) > lost {
				since = time.Now()
				for _, p := range waiting {
					if len(p.Versions(resource)) == 0 {
						p.Check(resource)
						anew++
					}
				}
			}
			return len(waiting)
		}, within, rounds).Should(BeZero(), "pipelines in which Concourse knows no %s", resource)
	}
	return anew
}

// Fire makes all schedules fire, lets Concourse look at once, and tells when it
// did, by pipeline.
func (all Instances) Fire() map[*Pipeline]time.Time {
	GinkgoHelper()
	fired := map[*Pipeline]time.Time{}
	for _, p := range all {
		fired[p] = time.Now()
		p.c.post(p.c.scheduleURL(p.clock))
		p.Check("schedule")
	}
	return fired
}

// Finish waits until a job has succeeded in every pipeline; it fails as soon as any
// job of any of them does. It tells how many checks of a schedule were begun anew.
func (all Instances) Finish(job string, within time.Duration) (anew int) {
	GinkgoHelper()
	since := time.Now()
	Eventually(func() (int, error) {
		begun, ended := all.progress(job)
		if missing := len(all) - len(begun); missing > 0 && time.Since(since) > lost {
			anew, since = anew+missing, time.Now()
			for _, p := range all {
				if !begun[p.ref.String()] {
					p.Check("schedule")
				}
			}
		}
		return len(all) - ended, nil
	}, within, rounds).Should(BeZero(), "pipelines that have not ended")
	return anew
}

// progress are the pipelines that have a build, but for watch's, and in how many the
// job has ended.
func (all Instances) progress(job string) (begun map[string]bool, ended int) {
	GinkgoHelper()
	builds, _, err := all[0].c.team.Builds(atcclient.Page{Limit: 30 * len(all)})
	Expect(err).NotTo(HaveOccurred())
	begun = map[string]bool{}
	for _, b := range builds {
		i := slices.IndexFunc(all, func(p *Pipeline) bool {
			return counts(b) && p.ref.String() == atc.PipelineRef{Name: b.PipelineName, InstanceVars: b.PipelineInstanceVars}.String()
		})
		if i < 0 {
			continue
		}
		begun[all[i].ref.String()] = true
		switch status := string(b.Status); {
		case slices.Contains([]string{"failed", "errored", "aborted"}, status):
			one := all[i].build(b)
			StopTrying(one.String() + " " + status + "\n" + one.Log()).Now()
		case status == "succeeded" && b.JobName == job:
			ended++
		}
	}
	return begun, ended
}

// Histories are those of the first build of every job, in the jobs' order.
func (p *Pipeline) Histories(jobs ...string) []History {
	GinkgoHelper()
	var all []History
	for _, job := range jobs {
		all = append(all, p.Build(job, 1).History())
	}
	return all
}
