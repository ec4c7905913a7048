package candidate

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

const changelog = "CHANGELOG.md"

// section is what stands below one heading of the changelog, "## [1.0.0] - 2026-11-29".
type section struct {
	// line is that of the heading, from 1.
	line int
	// version is empty for what is unreleased.
	version, date string
	// entries are the lines that say something: no headings, no targets of links.
	entries []string
}

var (
	heading    = regexp.MustCompile(`^## +\[?([^\]\s]+)\]?(?: +- +(.*\S))? *$`)
	linkTarget = regexp.MustCompile(`^\[[^\]]+\]: `)
)

// sections are those of a changelog, from above.
func sections(text string) (all []section) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "## "):
			s := section{line: n}
			if m := heading.FindStringSubmatch(line); m == nil {
				s.version = strings.TrimPrefix(line, "## ")
			} else if !strings.EqualFold(m[1], "unreleased") {
				s.version, s.date = m[1], m[2]
			}
			all = append(all, s)
		case len(all) == 0 || line == "" || strings.HasPrefix(line, "#") || linkTarget.MatchString(line):
		default:
			last := &all[len(all)-1]
			last.entries = append(last.entries, line)
		}
	}
	return all
}

// checkChangelog looks for the release's section, and for what was left out of it.
func (c Candidate) checkChangelog(f *Found, numbered bool) {
	text, err := os.ReadFile(filepath.Join(c.Checkout, changelog))
	if err != nil {
		f.problem("the changelog cannot be read: %w; a release has a section in it", err)
		return
	}
	all := sections(string(text))
	for _, s := range all {
		if s.version == "" && len(s.entries) > 0 {
			f.problem("%s, line %d: %s still unreleased, the first is %q: move all of it into the section of the release", changelog, s.line, count(s.entries, "line is", "lines are"), shown(s.entries[0]))
		}
	}
	if !numbered {
		return
	}
	released := slices.DeleteFunc(all, func(s section) bool { return s.version == "" })
	at := slices.IndexFunc(released, func(s section) bool { return s.version == c.Version })
	if at < 0 {
		f.problem(`%s has no section for %s: write "## [%s] - YYYY-MM-DD" above the other versions, with what is released below it`, changelog, c.Version, c.Version)
		return
	}
	c.checkSection(f, released[at])
	for i, s := range released {
		switch {
		case i == at:
		case s.version == c.Version:
			f.problem("%s, line %d: %s has another section on line %d: make one of them", changelog, s.line, c.Version, released[at].line)
		case !semver.IsValid("v" + s.version):
			f.problem(`%s, line %d: "## %s" is neither Unreleased nor a version: expected for example "## [1.0.0] - 2026-11-29"`, changelog, s.line, s.version)
		case semver.Compare("v"+s.version, "v"+c.Version) > 0:
			f.problem("%s, line %d: %s is newer than %s: release a version above it", changelog, s.line, s.version, c.Version)
		case i < at:
			f.problem("%s, line %d: %s stands below %s, which is older: the newest version stands first", changelog, released[at].line, c.Version, s.version)
		}
	}
}

// checkSection looks at the release's own section.
func (c Candidate) checkSection(f *Found, s section) {
	if s.date == "" {
		f.problem(`%s, line %d: %s has no date: write "## [%s] - YYYY-MM-DD"`, changelog, s.line, c.Version, c.Version)
	} else if _, err := time.Parse(time.DateOnly, s.date); err != nil {
		f.problem(`%s, line %d: %q is not a date: write "## [%s] - YYYY-MM-DD"`, changelog, s.line, s.date, c.Version)
	}
	if len(s.entries) == 0 {
		f.problem("%s, line %d: nothing stands below %s: write what an operator notices of it", changelog, s.line, c.Version)
	}
	f.fact(changelog, "%s, %s", s.date, count(s.entries, "line", "lines"))
}

// shown is the beginning of a line.
func shown(line string) string {
	const most = 60
	if r := []rune(line); len(r) > most {
		return string(r[:most]) + "…"
	}
	return line
}

// count says how many there are.
func count(all []string, one, many string) string {
	if len(all) == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", len(all), many)
}
