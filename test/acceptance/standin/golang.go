package standin

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// used are the programs that the scripts of build/release and make start.
var used = []string{
	"sh", "bash", "env", "git", "git-upload-pack", "make", "tar", "gzip", "sed", "grep", "awk", "sort", "head", "tail", "tr", "wc", "date", "cat", "tee", "cp", "mv", "rm", "ls",
	"mkdir", "mktemp", "dirname", "basename", "sha256sum", "uname", "find", "xargs", "printf", "test",
}

// Golang is a layer in place of golang:1.26: the machine's Go, what scripts start, and in the folder cache what Go
// compiles for those commands in a checkout, as several steps need it. It gives the environment as well.
func Golang(ctx context.Context, checkout, cache string, commands ...[]string) (*Layer, []string, error) {
	l := NewLayer()
	l.Programs(ctx, used...)
	root, err := ask(ctx, checkout, []string{"env", "GOROOT"})
	if err != nil {
		return nil, nil, err
	}
	l.Tree(root, func(name string, entry fs.DirEntry) bool {
		within, _ := filepath.Rel(root, name)
		return entry.Name() == "testdata" || strings.HasSuffix(name, "_test.go") ||
			within == "test" || within == "doc" || within == "api" || within == "misc" || within == "src/cmd"
	})
	compiling := []string{"GOCACHE=" + cache, "GOFLAGS=-trimpath", "CGO_ENABLED=0"}
	for _, command := range commands {
		if _, err := ask(ctx, checkout, command, compiling...); err != nil {
			return nil, nil, err
		}
	}
	l.Tree(cache, nil)
	return l, append([]string{"PATH=" + root + "/bin:/usr/bin", "HOME=/root", "GOTOOLCHAIN=local"}, compiling...), nil
}

func ask(ctx context.Context, checkout string, args []string, env ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // commands of this file
	var complaint bytes.Buffer
	cmd.Dir, cmd.Stderr, cmd.Env = checkout, &complaint, append(os.Environ(), env...)
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, complaint.String())
	}
	return strings.TrimSpace(string(text)), nil
}
