package measure

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/opsman-ca/opsman-ca/test/bench/process"
)

// Options say what is measured, and how often.
type Options struct {
	// Bin is the absolute folder with check, in, out, opsman-ca and om-quick.
	Bin string
	// Floor is the built program test/bench/floor.
	Floor string
	// Runs of each program; where a run takes long, fewer are made.
	Runs int
	// History is how many installations a long history has, Certificates how many
	// certificates the largest report.
	History, Certificates int
	// Small: foundations of 4 VMs instead of 39.
	Small bool
	// Only are the parts to measure; none stands for all.
	Only []string
	// Progress is told what is being measured.
	Progress io.Writer
}

// Bench is a measurement under way.
type Bench struct {
	Options
	Launcher process.Launcher

	groups []Group
}

// All measures everything, and gives it in groups.
func (b *Bench) All(ctx context.Context) ([]Group, error) {
	for _, p := range parts {
		if len(b.Only) > 0 && !slices.Contains(b.Only, p.name) {
			continue
		}
		if err := p.measure(b, ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return b.groups, nil
}

// parts of a measurement, in order.
var parts = []struct {
	name    string
	measure func(*Bench, context.Context) error
}{
	{"settled", (*Bench).settled},
	{"states", (*Bench).states},
	{"requests", (*Bench).requests},
	{"latency", (*Bench).latency},
	{"history", (*Bench).history},
	{"certificates", (*Bench).certificates},
}

// Parts are the names that Options.Only knows.
func Parts() []string {
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

// few is the number of runs where each takes long.
func (b *Bench) few() int { return min(b.Runs, 11) }

// sideBySide measures programs in turn, so that whatever else the machine does
// falls on all alike; each round begins with another one. What has the title of the
// group before goes into its table.
func (b *Bench) sideBySide(ctx context.Context, title string, runs int, all ...candidate) error {
	group := Group{Title: title}
	if last := len(b.groups) - 1; last >= 0 && b.groups[last].Title == title {
		group, b.groups = b.groups[last], b.groups[:last]
	}
	known := len(group.Series)
	for _, c := range all {
		fmt.Fprintf(b.Progress, "%s: %s, %d runs\n", title, c.name, runs)
		group.Series = append(group.Series, Series{Name: c.name, Against: c.against, Limit: c.limit})
	}
	for round := range runs + 1 {
		for i := range all {
			n := (i + round) % len(all)
			run, err := b.once(ctx, all[n])
			if err != nil {
				return err
			}
			if round > 0 { // the first round warms the caches
				s := &group.Series[known+n]
				s.Runs = append(s.Runs, run)
			}
		}
	}
	b.groups = append(b.groups, group)
	return nil
}

// once runs a program once.
func (b *Bench) once(ctx context.Context, c candidate) (Run, error) {
	if _, err := c.at.Take(ctx); err != nil {
		return Run{}, fmt.Errorf("%s: %w", c.name, err)
	}
	usage, err := b.Launcher.Run(ctx, c.program, c.codes...)
	if err != nil {
		return Run{}, fmt.Errorf("%s: %w", c.name, err)
	}
	traffic, err := c.at.Take(ctx)
	if err != nil {
		return Run{}, fmt.Errorf("%s: %w", c.name, err)
	}
	return Run{Usage: usage, Traffic: traffic}, nil
}

func (b *Bench) path(name string) string { return filepath.Join(b.Bin, name) }
