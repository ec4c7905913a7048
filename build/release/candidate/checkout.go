package candidate

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// head is the commit that is checked out; nothing is known of the zero value.
type head struct {
	// hash is the whole hash.
	hash string
	date time.Time
}

// abbreviated is how many digits of a hash git prints at least.
const abbreviated = 7

// is tells whether a program or an image names this commit.
func (h head) is(commit string) bool {
	return len(commit) >= abbreviated && strings.HasPrefix(h.hash, commit)
}

// checkCheckout looks whether the checkout is the commit that is released, and all of it.
func (c Candidate) checkCheckout(ctx context.Context, f *Found, numbered bool) head {
	said, err := c.git(ctx, "log", "-1", "--format=%H %cI")
	if err != nil {
		f.problem("git does not tell which commit is checked out: %w; check in a clone of the repository", err)
		return head{}
	}
	var h head
	var date string
	if h.hash, date, _ = strings.Cut(said, " "); h.hash == "" {
		f.problem("git names no commit, but %q: check in a clone of the repository", said)
		return head{}
	}
	if h.date, err = time.Parse(time.RFC3339, date); err != nil {
		f.problem("git does not tell when %s was made: %w", h.hash, err)
		return head{}
	}

	changed, err := c.git(ctx, "status", "--porcelain")
	if err != nil {
		f.problem("git does not tell what was changed in the checkout: %w", err)
	} else if changed != "" {
		files := strings.Split(changed, "\n")
		f.problem("%s changed or new in the checkout, the first is %q: commit all of it, or put it away with git stash --include-untracked", count(files, "file is", "files are"), strings.TrimSpace(files[0]))
	}
	if !numbered {
		return h
	}

	tag := "v" + c.Version
	tagged, err := c.git(ctx, "for-each-ref", "--format=%(objectname) %(*objectname)", "refs/tags/"+tag)
	// The second is there for a tag that is an object of its own, and is the commit.
	commits := strings.Fields(tagged)
	switch {
	case err != nil:
		f.problem("git does not tell whether there is a tag %s: %w", tag, err)
	case len(commits) == 0:
		f.fact("commit", "%s, without a tag so far: git tag --annotate %s", h.hash, tag)
	case commits[len(commits)-1] != h.hash:
		f.problem("the tag %s is commit %.7s, and %.7s is checked out: check out the tag, or release another version; a tag that was published stays where it is", tag, commits[len(commits)-1], h.hash)
	default:
		f.fact("commit", "%s, tag %s", h.hash, tag)
	}
	return h
}

// git runs git in the checkout.
func (c Candidate) git(ctx context.Context, args ...string) (string, error) {
	return output(exec.CommandContext(ctx, "git", append([]string{"-C", c.Checkout}, args...)...)) //nolint:gosec // git, with arguments of this package
}

// output is what a program writes to standard output; an error has what it says of it.
func output(program *exec.Cmd) (string, error) {
	out, err := program.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		err = fmt.Errorf("%w: %s", err, strings.Join(strings.Fields(string(exit.Stderr)), " "))
	}
	return strings.TrimRight(string(out), "\n"), err
}
