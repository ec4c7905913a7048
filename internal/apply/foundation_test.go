package apply_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// foundation is an Ops Manager as a client sees it, and the server that the
// fake om talks to. Its installations get on by one line of log each time
// their status is asked for.
type foundation struct {
	*httptest.Server

	mu            sync.Mutex
	installations []evidence.Installation
	logs          map[int][]string
	// plan is what the next installation of ours will write and do.
	plan plan
	// next is the plan of all after that, if set.
	next *plan
	// asked are the arguments and environments of every om.
	asked   [][]string
	pending []evidence.PendingChange
	// failing answers the next calls with an error, by name of the call.
	failing map[string]int
	// onForeign is what a foreign installation does.
	foreign plan
	theirs  int
	// user is how Ops Manager calls ours.
	user string
	// denies answers, in turn, whether Ops Manager denies that anything runs; the
	// last stays.
	denies []bool
	// dead: what says running does not hinder another.
	dead   bool
	queued map[int]plan
	clock  func() time.Time
	// client is a real one, for what it takes out of texts; it sends nothing.
	client *opsman.Client
}

type plan struct {
	lines  []string
	status string
	// products overrides the status of a product at the end; "" leaves it out.
	products map[string]string
	// never ends.
	never bool
}

var deployed = []evidence.Product{
	{GUID: "p-bosh-1", Type: "p-bosh", Label: "BOSH Director", Version: "3.0.25"},
	{GUID: "cf-1", Type: "cf", Label: "TAS", Version: "6.0.1"},
	{GUID: "mysql-1", Type: "p.mysql", Label: "MySQL", Version: "3.2.0"},
}

func newFoundation() *foundation {
	f := &foundation{
		logs: map[int][]string{}, queued: map[int]plan{}, failing: map[string]int{},
		user:    "admin",
		plan:    plan{lines: logLines(12)},
		foreign: plan{lines: logLines(3)},
		pending: []evidence.PendingChange{{GUID: "cf-1", Identifier: "cf", Label: "TAS", Action: "update"}},
	}
	f.add("admin", plan{})
	f.finish(1)
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	var err error
	f.client, err = opsman.New(opsman.Config{Target: "https://opsman.example.com", Username: "admin", Password: password})
	Expect(err).NotTo(HaveOccurred())
	return f
}

func logLines(n int) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf("===== line %d\n", i))
	}
	return lines
}

// add starts an installation and gives its id.
func (f *foundation) add(user string, p plan) int {
	id := 1
	for _, i := range f.installations {
		id = max(id, i.ID+1)
	}
	i := evidence.Installation{ID: id, User: user, Status: evidence.InstallationRunning}
	for _, d := range deployed {
		if status, said := p.products[d.GUID]; said && status == "" {
			continue
		}
		i.Changes = append(i.Changes, evidence.Change{GUID: d.GUID, Identifier: d.Type, Label: d.Label,
			ProductVersion: d.Version, Type: evidence.ChangeUpdate, Status: evidence.DeploymentPending})
	}
	f.installations = append([]evidence.Installation{i}, f.installations...)
	f.queued[id] = p
	return id
}

// advance lets an installation write one line, or end.
func (f *foundation) advance(id int) {
	p := f.queued[id]
	written := len(f.logs[id])
	if written < len(p.lines) {
		f.logs[id] = append(f.logs[id], p.lines[written])
		changes := f.at(id).Changes
		if done := written * len(changes) / len(p.lines); done < len(changes) {
			for i := range done {
				changes[i].Status = evidence.DeploymentSuccessful
			}
			changes[done].Status = evidence.DeploymentRunning
		}
		return
	}
	if !p.never {
		f.finish(id)
	}
}

func (f *foundation) finish(id int) {
	i, p := f.at(id), f.queued[id]
	i.Status = evidence.InstallationSucceeded
	if p.status != "" {
		i.Status = p.status
	}
	for n := range i.Changes {
		i.Changes[n].Status = evidence.DeploymentSuccessful
		if status := p.products[i.Changes[n].GUID]; status != "" {
			i.Changes[n].Status = status
		}
	}
}

func (f *foundation) at(id int) *evidence.Installation {
	for n := range f.installations {
		if f.installations[n].ID == id {
			return &f.installations[n]
		}
	}
	return nil
}

func (f *foundation) running() bool {
	return slices.ContainsFunc(f.installations, func(i evidence.Installation) bool { return i.Status == evidence.InstallationRunning })
}

func (f *foundation) log(id int) string { return strings.Join(f.logs[id], "") }

// serve is what the fake om talks to.
func (f *foundation) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	newest := f.installations[0]
	switch r.URL.Path {
	case "/om":
		_, _ = fmt.Fprint(w, len(f.asked))
		f.asked = append(f.asked, strings.Split(string(body), "\n"))
	case "/foreign":
		if len(f.installations) == 1 {
			f.theirs = f.add(string(body), f.foreign)
		}
	case "/installations":
		if f.running() && !f.dead {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, `{"errors":["An installation is running"]}`)
			return
		}
		f.add(f.user, f.plan)
		if f.next != nil {
			f.plan = *f.next
		}
	case "/status":
		f.advance(newest.ID)
		switch f.installations[0].Status {
		case evidence.InstallationSucceeded:
			w.WriteHeader(http.StatusNoContent)
		case evidence.InstallationFailed:
			w.WriteHeader(http.StatusGone)
		}
	case "/log":
		_, _ = io.WriteString(w, f.log(newest.ID))
	}
}

// called fails a call when a spec wants that.
func (f *foundation) called(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.failing[name] != 0 {
		f.failing[name]--
		return errors.New("502 Bad Gateway")
	}
	return nil
}

func (f *foundation) Installations(ctx context.Context, enough func(evidence.Installation) bool) (evidence.History, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.called(ctx, "installations"); err != nil {
		return evidence.History{}, err
	}
	history := evidence.History{Asked: true, Complete: true}
	for n := range f.installations {
		// No om polls a foreign installation here, so this look advances it.
		foreign := f.installations[n].User != f.user || f.installations[n].ID == f.theirs
		if foreign && f.installations[n].Status == evidence.InstallationRunning {
			f.advance(f.installations[n].ID)
		}
		i := f.installations[n]
		i.Changes = slices.Clone(i.Changes)
		history.List = append(history.List, i)
		if enough(i) {
			history.Complete = false
			break
		}
	}
	return history, nil
}

func (f *foundation) Installation(ctx context.Context, id int) (evidence.Installation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.called(ctx, "installation"); err != nil {
		return evidence.Installation{}, err
	}
	f.advance(id)
	return evidence.Installation{ID: id, Status: f.at(id).Status}, nil
}

func (f *foundation) InstallationLogs(ctx context.Context, id int) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.called(ctx, "logs"); err != nil {
		return "", err
	}
	// The client takes its own secrets out of what Ops Manager writes.
	return f.Redact(f.log(id)), nil
}

func (f *foundation) Redact(text string) string { return f.client.Redact(text) }

func (f *foundation) DeployedProducts(ctx context.Context) (evidence.Products, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return evidence.Products{Asked: true, List: deployed}, f.called(ctx, "deployed")
}

func (f *foundation) PendingChanges(ctx context.Context) (evidence.Pending, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return evidence.Pending{Asked: true, List: f.pending}, f.called(ctx, "pending")
}

// NoInstallationRunning tells what the spec wants.
func (f *foundation) NoInstallationRunning(context.Context) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.denies) == 0 {
		return false
	}
	denies := f.denies[0]
	if len(f.denies) > 1 {
		f.denies = f.denies[1:]
	}
	return denies
}

// ServerTime is its clock, which a spec may set.
func (f *foundation) ServerTime() time.Time {
	if f.clock == nil {
		return time.Time{}
	}
	return f.clock()
}

func (f *foundation) ids() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	var ids []int
	for _, i := range f.installations {
		ids = append(ids, i.ID)
	}
	slices.Sort(ids)
	return ids
}

func (f *foundation) oms() [][]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}
