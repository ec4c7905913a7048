package integration_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// environment is how om and opsman-ca are told where to go.
func (p *pipeline) environment() []string {
	return []string{
		"OM_TARGET=" + p.server.URL, "OM_USERNAME=admin", "OM_PASSWORD=" + password, "OM_CA_CERT=" + p.server.CAPEM,
	}
}

// om is a command of the real om.
func (p *pipeline) om(args ...string) process {
	return process{name: "om", args: args, environment: p.environment(), folder: p.folder}
}

// mustOm runs a command of the real om, which has to succeed.
func (p *pipeline) mustOm(ctx context.Context, args ...string) string {
	GinkgoHelper()
	o := p.om(args...).run(ctx)
	Expect(o.code).To(Equal(0), "om %v: %s%s", args, o.stdout, o.stderr)
	return o.stdout
}

// applyChanges is opsman-ca apply-changes with the real om, through a wrapper
// that leaves om's process id in om.pid.
func (p *pipeline) applyChanges(more ...string) process {
	GinkgoHelper()
	wrapper := filepath.Join(p.folder, "om")
	script := fmt.Sprintf("#!/bin/sh\necho $$ > %s\nexec %s \"$@\"\n", p.pidFile(), paths["om"])
	Expect(os.WriteFile(wrapper, []byte(script), 0o700)).To(Succeed())
	args := []string{"apply-changes", "--om", wrapper, "--poll", "20ms", "--heartbeat", "200ms"}
	return process{name: "opsman-ca", args: append(args, more...), environment: p.environment(), folder: p.folder}
}

func (p *pipeline) pidFile() string { return filepath.Join(p.folder, "om.pid") }

// omProcess is the last om that apply-changes started.
func (p *pipeline) omProcess() *os.Process {
	GinkgoHelper()
	content, err := os.ReadFile(p.pidFile())
	Expect(err).NotTo(HaveOccurred())
	id, err := strconv.Atoi(strings.TrimSpace(string(content)))
	Expect(err).NotTo(HaveOccurred())
	process, err := os.FindProcess(id)
	Expect(err).NotTo(HaveOccurred())
	return process
}

// byOm makes the pipeline apply changes with opsman-ca and om, as a task does.
func (p *pipeline) byOm() {
	p.apply = func(ctx context.Context) {
		GinkgoHelper()
		o := p.applyChanges("--from", "ca").run(ctx)
		Expect(o.code).To(Equal(0), o.stderr)
	}
}
