package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/opsman-ca/opsman-ca/internal/report"
)

type statusCommand struct {
	From string `type:"path" placeholder:"DIR" help:"Folder that a get of the resource wrote: what was known before."`
	JSON bool   `name:"json" help:"Write JSON for machines to standard output."`
}

// Run shows the phase.
func (c *statusCommand) Run(t *tool) error {
	status, err := t.status(c.From)
	if err != nil {
		return err
	}
	if c.JSON {
		return encode(t.Stdout, status)
	}
	_, err = io.WriteString(t.Stdout, report.StatusText(t.styles(t.Stdout), status))
	return err //nolint:wrapcheck // nothing to add
}

type planCommand struct {
	From string `type:"path" placeholder:"DIR" help:"Folder that a get of the resource wrote: what was known before."`
	JSON bool   `name:"json" help:"Write JSON for machines to standard output."`
}

// Run shows the way ahead.
func (c *planCommand) Run(t *tool) error {
	status, err := t.status(c.From)
	if err != nil {
		return err
	}
	if c.JSON {
		return encode(t.Stdout, report.PlanOf(status))
	}
	_, err = io.WriteString(t.Stdout, report.PlanText(t.styles(t.Stdout), report.PlanOf(status)))
	return err //nolint:wrapcheck // nothing to add
}

func encode(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("cannot write the answer to standard output: %w", err)
	}
	return nil
}
