package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/observe"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

type applyCommand struct {
	From    string `type:"path" placeholder:"DIR" help:"Folder that a get of the resource wrote: with it, nothing is applied where nothing is outstanding."`
	Force   bool   `help:"Apply even when nothing is outstanding."`
	Om      string `name:"om" default:"om" env:"OPSMAN_CA_OM" placeholder:"PATH" help:"The om binary."`
	Errands string `name:"config" type:"path" placeholder:"FILE" help:"Errand configuration, as om apply-changes takes it."`

	RecreateVMs          bool `name:"recreate-vms" help:"Recreate all VMs, the director's too."`
	ForceLatestVariables bool `name:"force-latest-variables" help:"Deploy the newest version of every variable, also without a stemcell change."`
	IgnoreWarnings       bool `name:"ignore-warnings" help:"Go on when verifiers warn."`

	ProductName        []string `name:"product-name" short:"n" hidden:"" help:"Refused: a rotation applies changes to all products."`
	SkipDeployProducts bool     `name:"skip-deploy-products" hidden:"" help:"Refused: a rotation applies changes to all products."`
	Attempts           int      `default:"1" help:"How often to apply when an installation fails."`
	IgnoreInstallation []int    `placeholder:"ID" help:"An installation that Ops Manager calls running although you know it to be dead."`

	WaitFor    time.Duration `default:"12h" help:"How long to wait for installations of others."`
	StuckAfter time.Duration `default:"6h" help:"How long an installation may stand still before it is called stuck."`
	Patience   time.Duration `default:"30m" help:"How long Ops Manager may be away while an installation runs."`
	Poll       time.Duration `default:"10s" help:"Pause between two looks at an installation."`
	Heartbeat  time.Duration `default:"1m" help:"Silence after which progress is shown."`
}

// Run applies changes.
func (c *applyCommand) Run(t *tool) error {
	known, err := cursor(c.From)
	if err != nil {
		return err
	}
	products := c.ProductName
	if c.SkipDeployProducts {
		products = append(products, "none (--skip-deploy-products)")
	}
	_, err = apply.Run(t.ctx, apply.Request{
		Needed: func(ctx context.Context) (apply.Need, error) { return t.need(ctx, known) },
		Force:  c.Force, Products: products, ErrandsFile: c.Errands,
		RecreateVMs: c.RecreateVMs, ForceLatestVariables: c.ForceLatestVariables, IgnoreWarnings: c.IgnoreWarnings,
		Attempts: c.Attempts, IgnoreInstallations: c.IgnoreInstallation,
		WaitFor: c.WaitFor, StuckAfter: c.StuckAfter, Patience: c.Patience, Poll: c.Poll, Heartbeat: c.Heartbeat,
	}, apply.Deps{
		OpsManager: t.client, Errands: t.client.API(t.ctx), Environ: t.Environ, Console: t.console,
		Om: apply.Om{
			Path: c.Om, Target: t.client.Target(), Username: t.config.Username, Password: apply.Secret(t.config.Password),
			ClientID: t.config.ClientID, ClientSecret: apply.Secret(t.config.ClientSecret),
			CACert: t.config.CACert, SkipSSLValidation: t.config.SkipSSLValidation,
			ConnectTimeout: t.config.ConnectTimeout, RequestTimeout: t.config.RequestTimeout,
		},
	})
	return err //nolint:wrapcheck // the sentence is complete
}

// need says whether the rotation waits for an apply changes. Ops Manager cannot
// show whether leaves were regenerated or a deleted CA is still trusted, so
// without a version to go by, an apply is needed rather than skipped.
func (t *tool) need(ctx context.Context, known *rotation.Version) (apply.Need, error) {
	view, err := observe.Phase(ctx, t.api, known)
	if err != nil {
		return apply.Need{}, err //nolint:wrapcheck // the sentence is complete
	}
	s := view.State
	if reason, message, next, refused := rotation.ApplyRefusal(s); refused {
		return apply.Need{}, fmt.Errorf("apply-changes refused (%s): %s; %s", reason, message, next)
	}
	switch {
	case s.NeedsApply():
		return apply.Need{Apply: true, Why: fmt.Sprintf("the rotation is at %s and has reached %d of %d products", s.Phase, s.Awaited().Covered(), len(s.Awaited().Products))}, nil
	case known == nil && s.Phase != rotation.Trusted:
		return apply.Need{Apply: true, Why: fmt.Sprintf("the rotation is at %s or further, and without --from nobody can tell what is deployed of it", s.Phase)}, nil
	}
	return apply.Need{Why: fmt.Sprintf("the rotation is at %s, which waits for no apply changes", s.Phase)}, nil
}
