package buildinfo_test

import (
	"context"
	"os/exec"
	"runtime"
	"runtime/debug"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/buildinfo"
)

var _ = Describe("Info", func() {
	const revision = "abc1234def5678abc1234def5678abc1234def56"

	installed := func(version, revision, modified string) *debug.BuildInfo {
		build := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: version}}
		if revision != "" {
			build.Settings = []debug.BuildSetting{
				{Key: "vcs.revision", Value: revision},
				{Key: "vcs.time", Value: "2026-08-01T10:00:00Z"},
				{Key: "vcs.modified", Value: modified},
			}
		}
		return build
	}
	linked := buildinfo.Info{Version: "0.1.0", Commit: "1234567", Date: "2026-09-01T10:00:00Z"}

	DescribeTable("as one line",
		func(linked buildinfo.Info, build *debug.BuildInfo, line, date string) {
			info := linked.Complete(build)

			Expect(info.Line("opsman-ca")).To(Equal(line))
			Expect(info.Date).To(Equal(date))
		},
		Entry("the linker's variables win over the toolchain's record",
			linked, installed("v9.9.9", revision, "true"),
			"opsman-ca 0.1.0 (1234567, go1.26.8)", "2026-09-01T10:00:00Z"),
		Entry("the linker's variables are enough without version control",
			linked, installed("(devel)", "", ""),
			"opsman-ca 0.1.0 (1234567, go1.26.8)", "2026-09-01T10:00:00Z"),
		Entry("installed by go at a release",
			buildinfo.Info{}, installed("v0.1.0", "", ""),
			"opsman-ca 0.1.0 (unknown commit, go1.26.8)", ""),
		Entry("built by plain go in a clean checkout",
			buildinfo.Info{}, installed("(devel)", revision, "false"),
			"opsman-ca 0.0.0-dev (abc1234, go1.26.8)", "2026-08-01T10:00:00Z"),
		Entry("built by plain go in a checkout with changes",
			buildinfo.Info{}, installed("(devel)", revision, "true"),
			"opsman-ca 0.0.0-dev (abc1234-dirty, go1.26.8)", "2026-08-01T10:00:00Z"),
		Entry("the linker set a commit but no date: another commit's date is not taken",
			buildinfo.Info{Commit: "1234567"}, installed("", revision, "false"),
			"opsman-ca 0.0.0-dev (1234567, go1.26.8)", ""),
		Entry("a commit shorter than what is shown",
			buildinfo.Info{}, installed("", "abc", "false"),
			"opsman-ca 0.0.0-dev (abc, go1.26.8)", "2026-08-01T10:00:00Z"),
		Entry("nothing is recorded at all",
			buildinfo.Info{Go: "go1.26.8"}, &debug.BuildInfo{},
			"opsman-ca 0.0.0-dev (unknown commit, go1.26.8)", ""),
	)
})

var _ = Describe("a built binary", func() {
	// The linker ignores a variable that does not exist, so only a real build
	// shows that these names, which the Makefile has too, are right.
	const variables = "github.com/opsman-ca/opsman-ca/internal/buildinfo."

	output := func(ctx context.Context, flags ...string) string {
		GinkgoHelper()
		binary, err := gexec.Build("./testdata/print", append(flags, "-buildvcs=false")...)
		Expect(err).NotTo(HaveOccurred())
		out, err := exec.CommandContext(ctx, binary).Output()
		Expect(err).NotTo(HaveOccurred())
		return string(out)
	}

	It("says what the linker was told", func(ctx SpecContext) {
		Expect(output(ctx, "-ldflags", "-X "+variables+"Version=1.2.3"+
			" -X "+variables+"Commit=abc1234 -X "+variables+"Date=2026-08-01T10:00:00Z")).
			To(Equal("print 1.2.3 (abc1234, " + runtime.Version() + ") 2026-08-01T10:00:00Z\n"))
	})

	It("admits not knowing when it was told nothing", func(ctx SpecContext) {
		Expect(output(ctx)).To(Equal("print 0.0.0-dev (unknown commit, " + runtime.Version() + ") \n"))
	})
})
