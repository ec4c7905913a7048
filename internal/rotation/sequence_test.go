package rotation_test

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	"pgregory.net/rapid"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// saga is a foundation to which random things happen, watched by a check that
// runs after each of them.
type saga struct {
	e        evidence.Evidence
	clock    time.Time
	dateOnly bool
	guids    int
	last     int
	cursor   *rotation.Version
	seen     map[string]string
}

func (g *saga) tick(t *rapid.T) {
	g.clock = g.clock.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "hours")) * time.Hour / 4)
	g.e.At = g.clock
}

func (g *saga) make(on bool) {
	g.guids++
	made := evidence.Stamp{Time: g.clock.Truncate(time.Second)}
	if g.dateOnly {
		made = evidence.Stamp{Time: g.clock.Truncate(24 * time.Hour), DateOnly: true}
	}
	g.e.CAs = append(g.e.CAs, evidence.CA{GUID: fmt.Sprintf("%020x", g.guids), Active: on, CreatedOn: made,
		ExpiresOn: evidence.Stamp{Time: g.clock.AddDate(4, 0, 0)}})
}

func (g *saga) install(t *rapid.T) {
	g.last += rapid.IntRange(1, 3).Draw(t, "ids") // other ids were pruned or belong to others
	i := evidence.Installation{ID: g.last, Status: evidence.InstallationSucceeded, StartedAt: g.clock}
	for _, p := range g.e.Products.List {
		status := rapid.SampledFrom([]string{evidence.DeploymentSuccessful, evidence.DeploymentSuccessful, evidence.DeploymentSuccessful,
			evidence.DeploymentSkipped, evidence.DeploymentFailed}).Draw(t, "status")
		if status == evidence.DeploymentFailed {
			i.Status = evidence.InstallationFailed
		}
		i.Changes = append(i.Changes, part(p, status))
	}
	g.e.History.List = append([]evidence.Installation{i}, g.e.History.List...)
}

// check is what the resource does: it looks with its own last output, and the
// version has to be new whenever it differs.
func (g *saga) check(t *rapid.T, what string) {
	v := rotation.Observe(g.e, g.cursor).Version
	if again := rotation.Observe(g.e, g.cursor).Version; again != v {
		t.Fatalf("not deterministic after %s: %v, then %v", what, v, again)
	}
	if again := rotation.Observe(g.e, &v).Version; again != v {
		t.Fatalf("not idempotent after %s:\n%v, then\n%v", what, v.Map(), again.Map())
	}
	if parsed, err := rotation.ParseVersion(v.Map()); err != nil || parsed != v {
		t.Fatalf("%v does not come back: %v %v", v.Map(), parsed.Map(), err)
	}
	g.record(t, what, v)
}

func (g *saga) record(t *rapid.T, what string, v rotation.Version) {
	if g.cursor != nil && *g.cursor == v {
		return
	}
	key := fmt.Sprint(v.Map())
	if first, known := g.seen[key]; known {
		t.Fatalf("%s: %s was seen before, after %s", what, key, first)
	}
	g.seen[key] = what
	g.cursor = &v
}

// events are everything that can happen, legal or not.
func (g *saga) events() map[string]func(*rapid.T) {
	some := func(t *rapid.T) int {
		if len(g.e.CAs) == 0 {
			t.Skip("no CA")
		}
		return rapid.IntRange(0, len(g.e.CAs)-1).Draw(t, "ca")
	}
	return map[string]func(*rapid.T){
		"generate": func(t *rapid.T) {
			if len(g.e.CAs) > 3 {
				t.Skip("enough")
			}
			g.make(false)
			g.check(t, "generate")
		},
		"activate": func(t *rapid.T) {
			n := some(t)
			for i := range g.e.CAs {
				g.e.CAs[i].Active = i == n
			}
			g.check(t, "activate")
		},
		"none active": func(t *rapid.T) {
			g.e.CAs[some(t)].Active = false
			g.check(t, "none active")
		},
		"delete": func(t *rapid.T) {
			n := some(t)
			if g.e.CAs[n].Active {
				t.Skip("active")
			}
			g.e.CAs = append(g.e.CAs[:n:n], g.e.CAs[n+1:]...)
			g.check(t, "delete")
		},
		"apply": func(t *rapid.T) {
			g.install(t)
			g.check(t, "apply")
		},
		"apply again": func(t *rapid.T) {
			g.install(t)
			g.check(t, "apply again")
		},
		"empty list and back": func(t *rapid.T) {
			cas := g.e.CAs
			g.e.CAs = nil
			g.check(t, "an empty list")
			g.e.CAs = cas
			g.check(t, "the list is back")
		},
		"regenerate by the resource": func(t *rapid.T) {
			s := rotation.Observe(g.e, g.cursor)
			if rotation.Decide(rotation.Question{Phase: rotation.Regenerate, From: *g.cursor, Observed: s, Evidence: g.e}).Verdict != rotation.Go {
				t.Skip("not its turn")
			}
			g.record(t, "regenerate", *rotation.After(s, rotation.Regenerate, g.e))
			g.check(t, "regenerate")
		},
		"a product arrives": func(t *rapid.T) {
			if len(g.e.Products.List) > 4 {
				t.Skip("enough")
			}
			name := fmt.Sprintf("tile-%d", len(g.seen))
			g.e.Products.List = append(g.e.Products.List, evidence.Product{GUID: name, Type: name})
			g.check(t, "a product arrives")
		},
		"a product leaves": func(t *rapid.T) {
			if len(g.e.Products.List) < 2 {
				t.Skip("the last")
			}
			g.e.Products.List = g.e.Products.List[:len(g.e.Products.List)-1]
			g.check(t, "a product leaves")
		},
		"the history is pruned": func(t *rapid.T) {
			keep := rapid.IntRange(0, len(g.e.History.List)).Draw(t, "keep")
			g.e.History.List = g.e.History.List[:keep:keep]
			g.check(t, "pruning")
		},
		"deployments are outdated": func(t *rapid.T) {
			c := leaf("/cf/router", "2026-01-01T00:00:00Z")
			c.ValidFrom = g.clock
			if rapid.Bool().Draw(t, "outdated") {
				c.OutdatedDeployments = []string{"cf-1"}
			}
			g.e.Certificates = evidence.Certificates{Source: evidence.SourceV1, List: []evidence.Certificate{c}}
			g.check(t, "outdated")
		},
		"": g.tick,
	}
}

var _ = Describe("the versions of a foundation", func() {
	It("never come back, whatever happens, and looking again changes nothing", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			g := &saga{clock: at("2026-03-02T08:00:00Z"), seen: map[string]string{}, dateOnly: rapid.Bool().Draw(t, "date-only")}
			g.e.At = g.clock
			g.e.Products = evidence.Products{Asked: true, List: []evidence.Product{director, tas}}
			g.make(true)
			g.check(t, "the first look")
			t.Repeat(g.events())
		})
	})
})
