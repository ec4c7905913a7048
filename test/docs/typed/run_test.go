package typed_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/docs/page"
	"github.com/opsman-ca/opsman-ca/test/docs/reader"
)

// script has the commands of a page on the lines on which the page has them, so that
// bash names those. What a block prints goes to a file, logs + its line.
func script(blocks []page.Block, logs string) string {
	text := ""
	line := 1
	for _, b := range blocks {
		if b.NotRun != "" {
			continue
		}
		before, behind := "", ""
		if b.Fails != "" {
			before, behind = "; if (", "); then echo 'it must fail, and did not'; exit 97; fi"
		}
		text += strings.Repeat("\n", b.Line-1-line) + fmt.Sprintf("exec >%s%d 2>&1%s\n", logs, b.Line, before) + b.Text + behind + "\n"
		line = b.Line + strings.Count(b.Text, "\n") + 1
	}
	return text
}

var _ = Describe("what a page tells to type", func() {
	for _, name := range reader.Typed {
		It("works in "+name, func(ctx SpecContext) {
			blocks, _ := reader.Read(name)
			folder, logs := reader.Clone(ctx), GinkgoT().TempDir()+"/"
			for _, b := range blocks {
				taken(ctx, b)
			}
			typed := filepath.Join(logs, filepath.Base(name))
			Expect(os.WriteFile(typed, []byte(script(blocks, logs)), 0o600)).To(Succeed())

			shell := exec.CommandContext(ctx, "bash", "-eo", "pipefail", typed)
			shell.Dir, shell.Env = folder, reader.Environment()
			// What runs in the background is of the same group, and ends with the page.
			shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			shell.Cancel = func() error { return syscall.Kill(-shell.Process.Pid, syscall.SIGTERM) }
			failed := shell.Run()
			if shell.Process != nil {
				_ = syscall.Kill(-shell.Process.Pid, syscall.SIGTERM)
			}

			for i, b := range blocks {
				if b.NotRun != "" {
					continue
				}
				printed, err := os.ReadFile(fmt.Sprintf("%s%d", logs, b.Line))
				Expect(err).NotTo(HaveOccurred(), "%s, line %d: bash did not come so far: %v", name, b.Line, failed)
				if failed != nil && last(blocks[i+1:], logs) {
					Fail(fmt.Sprintf("%s, line %d, as it is typed: %v\n%s\nprints\n%s", name, b.Line, failed, b.Text, printed))
				}
				if b.Output != "" && !page.Shows(b.Output, string(printed)) {
					Fail(fmt.Sprintf("%s, line %d: the page shows\n%s\nand what comes is\n%s", name, b.Line, b.Output, printed))
				}
			}
			Expect(failed).NotTo(HaveOccurred())
		}, SpecTimeout(5*time.Minute))
	}
})

// last tells whether bash came to none of these.
func last(blocks []page.Block, logs string) bool {
	for _, b := range blocks {
		if _, err := os.Stat(fmt.Sprintf("%s%d", logs, b.Line)); err == nil {
			return false
		}
	}
	return true
}

// taken fails where another program listens on the simulator's port: the commands
// would reach that one.
func taken(ctx SpecContext, b page.Block) {
	GinkgoHelper()
	if !strings.Contains(b.Text, "opsman-sim serve") || b.NotRun != "" {
		return
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:8443")
	Expect(err).NotTo(HaveOccurred(), "line %d serves on this port: end what listens there, and run this again", b.Line)
	Expect(listener.Close()).To(Succeed())
}
