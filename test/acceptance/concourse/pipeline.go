package concourse

import (
	"crypto/rand"
	"strings"

	"github.com/concourse/concourse/atc"
	"github.com/concourse/concourse/vars"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Pipeline is one that was set.
type Pipeline struct {
	// Name is of this pipeline alone: FILE-RANDOM.
	Name string
	// File is what it was set from: the name in pipelines/ without .yml.
	File string

	c *Concourse
	// clock is the name of its schedule.
	clock   string
	ref     atc.PipelineRef
	setting *Setting
}

// SetPipeline sets a pipeline from its unchanged file in pipelines/, under a name
// of its own, and unpauses it. When the spec fails, the logs of its builds are
// shown; after the spec it is destroyed.
func (c *Concourse) SetPipeline(file string, options ...Option) *Pipeline {
	GinkgoHelper()
	p := &Pipeline{Name: file + "-" + strings.ToLower(rand.Text()[:6]), File: file, c: c}
	p.clock = p.Name
	p.setting = c.setting(file, p.clock)
	p.Set(options...)
	p.destroyAfterwards()
	p.Unpause()
	return p
}

func (p *Pipeline) destroyAfterwards() {
	DeferCleanup(func() {
		if CurrentSpecReport().Failed() {
			p.tell(GinkgoWriter)
		}
		p.c.destroy(p.ref)
	})
}

// Existing is a pipeline that something else set, as fleet's set_pipeline does.
func (c *Concourse) Existing(name string, instance map[string]any) *Pipeline {
	GinkgoHelper()
	p := &Pipeline{Name: name, File: name, c: c, ref: atc.PipelineRef{Name: name, InstanceVars: instance}}
	Eventually(func() (bool, error) {
		_, found, err := c.team.Pipeline(p.ref)
		return found, err
	}, Patience, polling).Should(BeTrue(), "there is no pipeline %s", p.ref.String())
	return p
}

// Set sets the pipeline again, with other values: to open or close a gate, for
// example.
func (p *Pipeline) Set(options ...Option) {
	GinkgoHelper()
	for _, change := range options {
		change(p.setting)
	}
	p.ref = atc.PipelineRef{Name: p.Name, InstanceVars: p.setting.Instance}
	filled := []byte(p.setting.Text)
	for range 2 { // the second time what the foundation's name has named, of which no credential manager knows
		var err error
		filled, err = vars.NewTemplate(filled).Evaluate(vars.StaticVariables(p.setting.Values), vars.EvaluateOpts{})
		Expect(err).NotTo(HaveOccurred())
	}
	_, version, _, err := p.c.team.PipelineConfig(p.ref)
	Expect(err).NotTo(HaveOccurred())
	_, _, warnings, err := p.c.team.CreateOrUpdatePipelineConfig(p.ref, version, filled, false)
	Expect(err).NotTo(HaveOccurred())
	Expect(warnings).To(BeEmpty())
}

// Unpause lets Concourse check the pipeline's resources and start its jobs.
func (p *Pipeline) Unpause() {
	GinkgoHelper()
	found, err := p.c.team.UnpausePipeline(p.ref)
	Expect(err).NotTo(HaveOccurred())
	Expect(found).To(BeTrue())
}

// Expose makes the pipeline public.
func (p *Pipeline) Expose() {
	GinkgoHelper()
	found, err := p.c.team.ExposePipeline(p.ref)
	Expect(err).NotTo(HaveOccurred())
	Expect(found).To(BeTrue())
}

// Jobs are the names of the jobs, in the file's order.
func (p *Pipeline) Jobs() []string {
	GinkgoHelper()
	jobs, err := p.c.team.ListJobs(p.ref)
	Expect(err).NotTo(HaveOccurred())
	var names []string
	for _, job := range jobs {
		names = append(names, job.Name)
	}
	return names
}
