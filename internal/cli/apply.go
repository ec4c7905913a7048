package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// errandFlags decide which errands an apply changes runs.
type errandFlags struct {
	Errands          string `name:"config" type:"path" variable:"ERRAND_CONFIG_FILE" placeholder:"FILE" help:"Errand configuration, as om apply-changes takes it; its settings win."`
	ErrandText       string `name:"config-text" variable:"ERRAND_CONFIG" placeholder:"YAML" help:"The errand configuration itself, instead of a file of it."`
	RecreateVMs      bool   `name:"recreate-vms" variable:"RECREATE" help:"Recreate all VMs, the director's too."`
	NoServiceErrands bool   `name:"no-service-errands" variable:"NO_SERVICE_ERRANDS" help:"Do not run the errands that bring new certificates to service instances."`
}

func (f errandFlags) request(names setting.Names) apply.Request {
	text := f.ErrandText
	if strings.TrimSpace(text) == "{}" {
		text = "" // a pipeline's var that sets nothing
	}
	return apply.Request{Names: names, ErrandsFile: f.Errands, ErrandsText: text, RecreateVMs: f.RecreateVMs, ServiceErrands: !f.NoServiceErrands}
}

// ignoring names records that say running and are dead.
type ignoring struct {
	IgnoreInstallation []int `variable:"IGNORE_INSTALLATION" example:"41,42" placeholder:"ID" help:"An installation that Ops Manager calls running although you know it to be dead."`
}

// applyFlags are those of every apply changes.
type applyFlags struct {
	errandFlags
	Om                   string `name:"om" default:"om" variable:"OPSMAN_CA_OM" placeholder:"PATH" help:"The om binary."`
	ForceLatestVariables bool   `name:"force-latest-variables" variable:"FORCE_LATEST_VARIABLES" help:"Deploy the newest version of every variable, also without a stemcell change."`
	IgnoreWarnings       bool   `name:"ignore-warnings" variable:"IGNORE_WARNINGS" help:"Go on when verifiers warn."`

	ProductName        []string `name:"product-name" short:"n" hidden:"" help:"Refused: a rotation applies changes to all products."`
	SkipDeployProducts bool     `name:"skip-deploy-products" hidden:"" help:"Refused: a rotation applies changes to all products."`
	Attempts           int      `default:"1" variable:"ATTEMPTS" help:"How often to apply when an installation fails."`
	ignoring

	WaitFor    time.Duration `default:"12h" variable:"WAIT_FOR" help:"How long to wait for installations of others."`
	StuckAfter time.Duration `default:"6h" variable:"STUCK_AFTER" help:"How long an installation may stand still before it is called stuck."`
	Patience   time.Duration `default:"30m" variable:"PATIENCE" help:"How long Ops Manager may be away while an installation runs."`
	Poll       time.Duration `default:"10s" help:"Pause between two looks at an installation."`
	Heartbeat  time.Duration `default:"1m" help:"Silence after which progress is shown."`
}

type applyCommand struct {
	From  string `type:"path" variable:"FROM" placeholder:"DIR" help:"Folder that a get of the resource or an earlier step wrote: with it, nothing is applied where neither the rotation nor regenerated leaf certificates wait for it, whatever is staged. What was applied is recorded in it (applied.json) for the phase after."`
	Force bool   `variable:"FORCE" help:"Apply even when nothing is outstanding, and what is staged with it."`
	acceptance
	applyFlags
}

// Run applies changes.
func (c *applyCommand) Run(t *app) error {
	known, applied, err := handed(c.From, t.names)
	accept, wrong := c.reasons(t.names)
	if err := errors.Join(err, wrong); err != nil {
		return err
	}
	known, accepted := rotation.Accepting(known, accept)
	if accepted != "" {
		t.console.Println(t.console.Warn("note:"), accepted)
	}
	request := c.applyRequest(t.names)
	request.Needed = func(ctx context.Context) (apply.Need, error) { return t.need(ctx, known, applied, accept...) }
	request.Force, request.LeaveStaged = c.Force, known != nil
	outcome, err := apply.Run(t.ctx, request, t.applyDeps(c.Om))
	outcome.Say(t.console)
	if outcome.Applied != nil {
		t.leave(c.From, *outcome.Applied)
	}
	return err
}

// leave leaves the record of an apply changes beside the version, for the phase after
// it. The installation is done: where the record cannot be left, its log has to tell.
func (t *app) leave(folder string, applied evidence.Applied) {
	if folder == "" {
		return
	}
	if err := foundation.WriteApplied(folder, applied); err != nil {
		t.console.Println(t.console.Warn("note:"), fmt.Sprintf("%q: %s; the next phase then has only the log of installation %d to go by", folder, err, applied.Installation))
	}
}

func (f applyFlags) applyRequest(names setting.Names) apply.Request {
	r := f.request(names)
	r.Products = f.ProductName
	if f.SkipDeployProducts {
		r.Products = append(r.Products, "none (--skip-deploy-products)")
	}
	r.ForceLatestVariables, r.IgnoreWarnings = f.ForceLatestVariables, f.IgnoreWarnings
	r.Attempts, r.IgnoreInstallations = f.Attempts, f.IgnoreInstallation
	r.WaitFor, r.StuckAfter, r.Patience, r.Poll, r.Heartbeat = f.WaitFor, f.StuckAfter, f.Patience, f.Poll, f.Heartbeat
	return r
}

func (t *app) applyDeps(om string) apply.Deps {
	return apply.Deps{
		OpsManager: t.client, Errands: apply.OmAPI(t.ctx, t.client), Environ: t.Environ, Console: t.console,
		Om: apply.Om{
			Path: om, Target: t.client.Target(), Username: t.config.Username, Password: apply.Secret(t.config.Password),
			ClientID: t.config.ClientID, ClientSecret: apply.Secret(t.config.ClientSecret),
			CACert: t.config.CACert, SkipSSLValidation: t.config.SkipSSLValidation,
			ConnectTimeout: t.config.ConnectTimeout, RequestTimeout: t.config.RequestTimeout,
		},
	}
}

// need says whether the rotation, or the leaf certificates that were regenerated
// outside one, wait for an apply changes.
func (t *app) need(ctx context.Context, known *rotation.Version, applied evidence.Applied, accept ...rotation.Reason) (apply.Need, error) {
	view, err := foundation.Whole(ctx, t.api, known)
	if err != nil {
		return apply.Need{}, err
	}
	view, _ = view.Recall(applied, known)
	if err := foundation.AutomaticDNS(ctx, t.api, &view); err != nil {
		return apply.Need{}, err
	}
	return t.needed(view, known, accept...)
}

// needed is what the rotation needs, of what was seen.
func (t *app) needed(view foundation.View, known *rotation.Version, accept ...rotation.Reason) (apply.Need, error) {
	m := rotation.Next(rotation.Way{Observed: view.Observed, Evidence: view.Evidence, From: known, ApplyOnly: true, Options: rotation.Options{Accept: accept}})
	if m.Kind == rotation.MoveRefuse {
		d := m.Decision
		if m.Stale {
			d.Next = "give it the newest version, which a check of the resource finds, or run it without a version (" + t.names.Of(setting.From) + ")"
		}
		return apply.Need{}, t.refusal("apply-changes", d)
	}
	need := apply.Need{Apply: m.Kind == rotation.MoveApply, Why: m.Why, Recreate: m.Recreate, ForceLatestVariables: m.ForceLatest, Others: m.Others}
	if view.Observed.State == rotation.Renewed {
		need.With = "the regenerated leaf certificates"
	}
	return need, nil
}

// refusal is an apply changes that must not run.
func (t *app) refusal(what string, d rotation.Decision) error {
	return &apply.RefusedError{Reason: d.Reason, Sentence: fmt.Sprintf("%s refused (%s): %s; %s", what, d.Reason, d.Message, d.Advice(t.names))}
}
