package process_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

func TestProcess(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Processes")
}

var _ = Describe("A process", func() {
	shell := func(script string) process.Program {
		return process.Program{Path: "/bin/sh", Args: []string{"-c", script}, Stdin: []byte("from stdin"), Environ: []string{"GREETING=hello"}}
	}

	It("is run with its input and its environment alone", func(ctx SpecContext) {
		GinkgoT().Setenv("OM_TARGET", "elsewhere")
		e, err := shell(`cat; echo " $GREETING$OM_TARGET"; echo trouble >&2; exit 3`).Run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(e.OK()).To(BeFalse())
		Expect(e.Code).To(Equal(3))
		Expect(e.Status).To(Equal("exit status 3"))
		Expect(e.Stdout).To(Equal("from stdin hello\n"))
		Expect(e.Stderr).To(Equal("trouble\n"))
		Expect(e.Wall).To(BeNumerically(">", 0))
		Expect(e.Peak).To(BeNumerically(">", 0))
	})

	It("has the CPU time that it took", func(ctx SpecContext) {
		e, err := shell(`i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done`).Run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(e.CPU).To(BeNumerically(">", time.Millisecond))
	})

	It("is found in a folder, and shows its errors as they come", func(ctx SpecContext) {
		folder, log := GinkgoT().TempDir(), gbytes.NewBuffer()
		Expect(os.WriteFile(filepath.Join(folder, "check"), []byte("#!/bin/sh\npwd; echo one >&2; echo error: two >&2; echo three >&2\n"), 0o700)).To(Succeed())
		e, err := process.Program{Path: "check", Dir: folder, Log: log}.In(folder).With(process.Environ(folder)).Run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(e.Stdout).To(Equal(folder + "\n"))
		Expect(log).To(gbytes.Say("one\nerror: two\nthree\n"))
		Expect(e.Stderr).To(Equal(string(log.Contents())))
		Expect(e.Sentence()).To(Equal("error: two"))
	})

	It("that cannot be started is an error, and that is killed has no exit code", func(ctx SpecContext) {
		_, err := process.Program{Path: "/nowhere/check"}.Run(ctx)
		Expect(err).To(MatchError(os.ErrNotExist))
		stopping, stop := context.WithCancel(ctx)
		running, err := shell("exec sleep 60").Start(stopping)
		Expect(err).NotTo(HaveOccurred())
		stop()
		Expect(running.Wait()).To(And(HaveField("Code", -1), HaveField("Status", "signal: killed")))
	})

	It("is not waited for longer than told where a child holds its output", func(ctx SpecContext) {
		p := shell("sleep 5 & echo said")
		p.Linger = time.Millisecond
		e, err := p.Run(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(e.Wall).To(BeNumerically("<", 4*time.Second))
	})
})

var _ = Describe("What a running process takes", func() {
	It("is read from /proc", func() {
		u, err := process.UsageOf(os.Getpid())
		Expect(err).NotTo(HaveOccurred())
		Expect(u.Resident).To(And(BeNumerically(">", 0), BeNumerically("<=", u.Peak)))
		_, err = process.UsageOf(-1)
		Expect(err).To(MatchError(os.ErrNotExist))
	})

	const after = " S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0"
	DescribeTable("is parsed whatever the command is called", func(command string) {
		u, err := process.Parse("77 ("+command+")"+after, "Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n")
		Expect(err).NotTo(HaveOccurred())
		Expect(u).To(Equal(process.Usage{CPU: 3 * time.Second, Resident: 1024, Peak: 2048}))
	},
		Entry(nil, "opsman-sim"), Entry(nil, "a b"), Entry(nil, "x) S 9 (y"),
	)

	DescribeTable("is an error when it is not understood", func(stat, status string) {
		_, err := process.Parse(stat, status)
		Expect(err).To(MatchError(ContainSubstring("read what a process takes: /proc/PID/stat")))
	},
		Entry("short", "77 (x) S 1 2", ""), Entry("no number", "77 (x) S 1 2 3 4 5 6 7 8 9 10 a 50 0", ""),
		Entry("no memory", "77 (x)"+after, "VmRSS:\tmuch\n"),
	)
})
