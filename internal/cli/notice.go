package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// noticeCommand says what keeps a phase from running, for the hook of a job that
// failed: a put that was refused leaves no file, so it is asked anew. Its options are
// those of the put.
type noticeCommand struct {
	From       string         `type:"path" variable:"FROM" placeholder:"DIR" help:"Folder that a get of the resource or an earlier step wrote: what was known before. Where it cannot be read, the notice says so."`
	To         reportFolder   `type:"path" variable:"TO" placeholder:"DIR" default:"notice" help:"Folder to write text, message.json and notice.json to."`
	Foundation string         `variable:"FOUNDATION" placeholder:"NAME" help:"What the notice calls the foundation; by itself the host of Ops Manager."`
	Phase      resource.Phase `variable:"PHASE" placeholder:"PHASE" help:"The phase that failed: generate, activate, regenerate, delete or verify; by itself the one that comes next."`
	readiness
	Accepts       string        `variable:"ACCEPTS" placeholder:"JSON" help:"In the place of --accept, what each put of the pipeline accepts, and apply-changes as apply."`
	RecreateVMs   bool          `name:"recreate-vms" variable:"RECREATE" help:"As for generate: every apply changes of the rotation recreates VMs."`
	ExpiresWithin resource.Span `variable:"EXPIRES_WITHIN" placeholder:"SPAN" help:"As for generate: only when something expires within it (30d, 6w, 3m, 1y)."`
	IfRotating    bool          `variable:"IF_ROTATING" help:"As for the phases behind generate: nothing to do when no rotation is under way."`
	LeafOnly      bool          `name:"leaf-only" variable:"LEAF_ONLY" help:"As for regenerate and verify: the leaf certificates alone, outside a rotation."`
}

// Notice is what is said of a job that failed.
type Notice struct {
	Foundation string `json:"foundation"`
	// Target is the host of Ops Manager.
	Target string `json:"target"`
	// Phase and State are empty where they are not known.
	Phase    rotation.Phase       `json:"phase"`
	State    rotation.State       `json:"state"`
	Code     troubleshooting.Code `json:"code"`
	Evidence []string             `json:"evidence"`
	Remedy   string               `json:"remedy"`
	Link     string               `json:"link"`

	// news is the heading of the text, about about the state.
	news, about string
}

// Run writes the notice. That Ops Manager cannot be reached is one, and no failure.
func (c *noticeCommand) Run(t *app) error {
	options, wrong := c.options(t.names)
	accepted, unread := c.accepted(t.names, options.Accept)
	if err := errors.Join(wrong, unread, c.To.check(t.names)); err != nil {
		return err
	}
	options.Recreate, options.Within, options.IfRotating, options.LeafOnly = c.RecreateVMs, c.ExpiresWithin.Within, c.IfRotating, c.LeafOnly
	n := c.ask(t, options, accepted)
	if err := t.ctx.Err(); err != nil {
		return t.interrupted(err, false)
	}
	// Redacted before anything is cut short: the rest of a secret would not be known.
	n = n.redacted(t.redact)
	files, err := n.files()
	if err != nil {
		return err
	}
	return errors.Join(t.write(string(files["text"])), c.To.leave(files, t.names))
}

// accepted are the codes that a phase accepts, or an apply changes ("apply").
func (c *noticeCommand) accepted(names setting.Names, all []rotation.Reason) (func(what string) []rotation.Reason, error) {
	if c.Accepts == "" {
		return func(string) []rotation.Reason { return all }, nil
	}
	name := names.Of(setting.Accepts)
	if len(all) > 0 {
		return nil, fmt.Errorf("%s and %s are both given: keep one of them", name, names.Of(setting.Accept))
	}
	var given map[string][]string
	if json.Unmarshal([]byte(c.Accepts), &given) != nil {
		return nil, fmt.Errorf(`%s is no map of lists in JSON: expected for example {"generate": ["pending-changes"], "apply": []}`, name)
	}
	by := map[string][]rotation.Reason{}
	var problems []error
	for _, what := range slices.Sorted(maps.Keys(given)) {
		if err := new(resource.Phase).UnmarshalText([]byte(what)); err != nil && what != "apply" {
			problems = append(problems, fmt.Errorf("%s has the key %s: expected generate, activate, regenerate, delete, verify or apply", name, input.Excerpt(what)))
		}
		reasons, wrong := acceptance{given[what]}.reasons(names)
		by[what], problems = reasons, append(problems, wrong)
	}
	return func(what string) []rotation.Reason { return by[what] }, errors.Join(problems...)
}

// ask makes the notice from a dry run of the phase.
func (c *noticeCommand) ask(t *app, options rotation.Options, accepted func(what string) []rotation.Reason) Notice {
	address, _ := url.Parse(t.client.Target()) // the client has parsed it
	n := Notice{Target: address.Host, Foundation: cmp.Or(strings.TrimSpace(c.Foundation), address.Host), Phase: rotation.Phase(c.Phase), Evidence: []string{}}
	runner := t.runner()
	known, applied, unread := handed(c.From, t.names)
	runner.Applied = applied
	try := func(phase rotation.Phase) (foundation.Outcome, error) {
		options.Accept = accepted(string(phase))
		return runner.Run(t.ctx, foundation.Request{Phase: phase, From: known, Options: options, DryRun: true})
	}
	// Without a phase: Verify is the question where an apply changes comes next, and
	// tells by the state which it is elsewhere.
	phase, failed, would := n.Phase, string(n.Phase)+" was refused or failed, and ", "would "
	if phase == "" {
		phase, failed = rotation.Verify, "a job failed, and "
	}
	o, err := try(phase)
	if next := c.next(o.View.Observed); n.Phase == "" && next != "" {
		n.Phase, would = next, string(next)+" would "
		if next != phase {
			o, err = try(next)
		}
	}
	if _, refused := errors.AsType[*foundation.RefusedError](err); err != nil && !refused {
		n.unasked(err, failed)
	} else {
		n.answered(o, failed+would, accepted("apply"))
	}
	if unread != nil {
		n.Evidence = append(n.Evidence, "looked at without a version: "+unread.Error())
	}
	return n
}

// next is the phase that comes next, Verify behind an apply changes; empty where none
// can, or the state is not known.
func (c *noticeCommand) next(s rotation.Observation) rotation.Phase {
	switch phase, _ := rotation.NextPhase(s); {
	case s.NeedsApply():
		return rotation.Verify
	case c.LeafOnly && s.State == rotation.Settled:
		return rotation.Regenerate
	default:
		return phase
	}
}

// unasked is for an Ops Manager that did not tell.
func (n *Notice) unasked(err error, failed string) {
	n.news = failed + "Ops Manager could not be asked why"
	n.Evidence, n.Remedy, n.Link = append(n.Evidence, err.Error()), "mend that, then run the job again", troubleshooting.Page
	if codes := troubleshooting.Of(err); len(codes) > 0 {
		n.Code, n.Link = codes[0], codes[0].Link()
	}
}

// answered is for the decision about the phase, or about the apply changes before it.
func (n *Notice) answered(o foundation.Outcome, would string, accept []rotation.Reason) {
	s, d := o.View.Observed, o.Decision
	waits := s.NeedsApply() && d.Verdict == rotation.Refuse && (n.Phase == rotation.Verify || d.Reason == rotation.ReasonNotReached)
	stopped, mustNotApply := rotation.ApplyRefusal(s, accept...)
	switch {
	case n.Phase == "":
		n.news = "no phase runs"
	case waits && mustNotApply:
		n.news, d = "apply-changes is refused", stopped
	case waits && n.Phase == rotation.Verify && d.Reason == rotation.ReasonNotReached:
		n.news = "the rotation waits for an apply changes"
	case d.Verdict == rotation.Refuse:
		n.news = string(n.Phase) + " is refused"
	case d.Verdict == rotation.Go:
		n.news = would + "run now"
	default:
		n.news = would + "succeed now and change nothing"
	}
	n.State, n.about = s.State, "state "+string(s.State)
	if s.Active != nil {
		n.about += ", active CA " + shortened(s.Active.GUID)
	}
	n.Code = troubleshooting.OfReason(d.Reason)
	// Who reads it mends the put, and has its keys: a notice is in a pipeline.
	n.Link, n.Evidence, n.Remedy = n.Code.Link(), append(n.Evidence, d.Message), d.Advice(nil)
	if d.Verdict != rotation.Refuse {
		n.Remedy = strings.TrimSuffix("the build's log has the reason: mend it, then run the job again; next: "+n.Remedy, "; next: ")
	}
	history := o.View.Evidence.History
	if last := rotation.LastInstallation(history); waits && last != "" {
		n.Evidence = append(n.Evidence, "what failed may be the apply changes; the last: "+last)
		if i, _ := history.Find(history.Highest()); i.Status == evidence.InstallationFailed && d.Reason == rotation.ReasonNotReached {
			n.Link = troubleshooting.OfReason(rotation.ReasonInstallationFailed).Link()
			n.Remedy = fmt.Sprintf("mend what installation %d failed at, then start the job again, which applies changes", i.ID)
		}
	}
}
