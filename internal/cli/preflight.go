package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// readiness are the options of generate that change whether a rotation may begin.
type readiness struct {
	acceptance
	ignoring
	Exclude []string `name:"exclude-from-rotation" sep:"," variable:"EXCLUDE_FROM_ROTATION" example:"/services/customer_ca,/services/other_ca" placeholder:"PATH" help:"CA in CredHub that the rotation is to leave alone, as a customer's own."`
	fullApply
}

func (r readiness) options(names setting.Names) (rotation.Options, error) {
	accept, wrongAccept := r.reasons(names)
	exclude, wrongExclude := excluded(r.Exclude, names)
	return rotation.Options{Accept: accept, Exclude: exclude, Ignore: r.IgnoreInstallation, RequireFullApply: r.RequireFullApply}, errors.Join(wrongAccept, wrongExclude)
}

func (r readiness) problems(names setting.Names) error {
	_, err := r.options(names)
	return err
}

type preflightCommand struct {
	From string `type:"path" variable:"FROM" placeholder:"DIR" help:"Folder that a get of the resource or an earlier step wrote: what was known before."`
	JSON bool   `name:"json" help:"Write JSON, for a change record and for machines, to standard output."`
	readiness
	RecreateVMs bool `name:"recreate-vms" variable:"RECREATE" help:"Every apply changes of the rotation is to recreate VMs, as those on old stemcells have to be."`
}

// Preflight is the answer to whether a rotation may begin, with all that was looked at.
type Preflight struct {
	OpsManager string         `json:"ops_manager"`
	State      rotation.State `json:"state"`
	// At is Ops Manager's clock, "" where it did not tell.
	At       string             `json:"at"`
	Findings []rotation.Finding `json:"findings"`
	MayBegin bool               `json:"may_begin"`
}

// Run lists the findings, and fails where a rotation must not begin.
func (c *preflightCommand) Run(t *app) error {
	options, err := c.options(t.names)
	if err != nil {
		return err
	}
	options.Recreate = c.RecreateVMs
	view, known, err := t.look(c.From)
	if err != nil {
		return err
	}
	findings, err := t.findings(&view, known, options)
	if err != nil {
		return err
	}
	p := PreflightOf(view, findings)
	return errors.Join(answer(t, c.JSON, p, PreflightText), p.Err())
}

// findings are those of a view. Where a rotation may begin it asks for what one depends
// on, Ops Manager's own checks among it.
func (t *app) findings(view *foundation.View, known *rotation.Version, options rotation.Options) ([]rotation.Finding, error) {
	if rotation.BeforeRotation(view.Observed) {
		if err := foundation.Prerequisites(t.ctx, t.api, known, options, view); err != nil {
			return nil, err
		}
		t.console.Println(t.console.Muted("Ops Manager checks the director and every staged product, which may take minutes"))
		if err := foundation.PreDeployChecks(t.ctx, t.api, view); err != nil {
			return nil, err
		}
	}
	findings := foundation.Readiness(*view, known, options)
	for n := range findings {
		findings[n].Next = findings[n].Advice(t.names)
	}
	return findings, nil
}

// PreflightOf sums findings up, what stops a rotation first.
func PreflightOf(view foundation.View, findings []rotation.Finding) Preflight {
	p := Preflight{OpsManager: view.Evidence.OpsManager, State: view.Observed.State, Findings: slices.Clone(findings), MayBegin: !rotation.Hinders(findings)}
	if at := view.Evidence.At; !at.IsZero() {
		p.At = at.UTC().Format(time.RFC3339)
	}
	slices.SortStableFunc(p.Findings, func(a, b rotation.Finding) int {
		return cmp.Compare(slices.Index(statuses, a.Status), slices.Index(statuses, b.Status))
	})
	return p
}

// statuses are in the order in which a reader wants them.
var statuses = []rotation.Status{rotation.StatusRefuses, rotation.StatusUnknown, rotation.StatusAccepted, rotation.StatusNote, rotation.StatusPasses}

// counts are the words behind how many of a status there are.
var counts = map[rotation.Status]string{
	rotation.StatusRefuses: "in the way", rotation.StatusUnknown: "unknown", rotation.StatusAccepted: "accepted", rotation.StatusNote: "to know", rotation.StatusPasses: "passed",
}

// NotReadyError says that a rotation must not begin.
type NotReadyError struct {
	// Refusals are the findings that keep it from that.
	Refusals []rotation.Finding
}

// Err is a *NotReadyError where a rotation must not begin.
func (p Preflight) Err() error {
	refusals := slices.DeleteFunc(slices.Clone(p.Findings), func(f rotation.Finding) bool { return f.Status != rotation.StatusRefuses })
	if len(refusals) == 0 {
		return nil
	}
	return &NotReadyError{refusals}
}

func (e *NotReadyError) codes() []rotation.Reason {
	var all []rotation.Reason
	for _, f := range e.Refusals {
		if !slices.Contains(all, f.Code) {
			all = append(all, f.Code)
		}
	}
	return all
}

func (e *NotReadyError) Error() string {
	var codes []string
	for _, code := range e.codes() {
		codes = append(codes, string(code))
	}
	first := e.Refusals[0]
	switch {
	case first.Code == rotation.ReasonUnderWay:
		return fmt.Sprintf("preflight is for before generate (%s): %s; %s", first.Code, first.Message, first.Next)
	case len(e.Refusals) == 1:
		return fmt.Sprintf("a rotation must not begin (%s): %s; %s", first.Code, first.Message, first.Next)
	}
	return fmt.Sprintf("a rotation must not begin (%s): each finding says what to do about it; do that, then run preflight again", strings.Join(codes, ", "))
}

// Troubleshooting implements troubleshooting.Entry.
func (e *NotReadyError) Troubleshooting() []troubleshooting.Code {
	var all []troubleshooting.Code
	for _, code := range e.codes() {
		all = append(all, troubleshooting.OfReason(code))
	}
	return all
}

// PreflightText is the answer for a terminal.
func PreflightText(style console.Styles, p Preflight) string {
	var page strings.Builder
	fmt.Fprintf(&page, "%s state %s", style.Heading("preflight"), stateText(style, p.State))
	for _, about := range []string{strings.TrimSuffix("Ops Manager "+p.OpsManager, " "), cmp.Or(p.At, "at a time that Ops Manager did not tell")} {
		page.WriteString(style.Muted(", " + about))
	}
	verdict := style.OK("a rotation may begin:")
	if !p.MayBegin {
		verdict = style.Error("a rotation must not begin:")
	}
	var counted []string
	for _, status := range statuses {
		n := 0
		for _, f := range p.Findings {
			if f.Status == status {
				n++
			}
		}
		if n > 0 {
			counted = append(counted, fmt.Sprintf("%d %s", n, counts[status]))
		}
	}
	fmt.Fprintf(&page, "\n%s %s\n", verdict, strings.Join(counted, ", "))
	for _, f := range p.Findings {
		page.WriteString("\n" + findingText(style, f) + "\n")
	}
	return page.String()
}

// findingText is what was looked at, what was found, and what to do, a line each.
func findingText(style console.Styles, f rotation.Finding) string {
	mark := map[rotation.Status]func(string) string{
		rotation.StatusRefuses: style.Error, rotation.StatusUnknown: style.Warn, rotation.StatusAccepted: style.Warn, rotation.StatusNote: style.Heading, rotation.StatusPasses: style.OK,
	}[f.Status]
	if mark == nil {
		mark = style.Muted
	}
	text := mark(string(f.Status)+":") + " " + f.Name + " " + style.Muted("("+string(f.Code)+")") + "\n    " + f.Message
	if f.Next != "" {
		text += "\n    " + style.Muted("→") + " " + f.Next
	}
	return text
}
