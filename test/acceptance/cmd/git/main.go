// Command git stands in for Concourse's git resource, which is not published as a Go
// module. It is check, in and out by the name that it is called by, and runs git.
//
// Of the real one's source it knows uri, branch, tag_regex and fetch_tags; of its params,
// for a put, repository, tag, annotate, only_tag and force. A private_key is taken, and not used.
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
}

type request struct {
	Source struct {
		URI        string `json:"uri"`
		Branch     string `json:"branch"`
		PrivateKey string `json:"private_key"`
		TagRegex   string `json:"tag_regex"`
		FetchTags  bool   `json:"fetch_tags"`
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
		Check: func(r request) (any, error) { return check(r) },
		In: func(r request, folder string) (any, error) {
			if r.Version == nil {
				return nil, errors.New("in needs a version")
			}
			return map[string]any{"version": r.Version}, in(r, folder)
		},
		Out: out,
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

// check lists the cursor and what came after it: commits of the branch, or tags, oldest first.
func check(r request) ([]version, error) {
	folder, err := os.MkdirTemp("", "check")
	if err != nil {
		return nil, err
	}
	if _, err := git(folder, "clone", "--quiet", "--bare", "--branch", r.Source.Branch, r.Source.URI, folder+"/bare"); err != nil {
		return nil, err
	}
	list := []string{"rev-list", "--reverse", "--first-parent", r.Source.Branch}
	if r.Source.TagRegex != "" {
		list = []string{"for-each-ref", "--sort=creatordate", "--format=%(refname:strip=2)", "refs/tags"}
	}
	text, err := git(folder+"/bare", list...)
	if err != nil {
		return nil, err
	}
	wanted, err := regexp.Compile("^(" + r.Source.TagRegex + ")$")
	if err != nil {
		return nil, fmt.Errorf("tag_regex: %w", err)
	}
	versions := []version{}
	for ref := range strings.FieldsSeq(text) {
		if r.Source.TagRegex == "" || wanted.MatchString(ref) {
			versions = append(versions, version{ref})
		}
	}
	if len(versions) == 0 {
		return versions, nil
	}
	if r.Version == nil {
		return versions[len(versions)-1:], nil
	}
	return versions[max(slices.Index(versions, *r.Version), 0):], nil
}

// in clones the repository at a version.
func in(r request, into string) error {
	clone := []string{"clone", "--quiet", "--branch", r.Source.Branch}
	if !r.Source.FetchTags {
		clone = append(clone, "--no-tags")
	}
	if _, err := git("/", append(clone, r.Source.URI, into)...); err != nil {
		return err
	}
	_, err := git(into, "checkout", "--quiet", r.Version.Ref)
	return err
}

// out tags the repository's commit and pushes the tag.
func out(r request, sources string) (any, error) {
	if !r.Params.OnlyTag || r.Params.Tag == "" {
		return nil, errors.New("this stand-in pushes tags alone")
	}
	repository := filepath.Join(sources, r.Params.Repository)
	tag, err := os.ReadFile(filepath.Join(sources, r.Params.Tag)) //nolint:gosec // the pipeline names it
	if err != nil {
		return nil, fmt.Errorf("tag: %w", err)
	}
	name := strings.TrimSpace(string(tag))
	// As the real one: a tag that is there is made again.
	args := []string{"tag", "--force", name}
	if r.Params.Annotate != "" {
		args = append(args, "--annotate", "--file", filepath.Join(sources, r.Params.Annotate))
	}
	if _, err := git(repository, args...); err != nil {
		return nil, err
	}
	push := []string{"push", "--quiet", "--tags", r.Source.URI}
	if r.Params.Force {
		push = append(push, "--force")
	}
	if _, err := git(repository, push...); err != nil {
		return nil, err
	}
	head, err := git(repository, "rev-parse", "HEAD")
	return map[string]any{"version": version{head}}, err
}
