package schedule

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Schedule is one rotation's.
type Schedule struct {
	Seed uint64
	// Version of Ops Manager.
	Version string
	// DateOnly and CAChangesPending are the simulator's options of
	// these names.
	DateOnly, CAChangesPending bool
	// TKGI is installed: Ops Manager leaves out its safety checks.
	TKGI bool
	// TokenTTL is how long a token lives; 0 for an hour.
	TokenTTL time.Duration
	// RequestTimeout of every client, in whole seconds; 0 for the clients' own.
	RequestTimeout time.Duration
	// Client logs in as a UAA client instead of a user.
	Client bool
	// Custom rotates to a root CA of the operator's own.
	Custom bool
	// Whole runs our procedure by the task rotate instead of a pipeline.
	Whole bool
	// Forgetful keeps nothing between two runs of the task rotate, which then has
	// only Ops Manager to go by.
	Forgetful bool
	// Oddities are what else is odd about the foundation, though nothing is wrong with
	// it: names of oddities.
	Oddities []string
	Events   []Event
}

// oddities are shapes that real foundations have (facts of the simulator's options of
// these names).
var oddities = map[string]func(*sim.Options){
	"a dead record":           func(o *sim.Options) { o.DeadRecord = true },
	"another user name":       func(o *sim.Options) { o.InstallationUser = "ops@example.com" },
	OwnRootCA:                 func(o *sim.Options) { o.OwnRootCA = true },
	"dates of signing":        func(o *sim.Options) { o.CreatedOnNotBefore = true },
	"v1 without GUIDs":        func(o *sim.Options) { o.V1WithoutGUIDs = true },
	"logs without marks":      func(o *sim.Options) { o.PlainLogs = true },
	"PEM with text around":    func(o *sim.Options) { o.DecoratedPEM = true },
	"no errands of director":  func(o *sim.Options) { o.NoDirectorErrands = true },
	Pruned:                    func(o *sim.Options) { o.SelectiveHistory, o.DaysToKeep = 90, 30 },
	"several tiles at a time": func(o *sim.Options) { o.ParallelDeploys = true },
}

// Oddities that the judge has to know of.
const (
	OwnRootCA = "an own root CA"
	Pruned    = "selective, pruned past"
)

// Is tells whether the foundation has the oddity.
func (s Schedule) Is(oddity string) bool { return slices.Contains(s.Oddities, oddity) }

// Shape makes the options those of the schedule's oddities.
func (s Schedule) Shape(o *sim.Options) {
	for _, name := range s.Oddities {
		if shape, is := prerequisites[name]; is {
			shape(o)
			continue
		}
		oddities[name](o)
	}
}

var versions = []string{
	"2.10.63-build.1260", "3.0.9-build.215", "3.0.25+LTS-T", "3.1.2-build.5", "3.1.2-build.5", "3.3.0-build.41",
}

// Of is the schedule of a seed.
func Of(seed uint64) Schedule {
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // it has to be repeatable
	s := Schedule{
		Seed: seed, Version: versions[r.IntN(len(versions))],
		DateOnly: r.IntN(8) == 0, CAChangesPending: r.IntN(6) == 0,
		TKGI: r.IntN(3) == 0, Client: r.IntN(5) == 0, Custom: r.IntN(5) == 0, Whole: r.IntN(4) == 0,
	}
	s.Forgetful = s.Whole && r.IntN(3) == 0
	if r.IntN(5) == 0 {
		s.TokenTTL = time.Duration(1+r.IntN(3)) * time.Second
	}
	if r.IntN(4) == 0 {
		s.RequestTimeout = 2 * time.Second
	}
	for i := range 2 + r.IntN(5) {
		e := s.event(r)
		e.ID = fmt.Sprintf("e%d", i+1)
		s.Events = append(s.Events, e)
	}
	// From a source of its own: the events of a seed stay what they were.
	odd := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // it has to be repeatable
	for _, name := range slices.Sorted(maps.Keys(oddities)) {
		if odd.IntN(6) == 0 && s.mayBe(name) {
			s.Oddities = append(s.Oddities, name)
		}
	}
	s.Oddities = append(s.Oddities, s.ask()...)
	return s
}

// mayBe leaves out what only a person could go on with: dates that tell nothing
// where nothing else is kept.
func (s Schedule) mayBe(oddity string) bool { return oddity != "dates of signing" || !s.Forgetful }

// Choices is the source of what is left to chance while the rotation runs.
func (s Schedule) Choices() *rand.Rand {
	return rand.New(rand.NewPCG(s.Seed, 2)) //nolint:gosec // it has to be repeatable
}

// Networked tells whether the network itself is tampered with.
func (s Schedule) Networked() bool {
	for _, e := range s.Events {
		if strings.HasPrefix(string(e.Kind), "network") {
			return true
		}
	}
	return false
}

// Tiles of the foundation: four VMs with the director, a service instance among
// them, one more with TKGI.
func (s Schedule) Tiles() []sim.Tile {
	tiles := []sim.Tile{
		{
			Identifier: "cf", Label: "TAS", Version: "2.13.35", Jobs: []sim.Job{{Name: "router", Instances: 1}},
			Errands: []sim.ErrandSpec{{Name: "smoke_tests", PostDeploy: true}},
		},
		sim.ServiceTile("p.mysql", "MySQL", "2.10.16", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1}),
	}
	if s.TKGI {
		tiles = append(tiles, sim.Tile{Identifier: sim.TKGI, Label: "TKGI", Version: "1.19.0", Jobs: []sim.Job{{Name: sim.TKGI, Instances: 1}}})
	}
	return tiles
}

// String is the schedule as lines for people.
func (s Schedule) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: Ops Manager %s", s.Seed, s.Version)
	for _, o := range []struct {
		on   bool
		text string
	}{
		{s.DateOnly, "bare dates"}, {s.CAChangesPending, "CA calls pending"}, {s.TKGI, "TKGI"},
		{s.TokenTTL > 0, "tokens of " + s.TokenTTL.String()}, {s.RequestTimeout > 0, "requests of " + s.RequestTimeout.String()},
		{s.Client, "UAA client"}, {s.Custom, "own CA"}, {s.Whole, "task rotate"}, {s.Forgetful, "forgetful"},
	} {
		if o.on {
			b.WriteString(", " + o.text)
		}
	}
	for _, oddity := range s.Oddities {
		b.WriteString(", " + oddity)
	}
	for _, e := range s.Events {
		b.WriteString("\n  " + e.String())
	}
	return b.String()
}
