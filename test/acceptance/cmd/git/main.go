// Command git stands in for Concourse's git resource, which is not published as a Go
// module. It is check, in and out by the name that it is called by, and runs git.
//
// Of the real one's source it knows uri, branch, tag_regex and fetch_tags; of its params,
// for a put, repository, tag, annotate, only_tag and force. A private_key is taken, and not
// used; one that is empty is refused, as ssh-add does.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/test/acceptance/resourcetype"
)

type version struct {
	Ref string `json:"ref"`
	// Commit is that of a tag.
	Commit string `json:"commit,omitempty"`
}

type request struct {
	Source struct {
		URI        string  `json:"uri"`
		Branch     string  `json:"branch"`
		PrivateKey *string `json:"private_key"`
		TagRegex   string  `json:"tag_regex"`
		FetchTags  *bool   `json:"fetch_tags"`
	} `json:"source"`
	Version *version `json:"version"`
	Params  struct {
		Repository string `json:"repository"`
		Tag        string `json:"tag"`
		Annotate   string `json:"annotate"`
		OnlyTag    bool   `json:"only_tag"`
		Force      bool   `json:"force"`
	} `json:"params"`
}

func main() {
	steps := resourcetype.Steps[request]{
		Check: func(r request) (any, error) {
			if err := r.usable(); err != nil {
				return nil, err
			}
			if r.Source.TagRegex != "" {
				return checkTags(r)
			}
			return checkCommits(r)
		},
		In: func(r request, folder string) (any, error) {
			if err := r.usable(); err != nil {
				return nil, err
			}
			if r.Version == nil {
				return nil, errors.New("in needs a version")
			}
			// Without the commit, as the real one.
			return map[string]any{"version": version{Ref: r.Version.Ref}}, in(r, folder)
		},
		Out: func(r request, folder string) (any, error) {
			if err := r.usable(); err != nil {
				return nil, err
			}
			return out(r, folder)
		},
	}
	if err := steps.Run(os.Args, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "git stand-in:", err)
		os.Exit(1)
	}
}

// git runs git in a folder, and gives what it prints.
func git(folder string, args ...string) (string, error) {
	cmd := exec.CommandContext(context.Background(), "git", args...) //nolint:gosec // commands of this file
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &stdout, &stderr
	cmd.Env = append(os.Environ(), "HOME=/tmp", "GIT_COMMITTER_NAME=Concourse", "GIT_COMMITTER_EMAIL=concourse@example.com")
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(stdout.String()), nil
}

func (r request) usable() error {
	if r.Source.PrivateKey != nil && strings.TrimSpace(*r.Source.PrivateKey) == "" {
		return errors.New("private_key is empty: Error loading key: error in libcrypto")
	}
	return nil
}

// bare clones the repository for a check.
func bare(r request, flags ...string) (string, error) {
	folder, err := os.MkdirTemp("", "check")
	if err != nil {
		return "", err
	}
	_, err = git(folder, append([]string{"clone", "--quiet", "--bare", "--branch", r.Source.Branch, r.Source.URI, folder + "/bare"}, flags...)...)
	return folder + "/bare", err
}

// checkCommits lists the cursor and the commits of the branch after it, oldest first; where the cursor is
// gone, the newest one.
func checkCommits(r request) ([]version, error) {
	folder, err := bare(r, "--single-branch", "--no-tags")
	if err != nil {
		return nil, err
	}
	text, err := git(folder, "rev-list", "--reverse", "--first-parent", r.Source.Branch)
	if err != nil {
		return nil, err
	}
	var versions []version
	for ref := range strings.FieldsSeq(text) {
		versions = append(versions, version{Ref: ref})
	}
	from := len(versions) - 1
	if r.Version != nil {
		if at := slices.IndexFunc(versions, func(v version) bool { return v.Ref == r.Version.Ref }); at >= 0 {
			from = at
		}
	}
	return versions[from:], nil
}

// checkTags gives the newest tag of the branch, and no other; behind a cursor on the first commit none at all, as the
// real one asks git for what lies between its parent and the head.
func checkTags(r request) ([]version, error) {
	wanted, err := regexp.Compile("^(" + r.Source.TagRegex + ")$")
	if err != nil {
		return nil, fmt.Errorf("tag_regex: %w", err)
	}
	folder, err := bare(r)
	if err != nil {
		return nil, err
	}
	if r.Version != nil {
		_, known := git(folder, "rev-parse", "--verify", r.Version.Ref)
		if _, err := git(folder, "rev-parse", "--verify", r.Version.Ref+"~1"); known == nil && err != nil {
			return []version{}, nil
		}
	}
	text, err := git(folder, "tag", "--sort=creatordate", "--merged", r.Source.Branch)
	if err != nil {
		return nil, err
	}
	for _, tag := range slices.Backward(strings.Fields(text)) {
		if wanted.MatchString(tag) {
			commit, err := git(folder, "rev-list", "-n", "1", tag)
			return []version{{tag, commit}}, err
		}
	}
	return []version{}, nil
}

// in clones the branch, and checks the version out.
func in(r request, into string) error {
	clone := []string{"clone", "--quiet", "--single-branch", "--branch", r.Source.Branch}
	switch {
	case r.Source.FetchTags != nil && !*r.Source.FetchTags:
		clone = append(clone, "--no-tags")
	case r.Source.FetchTags != nil || r.Source.TagRegex != "":
		clone = append(clone, "--tags")
	}
	if _, err := git("/", append(clone, r.Source.URI, into)...); err != nil {
		return err
	}
	_, err := git(into, "checkout", "--quiet", "--force", r.Version.Ref)
	return err
}

// out pushes all tags of a repository, with one more where a file names it.
func out(r request, sources string) (any, error) {
	if !r.Params.OnlyTag {
		return nil, errors.New("this stand-in pushes tags alone")
	}
	repository := filepath.Join(sources, r.Params.Repository)
	if r.Params.Tag != "" {
		tag, err := os.ReadFile(filepath.Join(sources, r.Params.Tag)) //nolint:gosec // the pipeline names it
		if err != nil {
			return nil, fmt.Errorf("tag: %w", err)
		}
		// As the real one: a tag that is there is made again.
		args := []string{"tag", "--force", strings.TrimSpace(string(tag))}
		if r.Params.Annotate != "" {
			args = append(args, "--annotate", "--file", filepath.Join(sources, r.Params.Annotate))
		}
		if _, err := git(repository, args...); err != nil {
			return nil, err
		}
	}
	push := []string{"push", "--tags", r.Source.URI}
	if r.Params.Force {
		push = append(push, "--force")
	}
	if _, err := git(repository, push...); err != nil {
		return nil, err
	}
	head, err := git(repository, "rev-parse", "HEAD")
	return map[string]any{"version": version{Ref: head}}, err
}
