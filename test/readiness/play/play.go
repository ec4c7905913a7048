package play

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// operator is the user who clicks, in the simulator's records.
const operator = "operator"

// restWithin is how long a foundation may take to come to rest in the end.
const restWithin = 20 * time.Second

// Play plays a cell with the binaries of a folder.
func Play(ctx context.Context, c Cell, binaries string) (Result, error) {
	res := Result{Cell: c}
	err := with(ctx, c, binaries, nil, func(r *rig.Rig) (err error) {
		if res.Findings, err = preflight(ctx, r, shapes.Advice{}); err != nil {
			return err
		}
		res.Plain = end(ctx, r, c, shapes.Advice{})
		return nil
	})
	if err != nil {
		return res, fmt.Errorf("%s: %w", c, err)
	}
	if !c.Support() {
		if err := res.playAdvised(ctx, binaries); err != nil {
			return res, fmt.Errorf("%s: %w", c, err)
		}
	}
	res.Judge()
	return res, nil
}

// playAdvised plays it on a fresh foundation, with all of the advice followed.
func (r *Result) playAdvised(ctx context.Context, binaries string) error {
	advice := r.Cell.Advice()
	return with(ctx, r.Cell, binaries, advice.Beside, func(on *rig.Rig) error {
		p := player{Rig: on, advice: advice, builds: steps.On(on)}
		if err := p.do(ctx, advice.Before); err != nil {
			return err
		}
		found, err := preflight(ctx, on, advice)
		if err != nil {
			return err
		}
		r.StillRefused = found.Codes(rotation.StatusRefuses)
		ending := end(ctx, on, r.Cell, advice)
		r.Advised = &ending
		return nil
	})
}

// with serves the cell's foundation while something is done with it.
func with(ctx context.Context, c Cell, binaries string, beside func(*sim.Options), do func(*rig.Rig) error) error {
	folder, err := os.MkdirTemp("", "opsman-ca-readiness-")
	if err != nil {
		return fmt.Errorf("make a build's folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	change := []func(*sim.Options){c.Change}
	if beside != nil {
		change = append(change, beside)
	}
	r, err := rig.Open(ctx, schedule.Schedule{}, binaries, folder, change...)
	if err != nil {
		return err
	}
	defer r.Close()
	r.First = r.Dump().Active()
	for _, a := range c.Acts() {
		if err := r.OperatorContext(ctx, a); err != nil {
			return err
		}
		if a.FailAt != "" {
			if err := r.WaitIdle(ctx); err != nil {
				return err
			}
		}
	}
	return do(r)
}

// end plays the procedure to its end and judges the foundation at rest.
func end(ctx context.Context, r *rig.Rig, c Cell, advice shapes.Advice) Ending {
	before := r.Dump()
	p := player{Rig: r, advice: advice, builds: steps.On(r)}
	failure := p.to(ctx, c.Procedure)
	rest, done := context.WithTimeout(ctx, restWithin)
	defer done()
	_ = r.WaitIdle(rest)
	after, ledger := r.Dump(), r.Ledger()
	e := Ending{Broken: len(after.Broken), Outside: outside(after), Journal: r.Journal()}
	e.Changed = slices.ContainsFunc(ledger.Events, func(e sim.CAEvent) bool { return e.By != operator })
	if e.Unsettled = leavesLeft(before, after, r.First); c.Rotates() {
		e.Unsettled = judge.Unsettled(after, r.First)
	}
	e.Clusters = clusters(after, e.Unsettled)
	if failure != nil {
		e.Reason, e.Step, e.Sentence = failure.Reason, stepOf(failure, ledger), failure.Sentence
	}
	return e
}

// clusters counts the phrases that are about TKGI's clusters.
func clusters(s sim.State, unsettled []string) int {
	n := 0
	for _, phrase := range unsettled {
		if slices.ContainsFunc(s.VMs, func(vm sim.VMState) bool {
			return strings.HasPrefix(vm.Product, sim.TKGI) && strings.HasPrefix(vm.Deployment, "service-instance") && strings.HasPrefix(phrase, vm.Name+" ")
		}) {
			n++
		}
	}
	return n
}

// stepOf is where a procedure stopped. The command rotate says by its changes how far
// it came.
func stepOf(f *steps.Failure, l sim.Ledger) string {
	if f.Step != string(Rotate) {
		return f.Step
	}
	last := ""
	for _, e := range l.Events {
		if e.By != operator {
			last = e.Kind
		}
	}
	if last == "" {
		return f.Step
	}
	return f.Step + ", after " + last
}

// outside counts the broken handshakes with a VM of what no tile made.
func outside(s sim.State) int {
	ofTile := map[string]bool{}
	for _, vm := range s.VMs {
		ofTile[vm.Name] = slices.ContainsFunc(s.Products, func(p sim.ProductState) bool { return p.GUID == vm.Product })
	}
	n := 0
	for _, h := range s.Broken {
		if theirs := func(name string) bool { known, is := ofTile[name]; return is && !known }; theirs(h.Client) || theirs(h.Server) {
			n++
		}
	}
	return n
}

// Tell is all that is known of a result.
func (r Result) Tell() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  preflight: refuses %v, says %v\n  no advice: %s, %d broken\n", r.Cell,
		r.Findings.Codes(rotation.StatusRefuses), r.Findings.Codes(rotation.StatusAccepted, rotation.StatusNote, rotation.StatusUnknown), r.Plain, r.Plain.Broken)
	if r.Advised != nil {
		fmt.Fprintf(&b, "  %s: %s, %d broken\n", r.Cell.Advice().Text, r.Advised, r.Advised.Broken)
	}
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "  BROKEN PROMISE: %s\n", f)
	}
	fmt.Fprintf(&b, "  again: %s\n", r.Cell.Repeat())
	return b.String()
}

// Journals are what happened in both plays, line by line.
func (r Result) Journals() string {
	text := strings.Join(r.Plain.Journal, "\n")
	if r.Advised != nil {
		text += "\n--- with the advice followed\n" + strings.Join(r.Advised.Journal, "\n")
	}
	return text
}
