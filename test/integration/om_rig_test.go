package integration_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// om is a command of the real om.
func (p *pipeline) om(args ...string) program {
	return program{process.Program{Path: "om", Args: args, Environ: p.Environ, Dir: p.Build}}
}

// mustOm runs a command of the real om, which has to succeed.
func (p *pipeline) mustOm(ctx context.Context, args ...string) string {
	GinkgoHelper()
	o := p.om(args...).run(ctx)
	Expect(o.code).To(Equal(0), "om %v: %s%s", args, o.stdout, o.stderr)
	return o.stdout
}

// wrapOm makes the tasks use the real om through a wrapper that leaves om's process
// id in om.pid.
func (p *pipeline) wrapOm() {
	GinkgoHelper()
	wrapper := filepath.Join(p.Build, "om")
	script := fmt.Sprintf("#!/bin/sh\necho $$ > %s\nexec %s \"$@\"\n", p.pidFile(), paths["om"])
	Expect(os.WriteFile(wrapper, []byte(script), 0o700)).To(Succeed())
	p.Om = []string{"--om", wrapper, "--poll", "20ms", "--heartbeat", "200ms"}
}

// applyChanges is the task that applies changes.
func (p *pipeline) applyChanges(more ...string) program {
	return program{p.Supervising("apply-changes", more...)}
}

func (p *pipeline) pidFile() string { return filepath.Join(p.Build, "om.pid") }

// killOm kills the om that apply-changes started last, if it is still there.
func (p *pipeline) killOm() {
	GinkgoHelper()
	content, err := os.ReadFile(p.pidFile())
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	Expect(err).NotTo(HaveOccurred())
	id := strings.TrimSpace(string(content))
	// Another process may have its id by now.
	if path, err := os.Readlink(filepath.Join(string(filepath.Separator), "proc", id, "exe")); err != nil || path != paths["om"] {
		return
	}
	number, err := strconv.Atoi(id)
	Expect(err).NotTo(HaveOccurred())
	om, err := os.FindProcess(number)
	Expect(err).NotTo(HaveOccurred())
	// It may end by itself at this moment.
	_ = om.Kill()
}

// byOm makes the pipeline apply changes with opsman-ca and om, as a task does.
func (p *pipeline) byOm() {
	p.apply = func(ctx context.Context) {
		GinkgoHelper()
		succeeded(ctx, p.applyChanges("--from", "ca"))
	}
}
