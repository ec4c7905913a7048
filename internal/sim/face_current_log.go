package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// noInstall is the type of the event that ends the current log at once.
const noInstall = "no install in progress"

// event is one server-sent event; a nameless one is a line of the log.
func event(name, data string) string {
	if name != "" {
		return fmt.Sprintf("event:%s\ndata:%s\n\n", name, data)
	}
	return fmt.Sprintf("data:%s\n\n", data)
}

// noInstallation is the current log where nothing runs.
func noInstallation() web.Response {
	return web.Response{Status: http.StatusOK, Events: event("exit", fmt.Sprintf(`{"type":%q}`, noInstall))}
}

// getCurrentLog is GET /installations/current_log: server-sent events of the
// installation that runs, to its end (facts §3.15).
func (f *face) getCurrentLog(*web.Call) web.Response {
	in := f.history.running()
	if in == nil {
		return noInstallation()
	}
	return f.logEvents(in)
}

// logEvents are the lines of an installation's log as they come.
func (f *face) logEvents(in *installation) web.Response {
	return web.Response{Status: http.StatusOK, Stream: func(ctx context.Context, w io.Writer) { f.streamLog(ctx, in, w, lineEvents) }}
}

// lineEvents are the events of whole lines.
func lineEvents(lines string) string {
	events := ""
	for line := range strings.Lines(lines) {
		line = strings.TrimSuffix(line, "\n")
		events += event(stepEvent(line), line)
	}
	return events
}

// streamLog writes the steps, then whole lines as they come, then the exit.
func (f *face) streamLog(ctx context.Context, in *installation, w io.Writer, events func(lines string) string) {
	_, _ = io.WriteString(w, event("step_info", in.steps()))
	for sent := 0; ; {
		var lines, exit string
		err := f.await(ctx, func() bool {
			log := in.text()
			lines = log[sent : strings.LastIndexByte(log, '\n')+1]
			sent += len(lines)
			exit = in.exit()
			return lines != "" || exit != ""
		})
		if err != nil {
			return
		}
		_, _ = io.WriteString(w, events(lines))
		if exit != "" {
			_, _ = io.WriteString(w, event("exit", exit))
			return
		}
	}
}

// stepEvent is the name of the event that a line is.
func stepEvent(line string) string {
	for _, name := range []string{"step_started", "step_finished"} {
		if strings.HasPrefix(line, `{"type":"`+name+`"`) {
			return name
		}
	}
	return ""
}

// exit is the last event's data, empty while it runs.
func (in *installation) exit() string {
	switch {
	case in.dead:
		return fmt.Sprintf(`{"type":%q}`, noInstall)
	case in.status == running:
		return ""
	case in.status == failed:
		return `{"type":"exit","code":1}`
	}
	return `{"type":"exit","code":0}`
}

// steps are those to come, in order.
func (in *installation) steps() string {
	type step struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Description string `json:"description"`
	}
	all := []step{}
	for _, c := range in.changes {
		all = append(all, step{c.product.stepID(c.doing()), c.product.label, c.product.stepName()})
	}
	text, _ := json.Marshal(all) // of strings alone
	return string(text)
}
