// Command github-release stands in for Concourse's github-release resource, which is not
// published as a Go module. It is check, in and out by the name that it is called by.
//
// What is put is sent to the URL that its source names as `stand_in`, as a form: name, tag, commitish
// and body, and the files.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/test/acceptance/resourcetype"
)

type request struct {
	Source struct {
		StandIn string `json:"stand_in"`
	} `json:"source"`
	Version map[string]string `json:"version"`
	Params  struct {
		Name      string   `json:"name"`
		Tag       string   `json:"tag"`
		Commitish string   `json:"commitish"`
		Body      string   `json:"body"`
		Globs     []string `json:"globs"`
	} `json:"params"`
}

func main() {
	steps := resourcetype.Steps[request]{
		Check: func(request) (any, error) { return []any{}, nil },
		In:    func(r request, _ string) (any, error) { return map[string]any{"version": r.Version}, nil },
		Out: func(r request, folder string) (any, error) {
			tag, err := publish(r, folder)
			return map[string]any{"version": map[string]string{"tag": tag}}, err
		},
	}
	if err := steps.Run(os.Args, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "github-release stand-in:", err)
		os.Exit(1)
	}
}

// publish sends the release, and gives its tag.
func publish(r request, sources string) (string, error) {
	fields := map[string]string{"name": r.Params.Name, "tag": r.Params.Tag, "commitish": r.Params.Commitish, "body": r.Params.Body}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, file := range fields {
		text, err := os.ReadFile(filepath.Join(sources, file)) //nolint:gosec // the pipeline names it
		if err != nil {
			return "", fmt.Errorf("%s: %w", field, err)
		}
		fields[field] = strings.TrimSpace(string(text))
		if err := form.WriteField(field, fields[field]); err != nil {
			return "", err
		}
	}
	for _, glob := range r.Params.Globs {
		files, err := filepath.Glob(filepath.Join(sources, glob))
		if err != nil || len(files) == 0 {
			return "", errors.Join(fmt.Errorf("globs: nothing is %s", glob), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file) //nolint:gosec // the pipeline names it
			if err != nil {
				return "", err
			}
			part, err := form.CreateFormFile("files", filepath.Base(file))
			if err != nil {
				return "", err
			}
			if _, err := part.Write(text); err != nil {
				return "", err
			}
		}
	}
	if err := form.Close(); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Source.StandIn, &body)
	if err != nil {
		return "", fmt.Errorf("stand_in: %w", err)
	}
	post.Header.Set("Content-Type", form.FormDataContentType())
	answer, err := http.DefaultClient.Do(post)
	if err != nil {
		return "", fmt.Errorf("stand_in: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // nothing is read
	if answer.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("stand_in: %s", answer.Status)
	}
	return fields["tag"], nil
}
