package cli

import (
	"errors"
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/resource"
)

type reportCommand struct {
	JSON     bool `name:"json" xor:"form" help:"Write JSON for machines to standard output."`
	Markdown bool `name:"markdown" xor:"form" help:"Write a page of Markdown to standard output."`
	HTML     bool `name:"html" xor:"form" help:"Write a page of HTML that needs nothing but itself to standard output."`

	To         reportFolder `type:"path" variable:"REPORT_TO" placeholder:"DIR" help:"Folder to write report.html, report.md and report.json to as well."`
	Foundation string       `variable:"FOUNDATION" placeholder:"NAME" help:"What the report calls the foundation."`

	ExpiresWithin resource.Span `variable:"EXPIRES_WITHIN" placeholder:"SPAN" help:"Begin with what expires within it (30d, 6w, 3m, 1y), and fail when anything does, or has no date."`
}

// Run lists every certificate. With a span it fails after the list when one of
// them expires within it, as om expiring-certificates does, or has no date.
func (c *reportCommand) Run(t *app) error {
	if err := c.To.check(t.names); err != nil {
		return err
	}
	e, err := foundation.Listing(t.ctx, t.api)
	if err != nil {
		return err
	}
	list := inventory.Of(inventory.Redacted(e, t.client.Redact))
	list.Foundation = c.Foundation
	var unknown error
	if within := c.ExpiresWithin.Within; within != nil {
		list.Due, unknown = inventory.DueWithin(list, *within)
	}
	return errors.Join(c.show(t, list), c.To.write(list, t.names), unknown, list.Due.Err(), list.Due.Unknown())
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
