package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the image of the tasks has no zones of its own

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// gateCommand lets a pipeline pass, or not yet. It asks no Ops Manager.
type gateCommand struct {
	Window   string `variable:"WINDOW" placeholder:"JSON" help:"The maintenance window: the source of a time resource, of which days, start, stop, location and start_after count."`
	InWindow bool   `variable:"IN_WINDOW" help:"Fail outside of the window."`
}

// Run fails outside of the window. Concourse starts a job for a time that has long
// passed, where the job had nothing to do it with before: the resource alone does
// not keep it within the window.
func (c *gateCommand) Run(t *app) error {
	if !c.InWindow {
		t.console.Println("this gate waits for no window: the line goes on")
		return nil
	}
	w, err := readWindow(c.Window, t.names.Of(setting.Window))
	if err != nil {
		return err
	}
	now := t.Now()
	if !w.open(now) {
		return troubleshooting.WithCodes(fmt.Errorf("the maintenance window (%s) is closed at %s: nothing was done, and nothing has to be; the window's next version starts this gate again; to pass earlier, set in_window of this gate to false, set the pipeline, start this job, and set it back behind that",
			w, now.In(w.zone).Format("Monday 15:04 MST")), troubleshooting.GateClosed)
	}
	t.console.Println(fmt.Sprintf("the maintenance window (%s) is open: the line goes on", w))
	return nil
}

// window is what Concourse's time resource calls a range: within some days, between
// two times of the day, which may have midnight between them. It is open when that
// resource makes versions, so that a gate that it starts finds it open.
type window struct {
	days        []time.Weekday
	start, stop *time.Duration // since midnight
	zone        *time.Location
	after       time.Time
	text        string
}

// String is the window as it was given.
func (w window) String() string { return w.text }

// readWindow takes what counts of the source; other keys are the resource's business.
func readWindow(text, name string) (window, error) {
	var source struct {
		Days        []string
		Start, Stop string
		Location    string
		StartAfter  string `json:"start_after"`
	}
	if err := json.Unmarshal([]byte(text), &source); err != nil {
		return window{}, fmt.Errorf("%s is no source of a time resource: expected for example {\"days\": [\"Saturday\"], \"start\": \"01:00\", \"stop\": \"05:00\", \"location\": \"Europe/Berlin\"}", name)
	}
	var problems []error
	w := window{zone: time.UTC, text: described(source.Days, source.Start, source.Stop, source.Location)}
	for _, day := range source.Days {
		at := slices.IndexFunc(week, func(d time.Weekday) bool {
			return strings.EqualFold(d.String(), day) || strings.EqualFold(d.String()[:3], day)
		})
		if at < 0 {
			problems = append(problems, fmt.Errorf("%s: days has %s, which is no day: expected for example Saturday", name, input.Excerpt(day)))
			continue
		}
		w.days = append(w.days, week[at])
	}
	if source.Location != "" {
		zone, err := time.LoadLocation(source.Location)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: location %s is none: expected for example Europe/Berlin", name, input.Excerpt(source.Location)))
		} else {
			w.zone = zone
		}
	}
	if (source.Start == "") != (source.Stop == "") {
		problems = append(problems, fmt.Errorf("%s has one of start and stop: expected both, for example start: \"01:00\", stop: \"05:00\"", name))
	}
	for _, end := range []struct {
		key, text string
		into      **time.Duration
	}{{"start", source.Start, &w.start}, {"stop", source.Stop, &w.stop}} {
		if end.text == "" {
			continue
		}
		at, err := timeOfDay(end.text)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %s %s is no time of the day: expected for example 01:00", name, end.key, input.Excerpt(end.text)))
			continue
		}
		*end.into = &at
	}
	if source.StartAfter != "" {
		var err error
		if w.after, err = dateTime(source.StartAfter, w.zone); err != nil {
			problems = append(problems, fmt.Errorf("%s: start_after %s is no date: expected for example 2026-11-28T01:00:00", name, input.Excerpt(source.StartAfter)))
		}
	}
	return w, errors.Join(problems...)
}

var week = []time.Weekday{time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday}

// timeOfDay reads the forms of the time resource, for which one with an offset is one
// of UTC.
func timeOfDay(text string) (time.Duration, error) {
	for _, form := range []string{"3:04 PM -0700", "3PM -0700", "3 PM -0700", "15:04 -0700", "1504 -0700", "3:04 PM", "3PM", "3 PM", "15:04", "1504"} {
		if at, err := time.Parse(form, text); err == nil {
			at = at.UTC()
			return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, nil
		}
	}
	return 0, errors.New("no time of the day")
}

// dateTime reads the forms of the time resource.
func dateTime(text string, zone *time.Location) (time.Time, error) {
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15", time.DateOnly, time.DateTime} {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errors.New("no date")
}

func described(days []string, start, stop, location string) string {
	text := "every day"
	if len(days) > 0 {
		text = strings.Join(days, ", ")
	}
	if start != "" || stop != "" {
		text += " " + start + "–" + stop
	}
	if location == "" {
		location = "UTC"
	}
	return text + " " + location
}

// open tells whether it is at that time. What counts of a range over midnight is the
// day on which it is asked, as with the time resource.
func (w window) open(now time.Time) bool {
	now = now.In(w.zone)
	if len(w.days) > 0 && !slices.Contains(w.days, now.Weekday()) || !w.after.Before(now) {
		return false
	}
	if w.start == nil || w.stop == nil {
		return true
	}
	// By the clock on the wall: a day has 23 hours at times.
	since := time.Duration(now.Hour())*time.Hour + time.Duration(now.Minute())*time.Minute
	if *w.start < *w.stop {
		return *w.start <= since && since < *w.stop
	}
	return since >= *w.start || since < *w.stop
}
