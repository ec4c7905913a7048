package sim

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// The logs of v1 tell for each line which step it belongs to, because tiles may be
// deployed together (facts §3.15). No public source shows their form: this one is
// invented, and no client may depend on it.

// stepLine is a line of a log with its step.
type stepLine struct {
	StepID string `json:"step_id"`
	Line   string `json:"line"`
}

// stepLines are the lines of a log: a line that names a product is its, another one
// is of the step that began last.
func (in *installation) stepLines(log, step string) (all []stepLine, last string) {
	for line := range strings.Lines(log) {
		line = strings.TrimSuffix(line, "\n")
		var begun struct {
			ID string `json:"id"`
		}
		if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), &begun) == nil && begun.ID != "" {
			step = begun.ID
		}
		own := step
		for _, c := range in.changes {
			if strings.Contains(line, c.product.guid) {
				own = c.product.stepID(c.doing())
			}
		}
		all = append(all, stepLine{own, line})
	}
	return all, step
}

// doing is what a step does with its product.
func (c *change) doing() string {
	if c.kind == kindDeletion {
		return "deleting"
	}
	return "deploying"
}

// getInstallationLogsV1 is GET /api/v1/installations/{id}/logs.
func (f *face) getInstallationLogsV1(c *web.Call) web.Response {
	in, missing := f.requestedInstallation(c)
	if in == nil {
		return missing
	}
	lines, _ := in.stepLines(in.text(), "")
	return web.OK(map[string]any{"logs": outcome.NotNil(lines)})
}

// getCurrentLogV1 is GET /api/v1/current_installation_logs.
func (f *face) getCurrentLogV1(*web.Call) web.Response {
	in := f.history.running()
	if in == nil {
		return noInstallation()
	}
	step := ""
	return web.Response{Status: http.StatusOK, Stream: func(ctx context.Context, w io.Writer) {
		f.streamLog(ctx, in, w, func(lines string) string {
			var rows []stepLine
			rows, step = in.stepLines(lines, step)
			events := ""
			for _, row := range rows {
				text, _ := json.Marshal(row) // of strings alone
				events += event("log", string(text))
			}
			return events
		})
	}}
}
