package machine

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/schedule"
)

// Control serves the rig's control API, which a scenario breaks things with:
//
//	POST /worker/kill                 the worker's process alone; its containers go on
//	POST /worker/kill?containers=true with all of its containers
//	POST /worker/start                the same worker again
//	POST /worker/start?fresh=true     another one, with nothing on its disk
//	POST /web/kill, /web/stop         at once, or by a signal
//	POST /web/start
//	POST /schedules/NAME              the schedule of that name fires now
//	GET  /schedules/NAME              when it fired, for the time resource's stand-in
//	POST /chats/NAME                  a text for the chat of that name
//	GET  /chats/NAME                  its texts, as a list
func (m *Machine) Control(ctx context.Context) error {
	mux := http.NewServeMux()
	handle := func(path string, do func(context.Context, *http.Request) error) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			// The caller may give up; what was begun is finished.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), startLimit)
			defer cancel()
			if err := do(ctx, r); err != nil {
				fmt.Fprintf(m.Report, "rig: %s: %s\n", path, err)
				http.Error(w, err.Error(), http.StatusConflict)
			}
		})
	}
	yes := func(r *http.Request, name string) bool { return r.FormValue(name) == "true" }
	handle("/worker/kill", func(ctx context.Context, r *http.Request) error { return m.StopWorker(ctx, yes(r, "containers")) })
	handle("/worker/start", func(ctx context.Context, r *http.Request) error { return m.StartWorker(ctx, yes(r, "fresh")) })
	handle("/web/kill", func(ctx context.Context, _ *http.Request) error { return m.StopWeb(ctx, true) })
	handle("/web/stop", func(ctx context.Context, _ *http.Request) error { return m.StopWeb(ctx, false) })
	handle("/web/start", func(ctx context.Context, _ *http.Request) error { return m.StartWeb(ctx) })
	schedule.New(time.Now).Register(mux)
	schedule.NewChats().Register(mux)
	return serve(ctx, ":"+layout.ControlPort, mux)
}
