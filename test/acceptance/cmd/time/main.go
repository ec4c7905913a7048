// Command time stands in for Concourse's time resource, which is not published
// as a Go module. It is check, in and out by the name that it is called by.
//
// Source: `interval`, `days`, `start` and `stop` (as 15:04), `location` and
// `initial_version`, as the real one has them; or `stand_in`, the URL of a list of times that a
// scenario adds to when its schedule shall fire: then all but `initial_version` are the
// scenario's business.
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
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // no file of its image has the locations

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
	var versions []version
	var last time.Time
	if r.Version != nil {
		versions = append(versions, *r.Version)
		var err error
		if last, err = time.Parse(time.RFC3339Nano, r.Version.Time); err != nil {
			return nil, fmt.Errorf("version: %w", err)
		}
	} else if r.Source.InitialVersion {
		return []version{{now.Format(time.RFC3339Nano)}}, nil
	}
	fires, err := due(r, last, now)
	if fires {
		versions = append(versions, version{now.Format(time.RFC3339Nano)})
	}
	return versions, err
}

// due tells whether the schedule fires now, where it fired at last before: each interval, in the window
// of one of the days; without an interval once a window. Outside of it there is no first version, either.
func due(r request, last, now time.Time) (bool, error) {
	location, err := time.LoadLocation(r.Source.Location)
	if err != nil {
		return false, fmt.Errorf("location: %w", err)
	}
	now = now.In(location)
	on := func(day string) bool { return strings.EqualFold(day, now.Weekday().String()) }
	if len(r.Source.Days) > 0 && !slices.ContainsFunc(r.Source.Days, on) {
		return false, nil
	}
	if r.Source.Start == "" && r.Source.Stop == "" {
		r.Source.Start, r.Source.Stop = "00:00", "00:00"
	}
	from, err := time.Parse("15:04", r.Source.Start)
	to, err2 := time.Parse("15:04", r.Source.Stop)
	if err := errors.Join(err, err2); err != nil {
		return false, fmt.Errorf("start and stop: %w", err)
	}
	at := func(t time.Time, days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, t.Hour(), t.Minute(), 0, 0, location)
	}
	today := 0
	if at(from, 0).After(now) {
		today = -1
	}
	start, stop := at(from, today), at(to, today)
	if !stop.After(start) {
		stop = at(to, today+1)
	}
	if !now.Before(stop) {
		return false, nil
	}
	if r.Source.Interval == "" {
		return last.IsZero() || last.Before(start), nil
	}
	interval, err := time.ParseDuration(r.Source.Interval)
	if err != nil {
		return false, fmt.Errorf("interval: %w", err)
	}
	return now.Sub(last) >= interval, nil
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
	at, err := time.Parse(time.RFC3339Nano, r.Version.Time)
	if err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	request, err := json.Marshal(map[string]any{"source": r.Source, "version": r.Version})
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	for name, text := range map[string]string{
		"input": string(request), "timestamp": at.Format("2006-01-02 15:04:05.999999999 -0700 MST"), "epoch": strconv.FormatInt(at.Unix(), 10),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil { //nolint:gosec // later steps of the build read it as other users
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
	}
	return map[string]any{"version": r.Version}, nil
}
