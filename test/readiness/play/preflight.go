package play

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// Findings are what preflight says of a foundation.
type Findings struct {
	List []rotation.Finding
	// First: they are the first refusal of a dry run of generate alone, as the command
	// has no preflight.
	First bool
}

// HasPreflight tells whether the command has one.
func HasPreflight(ctx context.Context, r *rig.Rig) bool {
	return strings.Contains(r.Run(ctx, process.Program{Path: "opsman-ca", Args: []string{"--help"}}).Stdout, "\n  preflight ")
}

// flags are the options of the advice, as the commands take them.
func flags(a shapes.Advice) []string {
	var all []string
	for _, code := range a.Accept {
		all = append(all, "--accept", string(code))
	}
	for _, path := range a.Exclude {
		all = append(all, "--exclude-from-rotation", path)
	}
	if a.Recreate {
		all = append(all, "--recreate-vms")
	}
	return all
}

// preflight asks whether a rotation may begin.
func preflight(ctx context.Context, r *rig.Rig, a shapes.Advice) (Findings, error) {
	if !HasPreflight(ctx, r) {
		return dryRun(ctx, r, a)
	}
	ended := r.Run(ctx, steps.On(r).Task("preflight", append([]string{"--json"}, flags(a)...)...))
	var answer struct {
		Findings []rotation.Finding `json:"findings"`
		MayBegin bool               `json:"may_begin"`
	}
	if err := json.Unmarshal([]byte(ended.Stdout), &answer); err != nil || len(answer.Findings) == 0 {
		return Findings{}, fmt.Errorf("preflight listed nothing: %s", ended.Sentence())
	}
	if answer.MayBegin != ended.OK() {
		return Findings{}, fmt.Errorf("preflight says may_begin %t and exits %d", answer.MayBegin, ended.Code)
	}
	return Findings{List: answer.Findings}, nil
}

// noteOf finds the code of an accepted refusal among the notes of a dry run.
var noteOf = regexp.MustCompile(`(?m)accepted ([a-z-]+):`)

// dryRun is what generate would be refused for, in a build without preflight.
func dryRun(ctx context.Context, r *rig.Rig, a shapes.Advice) (Findings, error) {
	found := Findings{First: true}
	ended := r.Run(ctx, steps.On(r).Task("generate", append([]string{"--dry-run"}, flags(a)...)...))
	for _, match := range noteOf.FindAllStringSubmatch(ended.Stderr, -1) {
		found.List = append(found.List, rotation.Finding{Code: rotation.Reason(match[1]), Status: rotation.StatusAccepted})
	}
	if !ended.OK() {
		f := steps.Failed("generate", ended)
		found.List = append(found.List, rotation.Finding{Code: rotation.Reason(f.Reason), Status: rotation.StatusRefuses, Message: f.Sentence})
	}
	return found, nil
}

// Codes are those of one of the statuses, each once, sorted.
func (f Findings) Codes(statuses ...rotation.Status) []rotation.Reason {
	var all []rotation.Reason
	for _, finding := range f.List {
		if slices.Contains(statuses, finding.Status) {
			all = append(all, finding.Code)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Refuses tells whether a rotation must not begin for that code.
func (f Findings) Refuses(code rotation.Reason) bool {
	return slices.Contains(f.Codes(rotation.StatusRefuses), code)
}

// Says tells whether something else than that it passes was said of the code.
func (f Findings) Says(code rotation.Reason) bool {
	return slices.Contains(f.Codes(rotation.StatusRefuses, rotation.StatusAccepted, rotation.StatusNote, rotation.StatusUnknown), code)
}
