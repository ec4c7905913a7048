// Package buildinfo is which build of the project a binary is.
package buildinfo

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Set by the linker (Makefile, LDFLAGS); empty in a binary that was built or
// installed by plain go, where the Go toolchain's own record takes their place.
var (
	// Version is the release, without a leading v: "0.1.0".
	Version string
	// Commit is the abbreviated git commit, with "-dirty" behind it when the
	// checkout had changes: "abc1234".
	Commit string
	// Date is when the commit was made, RFC 3339. It is not the time of the
	// build, so that the same commit gives the same binary.
	Date string
)

// Names for what the build did not record.
const (
	devVersion    = "0.0.0-dev"
	unknownCommit = "unknown commit"
)

// commitLength is how many digits of a full commit hash are shown.
const commitLength = 7

// Info is what is known about a build.
type Info struct {
	Version string
	Commit  string
	// Date is empty when it was not recorded.
	Date string
	// Go is the version of the Go toolchain: "go1.26.8".
	Go string
}

// String is the line that every command shows for itself:
// "opsman-ca 0.1.0 (abc1234, go1.26.8)".
func String(command string) string {
	return Read().Line(command)
}

// Read is the running binary's info.
func Read() Info {
	linked := Info{Version: Version, Commit: Commit, Date: Date, Go: runtime.Version()}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		build = &debug.BuildInfo{}
	}
	return linked.Complete(build)
}

// Line is the info as one line for people.
func (i Info) Line(command string) string {
	return fmt.Sprintf("%s %s (%s, %s)", command, i.Version, i.Commit, i.Go)
}

// Complete fills in what the linker did not set: first from what the Go
// toolchain recorded in the binary, then with words that admit not knowing.
func (i Info) Complete(build *debug.BuildInfo) Info {
	i.Version = cmp.Or(i.Version, released(build.Main.Version), devVersion)
	if i.Commit == "" {
		i.Commit = cmp.Or(commit(build.Settings), unknownCommit)
		i.Date = cmp.Or(i.Date, setting(build.Settings, "vcs.time"))
	}
	i.Go = cmp.Or(i.Go, build.GoVersion)
	return i
}

// released is the module version without its v; "(devel)" says nothing.
func released(module string) string {
	if module == "(devel)" {
		return ""
	}
	return strings.TrimPrefix(module, "v")
}

func commit(settings []debug.BuildSetting) string {
	hash := setting(settings, "vcs.revision")
	if hash == "" {
		return ""
	}
	hash = hash[:min(len(hash), commitLength)]
	if setting(settings, "vcs.modified") == "true" {
		hash += "-dirty"
	}
	return hash
}

func setting(settings []debug.BuildSetting, key string) string {
	for _, s := range settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
