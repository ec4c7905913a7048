package cli

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/report"
)

type reportCommand struct {
	JSON     bool `name:"json" xor:"form" help:"Write JSON for machines to standard output."`
	Markdown bool `name:"markdown" xor:"form" help:"Write a page of Markdown to standard output."`
}

// Run lists every certificate.
func (c *reportCommand) Run(t *tool) error {
	e, err := t.certificates()
	if err != nil {
		return err
	}
	inventory := report.InventoryOf(e)
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
