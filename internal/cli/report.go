package cli

import (
	"errors"
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

type reportCommand struct {
	JSON     bool `name:"json" xor:"form" help:"Write JSON for machines to standard output."`
	Markdown bool `name:"markdown" xor:"form" help:"Write a page of Markdown to standard output."`
	HTML     bool `name:"html" xor:"form" help:"Write a page of HTML that needs nothing but itself to standard output."`

	To         reportFolder `type:"path" variable:"REPORT_TO" placeholder:"DIR" help:"Folder to write report.html, report.md and report.json to as well."`
	Foundation string       `variable:"FOUNDATION" placeholder:"NAME" help:"What the report calls the foundation."`

	ExpiresWithin resource.Span `variable:"EXPIRES_WITHIN" placeholder:"SPAN" help:"Begin with what expires within it (30d, 6w, 3m, 1y), and fail when anything does, or has no date."`
	Preflight     bool          `variable:"PREFLIGHT" help:"Add what preflight finds: whether a rotation may begin, and what to know before it."`
}

// Run lists every certificate. With a span it fails after the list when one of
// them expires within it, as om expiring-certificates does, or has no date.
func (c *reportCommand) Run(t *app) error {
	if err := c.To.check(t.names); err != nil {
		return err
	}
	e, findings, err := c.look(t)
	if err != nil {
		return err
	}
	list := inventory.Of(inventory.Redacted(e, t.client.Redact))
	list.Foundation, list.Findings = c.Foundation, findings
	var unknown error
	if within := c.ExpiresWithin.Within; within != nil {
		list.Due, unknown = inventory.DueWithin(list, *within)
	}
	return errors.Join(c.show(t, list), c.To.write(list, t.names), unknown, list.Due.Err(), list.Due.Unknown())
}

// look is what the report lists. What preflight asks besides is asked only for who
// wants it.
func (c *reportCommand) look(t *app) (evidence.Evidence, []rotation.Finding, error) {
	if !c.Preflight {
		e, err := foundation.Listing(t.ctx, t.api)
		return e, nil, err
	}
	view, err := foundation.Marked(t.ctx, t.api, nil)
	if err != nil {
		return evidence.Evidence{}, nil, err
	}
	findings, err := t.findings(&view, nil, rotation.Options{})
	if err != nil {
		return evidence.Evidence{}, nil, err
	}
	findings = PreflightOf(view, findings).Findings
	for n := range findings {
		f := &findings[n]
		f.Message, f.Next = t.redact(f.Message), t.redact(f.Next)
	}
	return view.Evidence, findings, nil
}

func (c *reportCommand) show(t *app, list inventory.Inventory) error {
	switch {
	case c.JSON:
		return t.encode(list)
	case c.Markdown:
		return t.write(inventory.Markdown(list))
	case c.HTML:
		page, err := inventory.HTML(list)
		if err != nil {
			return fmt.Errorf("--html: %w", err)
		}
		return t.write(page)
	}
	return t.write(ReportText(t.styles(t.Stdout), list))
}
