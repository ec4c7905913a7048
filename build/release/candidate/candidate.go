// Package candidate says whether a version may be released: its number, CHANGELOG.md, the
// checkout and its tag, what the built programs say of themselves, and what the images'
// labels say.
package candidate

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/mod/semver"
)

// Candidate is what may become a release.
type Candidate struct {
	// Version is the release, without a leading v: "1.0.0".
	Version string
	// Checkout is the folder of the repository.
	Checkout string
	// Programs is the folder with the programs as built for the release.
	Programs string
	// Archives is the folder with the images' archives, as of make image-archives.
	Archives string
}

// Found is what a check has found.
type Found struct {
	// Problems are why it may not be released, each with what to do.
	Problems []error
	// Facts are what was looked at, and what was not.
	Facts []string
}

func (f *Found) problem(format string, args ...any) {
	f.Problems = append(f.Problems, fmt.Errorf(format, args...))
}

func (f *Found) fact(what, format string, args ...any) {
	f.Facts = append(f.Facts, fmt.Sprintf("%-14s%s", what, fmt.Sprintf(format, args...)))
}

// Check looks at everything, and stops at no problem. With a version that is none, what
// goes by the version cannot be looked at.
func (c Candidate) Check(ctx context.Context) Found {
	var f Found
	numbered := c.checkVersion(&f)
	c.checkChangelog(&f, numbered)
	head := c.checkCheckout(ctx, &f, numbered)
	if numbered {
		c.checkPrograms(ctx, &f, head)
		c.checkArchives(&f, head)
	}
	return f
}

// checkVersion tells whether the version is one.
func (c Candidate) checkVersion(f *Found) bool {
	v := c.Version
	switch {
	case v == "":
		f.problem("VERSION is empty: name the release, for example make release-check VERSION=1.0.0")
	case strings.HasPrefix(v, "v"):
		f.problem("VERSION %q begins with a v, which tags have and versions have not: leave it out", v)
	case !semver.IsValid("v"+v) || semver.Canonical("v"+v)+semver.Build("v"+v) != "v"+v:
		f.problem("VERSION %q is not a semantic version: expected MAJOR.MINOR.PATCH, for example 1.0.0 or 1.1.0-rc.1", v)
	case semver.Build("v"+v) != "":
		f.problem("VERSION %q has build metadata, which a tag of an image cannot have: leave out %q", v, semver.Build("v"+v))
	default:
		return true
	}
	return false
}
