package process_test

import (
	"context"
	"os"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/load/process"
)

func TestProcess(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Processes")
}

var _ = Describe("A process", func() {
	shell := func(script string) process.Command {
		return process.Command{Path: "/bin/sh", Args: []string{"-c", script}, Stdin: []byte("from stdin"), Environ: []string{"GREETING=hello"}}
	}

	It("is run with its input and its environment alone", func(ctx SpecContext) {
		GinkgoT().Setenv("OM_TARGET", "elsewhere")
		e, err := process.Run(ctx, shell(`cat; echo " $GREETING$OM_TARGET"; echo trouble >&2; exit 3`))
		Expect(err).NotTo(HaveOccurred())
		Expect(e.Code).To(Equal(3))
		Expect(e.Stdout).To(Equal("from stdin hello\n"))
		Expect(e.Stderr).To(Equal("trouble\n"))
		Expect(e.Wall).To(BeNumerically(">", 0))
		Expect(e.Peak).To(BeNumerically(">", 0))
	})

	It("has the CPU time that it took", func(ctx SpecContext) {
		e, err := process.Run(ctx, shell(`i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done`))
		Expect(err).NotTo(HaveOccurred())
		Expect(e.CPU).To(BeNumerically(">", time.Millisecond))
	})

	It("that cannot be started is an error, and so is one that is stopped", func(ctx SpecContext) {
		_, err := process.Run(ctx, process.Command{Path: "/nowhere/check"})
		Expect(err).To(MatchError(os.ErrNotExist))
		stopped, stop := context.WithCancel(ctx)
		stop()
		_, err = process.Run(stopped, shell("exit 0"))
		Expect(err).To(MatchError(context.Canceled))
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
