package candidate

import (
	"context"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// programs are those of this project, with what they call themselves.
var programs = []struct{ name, title string }{
	{"check", "opsman-ca check"}, {"in", "opsman-ca in"}, {"out", "opsman-ca out"},
	{"opsman-ca", "opsman-ca"}, {"opsman-sim", "opsman-sim"},
}

// build is how internal/buildinfo says which build a program is.
var build = regexp.MustCompile(`^([a-z -]+) (\S+) \(([^,)]+), go[^)]+\)`)

// patience is how long a program may take to say its version.
const patience = 30 * time.Second

// checkPrograms asks each program for its version.
func (c Candidate) checkPrograms(ctx context.Context, f *Found, h head) {
	var said []string
	for _, p := range programs {
		path := filepath.Join(c.Programs, p.name)
		line, err := ask(ctx, path)
		if err != nil {
			f.problem("%s --version fails: %w; it is built by make release-check", path, err)
			continue
		}
		m := build.FindStringSubmatch(line)
		switch {
		case len(m) == 0 || m[1] != p.title:
			f.problem(`%s --version says %q: expected "%s %s (COMMIT, GO)", as internal/buildinfo writes it`, path, shown(line), p.title, c.Version)
		case m[2] != c.Version:
			f.problem("%s --version says %s and not %s: build it with BUILD_VERSION=%s; if it was, LDFLAGS of the Makefile name another variable than internal/buildinfo has", path, m[2], c.Version, c.Version)
		case h.hash != "" && !h.is(strings.TrimSuffix(m[3], "-dirty")):
			f.problem("%s --version says commit %s, and %.7s is checked out: build it again, without BUILD_COMMIT", path, m[3], h.hash)
		default:
			said = append(said, p.name)
		}
	}
	f.fact("programs", "%s", strings.Join(said, ", "))
}

// ask is the first line that a program prints with --version.
func ask(ctx context.Context, path string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	out, err := output(exec.CommandContext(ctx, path, "--version"))
	line, _, _ := strings.Cut(out, "\n")
	return line, err
}
