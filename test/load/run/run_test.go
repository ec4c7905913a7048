package run_test

import (
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/test/integration/programs"
	"github.com/opsman-ca/opsman-ca/test/load/run"
)

func TestRun(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	RunSpecs(t, "Load")
}

// binaries is a folder with the commands as they are now, and the real om.
var binaries string

var _ = SynchronizedBeforeSuite(func() []byte { return []byte(programs.Folder("cmd/opsman-sim")) }, func(folder []byte) { binaries = string(folder) })

var _ = SynchronizedAfterSuite(func() {}, gexec.CleanupBuildArtifacts)

var _ = Describe("A load test", func() {
	options := func() run.Options {
		return run.Options{Binaries: binaries, Foundations: 20, Workers: 4, Rounds: 1}
	}

	It("has every foundation checked, and none answered wrong", func(ctx SpecContext) {
		Expect(options().Missing()).To(Succeed())
		r, err := run.Run(ctx, options(), GinkgoWriter)
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Examples()).To(BeEmpty())
		Expect(r.Wrong() + r.Om.Wrong).To(BeZero())
		Expect(r.First.Total().Runs).To(Equal(20))
		Expect(r.Check.Total().Runs).To(Equal(20))
		Expect(r.Om.Total().Runs).To(Equal(20))
		Expect(r.Check.Total().CPU).To(BeNumerically(">", 0))
		Expect(r.Ratio()).To(BeNumerically(">", 0))
		Expect(r.Resident).To(HaveLen(1+len(r.Check.Slices)+len(r.Om.Slices)), "the simulator's memory ahead of the slices, and behind each")
		Expect(r.Resident).To(HaveEach(BeNumerically(">", 0)))
	})

	It("counts what is wrong, of check and of om", func(ctx SpecContext) {
		o := options()
		o.Binaries = GinkgoT().TempDir()
		Expect(os.Symlink(filepath.Join(binaries, "opsman-sim"), filepath.Join(o.Binaries, "opsman-sim"))).To(Succeed())
		for name, script := range map[string]string{
			"check": `echo '[{"state":"settled","active":"another"}]'`, "om-quick": "echo nothing; exit 1",
		} {
			Expect(os.WriteFile(filepath.Join(o.Binaries, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700)).To(Succeed())
		}
		r, err := run.Run(ctx, o, GinkgoWriter)
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Wrong()).To(Equal(40))
		Expect(r.Om.Wrong).To(Equal(20))
		Expect(r.Examples()).To(ContainElements(ContainSubstring("answered [map[active:another state:settled]], expected"), ContainSubstring("ended with 1 and did not list")))
	})

	It("says what has to be built first", func() {
		o := options()
		o.Binaries = GinkgoT().TempDir()
		Expect(o.Missing()).To(MatchError(And(ContainSubstring("check"), ContainSubstring("make build bin/om-quick"))))
	})
})
