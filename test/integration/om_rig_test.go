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
