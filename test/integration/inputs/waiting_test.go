package inputs_test

import (
	"os"
	"os/exec"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"
)

var _ = DescribeTable("A command that waits for its request ends on a signal",
	func(ctx SpecContext, name string, signal syscall.Signal, args ...string) {
		command := exec.CommandContext(ctx, paths[name], args...)
		command.Env = []string{"PATH=" + os.Getenv("PATH"), "NO_COLOR=1"}
		// A pipe that stays open and empty.
		_, err := command.StdinPipe()
		Expect(err).NotTo(HaveOccurred())
		session, err := gexec.Start(command, nil, nil)
		Expect(err).NotTo(HaveOccurred())
		Eventually(ctx, session.Err.Contents).Should(ContainSubstring("opsman-ca " + name))
		session.Signal(signal)
		Eventually(ctx, session.Exited).Should(BeClosed())
		Expect(session.ExitCode()).To(Equal(1))
		Expect(session.Out.Contents()).To(BeEmpty())
		Expect(said(session)).To(HaveExactElements(HavePrefix("interrupted: nothing was changed")))
	},
	Entry(nil, "check", syscall.SIGTERM), Entry(nil, "check", syscall.SIGINT),
	Entry(nil, "in", syscall.SIGTERM, "ca"), Entry(nil, "out", syscall.SIGTERM, "."),
)
