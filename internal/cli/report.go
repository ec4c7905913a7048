package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/report"
	"github.com/opsman-ca/opsman-ca/internal/resource"
)

type reportCommand struct {
	JSON     bool `name:"json" xor:"form" help:"Write JSON for machines to standard output."`
	Markdown bool `name:"markdown" xor:"form" help:"Write a page of Markdown to standard output."`

	ExpiresWithin resource.Span `variable:"EXPIRES_WITHIN" placeholder:"SPAN" help:"Begin with what expires within it (30d, 6w, 3m, 1y), and fail when anything does."`
}

// Run lists every certificate. With a span it fails after the list when one of
// them expires within it, as om expiring-certificates does.
func (c *reportCommand) Run(t *tool) error {
	e, err := t.certificates()
	if err != nil {
		return err
	}
	inventory := report.InventoryOf(e)
	var unknown error
	if within := c.ExpiresWithin.Within; within != nil {
		inventory.Due, unknown = report.DueWithin(inventory, *within)
	}
	return errors.Join(c.show(t, inventory), unknown, inventory.Due.Err())
}

func (c *reportCommand) show(t *tool, inventory report.Inventory) error {
	switch {
	case c.JSON:
		return t.encode(inventory)
	case c.Markdown:
		return t.write(report.InventoryMarkdown(inventory))
	}
	return t.write(report.InventoryText(t.styles(t.Stdout), inventory))
}

// certificates are all of them, with those marked that no rotation replaces.
func (t *tool) certificates() (evidence.Evidence, error) {
	var e evidence.Evidence
	info, err := t.api.Info(t.ctx)
	if err != nil {
		return e, fmt.Errorf("cannot ask Ops Manager for its version: %w", err)
	}
	e.OpsManager = info.Version
	if e.CAs, err = t.api.CertificateAuthorities(t.ctx); err != nil {
		return e, fmt.Errorf("cannot ask Ops Manager for its certificate authorities: %w", err)
	}
	if e.Certificates, err = t.api.Certificates(t.ctx); err != nil {
		return e, fmt.Errorf("cannot ask Ops Manager for its certificates: %w", err)
	}
	excluded, err := t.api.ExcludedCertificates(t.ctx)
	if err != nil {
		return e, fmt.Errorf("cannot ask Ops Manager which certificates it excludes from rotation: %w", err)
	}
	for i, c := range e.Certificates.List {
		e.Certificates.List[i].Excluded = c.Excluded || slices.Contains(excluded, c.Name)
	}
	e.At = t.client.ServerTime()
	return e, nil
}
