// Command time stands in for Concourse's time resource, which is not published
// as a Go module. It is check, in and out by the name that it is called by.
//
// Source: `interval`, a Go duration, as the real one has it; or `stand_in`, the
// URL of a list of times that a scenario adds to when its schedule shall fire, with
// `initial_version` as the real one has it. `days`, `start`, `stop` and `location` are
// the scenario's business.
//
// It stands in for a chat as well: what is put to a stand_in is posted to it, the text
// of `text`, or of the file `text_file`.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/test/acceptance/resourcetype"
)

type version struct {
	Time string `json:"time"`
}

type request struct {
	Source struct {
		Interval string `json:"interval"`
		StandIn  string `json:"stand_in"`

		InitialVersion bool     `json:"initial_version"`
		Days           []string `json:"days"`
		Start          string   `json:"start"`
		Stop           string   `json:"stop"`
		Location       string   `json:"location"`
	} `json:"source"`
	Version *version `json:"version"`
	Params  struct {
		Text     string `json:"text"`
		TextFile string `json:"text_file"`
	} `json:"params"`
}

func main() {
	ctx := context.Background()
	steps := resourcetype.Steps[request]{
		Check: func(r request) (any, error) { return check(ctx, r, time.Now().UTC()) },
		In:    in,
		Out: func(r request, folder string) (any, error) {
			return map[string]any{"version": version{time.Now().UTC().Format(time.RFC3339Nano)}}, tell(ctx, r, folder)
		},
	}
	if err := steps.Run(os.Args, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "time stand-in:", err)
		os.Exit(1)
	}
}

// check lists the cursor and what came after it, oldest first.
func check(ctx context.Context, r request, now time.Time) ([]version, error) {
	if r.Source.StandIn != "" {
		versions, err := fired(ctx, r)
		if err == nil && len(versions) == 0 && r.Version == nil && r.Source.InitialVersion {
			versions = []version{{now.Format(time.RFC3339Nano)}}
		}
		return versions, err
	}
	interval, err := time.ParseDuration(r.Source.Interval)
	if err != nil {
		return nil, fmt.Errorf("interval: %w", err)
	}
	if r.Version == nil {
		return []version{{now.Format(time.RFC3339Nano)}}, nil
	}
	last, err := time.Parse(time.RFC3339Nano, r.Version.Time)
	if err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	versions := []version{*r.Version}
	if now.Sub(last) >= interval {
		versions = append(versions, version{now.Format(time.RFC3339Nano)})
	}
	return versions, nil
}

func fired(ctx context.Context, r request) ([]version, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Source.StandIn, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("stand_in: %w", err)
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return nil, fmt.Errorf("stand_in: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	versions := []version{}
	if err := json.NewDecoder(answer.Body).Decode(&versions); err != nil {
		return nil, fmt.Errorf("stand_in: %s: %w", answer.Status, err)
	}
	if r.Version != nil {
		at := slices.Index(versions, *r.Version)
		if at < 0 { // an initial one
			return append([]version{*r.Version}, versions...), nil
		}
		versions = versions[at:]
	}
	return versions, nil
}

// tell posts what a pipeline has to say.
func tell(ctx context.Context, r request, folder string) error {
	if r.Source.StandIn == "" {
		return nil
	}
	text := r.Params.Text
	if r.Params.TextFile != "" {
		content, err := os.ReadFile(filepath.Join(folder, r.Params.TextFile)) //nolint:gosec // the pipeline names it
		if err != nil {
			return fmt.Errorf("text_file: %w", err)
		}
		text += string(content)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Source.StandIn, strings.NewReader(text))
	if err != nil {
		return fmt.Errorf("stand_in: %w", err)
	}
	answer, err := http.DefaultClient.Do(post)
	if err != nil {
		return fmt.Errorf("stand_in: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // nothing is read
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("stand_in: %s", answer.Status)
	}
	return nil
}

func in(r request, folder string) (any, error) {
	if r.Version == nil {
		return nil, errors.New("in needs a version")
	}
	// The real one writes the request.
	request, err := json.Marshal(map[string]any{"version": r.Version})
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "input"), request, 0o644); err != nil { //nolint:gosec // later steps of the build read it as other users
		return nil, fmt.Errorf("write the request: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "timestamp"), []byte(r.Version.Time), 0o644); err != nil { //nolint:gosec // later steps of the build read it as other users
		return nil, fmt.Errorf("write the time: %w", err)
	}
	return map[string]any{"version": r.Version}, nil
}
