package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

type statusCommand struct {
	From string `type:"path" variable:"FROM" placeholder:"DIR" help:"Folder that a get of the resource or an earlier step wrote: what was known before."`
	JSON bool   `name:"json" help:"Write JSON for machines to standard output."`
}

// Run shows the state.
func (c *statusCommand) Run(t *app) error {
	view, known, err := t.look(c.From)
	if err != nil {
		return err
	}
	return answer(t, c.JSON, StatusOf(t.names, view, known, rotation.Options{}), StatusText)
}

type planCommand struct {
	From string `type:"path" variable:"FROM" placeholder:"DIR" help:"Folder that a get of the resource or an earlier step wrote: what was known before."`
	JSON bool   `name:"json" help:"Write JSON for machines to standard output."`
	readiness
	errandFlags
}

// Run shows the way ahead.
func (c *planCommand) Run(t *app) error {
	options, err := c.options(t.names)
	if err != nil {
		return err
	}
	options.Recreate = c.RecreateVMs
	view, known, err := t.look(c.From)
	if err != nil {
		return err
	}
	var findings []rotation.Finding
	if rotation.AtRest(view.Observed) {
		if findings, err = t.findings(&view, known, options); err != nil {
			return err
		}
	}
	errands, err := apply.PlanErrands(apply.OmAPI(t.ctx, t.client), c.request(t.names))
	if err != nil {
		return err
	}
	for _, warning := range errands.Warnings {
		t.console.Println(t.console.Warn("▸"), warning)
	}
	return answer(t, c.JSON, PlanOf(StatusOf(t.names, view, known, options), errands.Planned, findings), PlanText)
}

// answer writes a value for machines, or as its text for people.
func answer[V any](t *app, machines bool, value V, text func(console.Styles, V) string) error {
	if machines {
		return t.encode(value)
	}
	return t.write(text(t.styles(t.Stdout), value))
}

func (t *app) encode(value any) error {
	text, err := inLines(value)
	if err != nil {
		return fmt.Errorf("cannot write the answer as JSON: %w", err)
	}
	return t.write(string(text))
}

// inLines is a value in JSON as people read it.
func inLines(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return text.Bytes(), err
}

// write answers on standard output, without any secret that a server may have
// echoed.
func (t *app) write(text string) error {
	if _, err := io.WriteString(t.Stdout, t.redact(console.Harmless(text))); err != nil {
		return fmt.Errorf("cannot write the answer to standard output: %w", err)
	}
	return nil
}
