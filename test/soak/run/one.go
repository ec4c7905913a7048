package run

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/ours"
	"github.com/opsman-ca/opsman-ca/test/soak/peers"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// Procedure is a way to rotate.
type Procedure string

// The procedures.
const (
	Ours               Procedure = "ours"
	Runbook            Procedure = "runbook"
	PlatformAutomation Procedure = "platform-automation"
)

// Procedures are all of them.
func Procedures() []Procedure { return []Procedure{Ours, Runbook, PlatformAutomation} }

// Parse reads a procedure's name.
func Parse(name string) (Procedure, error) {
	if slices.Contains(Procedures(), Procedure(name)) {
		return Procedure(name), nil
	}
	return "", fmt.Errorf("the procedure %q is not known: expected one of %v", name, Procedures())
}

// Result is one rotation.
type Result struct {
	Schedule  schedule.Schedule
	Procedure Procedure
	// ExactDates as requested.
	ExactDates bool
	Said       judge.Said
	Verdict    judge.Verdict
	Struck     map[string]int
	Leaks      []rig.Leak
	Processes  int
	// Faults are what is wrong with it: broken promises, of ours alone.
	Faults  []string
	Journal []string
	Took    time.Duration
}

// restWithin is how long a foundation may take to come to rest in the end.
const restWithin = 20 * time.Second

// One plays the rotation of a seed.
func One(ctx context.Context, q Request, seed uint64) (Result, error) {
	s := schedule.Of(seed)
	s.DateOnly = s.DateOnly && !q.ExactDates
	return Play(ctx, q, s)
}

// Play plays a rotation under a schedule.
func Play(ctx context.Context, q Request, s schedule.Schedule) (Result, error) {
	began := time.Now()
	folder, err := os.MkdirTemp("", "opsman-ca-soak-")
	if err != nil {
		return Result{}, fmt.Errorf("make a build's folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, err := rig.Open(ctx, s, q.Binaries, folder)
	if err != nil {
		return Result{}, fmt.Errorf("seed %d: %w", s.Seed, err)
	}
	defer r.Close()
	defer cancel()
	res := Result{Schedule: s, Procedure: q.Procedure, ExactDates: q.ExactDates}
	repeated := 0
	switch q.Procedure {
	case Runbook:
		res.Said = peers.Runbook(ctx, r)
	case PlatformAutomation:
		res.Said = peers.PlatformAutomation(ctx, r)
	default:
		res.Said, repeated = ours.Rotate(ctx, r)
	}
	res.Struck = r.Struck()
	res.Journal = r.Journal()
	rest, done := context.WithTimeout(ctx, restWithin)
	defer done()
	_ = r.WaitIdle(rest)
	res.Verdict = judge.Of(judge.Case{Schedule: s, First: r.First, Said: res.Said, Forgetful: q.Procedure == Ours && s.Forgetful, Struck: res.Struck}, r.Foundation)
	res.Leaks, res.Took = r.Leaks(), time.Since(began)
	var hung []string
	res.Processes, hung = r.Runs()
	if q.Procedure == Ours {
		res.Faults = res.Verdict.Faults(res.Said)
		for _, l := range res.Leaks {
			res.Faults = append(res.Faults, string(l))
		}
		for _, h := range hung {
			res.Faults = append(res.Faults, "it did not end: "+h)
		}
		if repeated > 0 {
			res.Faults = append(res.Faults, fmt.Sprintf("%d versions were given a second time", repeated))
		}
	}
	return res, nil
}
