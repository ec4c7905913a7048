package schedule

import (
	"math/rand/v2"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// drawn is a kind of event with its share, and how it is filled in.
type drawn struct {
	share int
	kinds []Kind
	fill  func(s Schedule, r *rand.Rand, e *Event)
}

var urn = []drawn{
	{30, []Kind{Reset, LostAnswer, Truncated, Unauthorized, TooMany, InternalError, BadGateway}, onRequest},
	{8, []Kind{Stalled}, stalling},
	{12, []Kind{Warned, Violation, ViolationByTheBook, DroppedWrite}, onMutation},
	{1, []Kind{PartlyFailed}, onMutation},
	{2, []Kind{NoCertificates}, func(_ Schedule, r *rand.Rand, e *Event) { e.Point = Point{Where: Certificates, Nth: 1 + r.IntN(4)} }},
	{7, []Kind{NetworkResets, NetworkCuts, NetworkStalls, NetworkCrawls}, networking},
	{8, []Kind{Locked, UAARestarts, TokensRevoked}, anywhere},
	{12, []Kind{ProductFails, ErrandFails, StuckCancelled, StuckRecovering}, onDeployment},
	{24, []Kind{Kill, Kill, Terminate}, signalling},
	{20, []Kind{Click}, clicking},
}

// event draws one.
func (s Schedule) event(r *rand.Rand) Event {
	total := 0
	for _, d := range urn {
		total += d.share
	}
	at := r.IntN(total)
	for _, d := range urn {
		if at -= d.share; at < 0 {
			e := Event{Kind: d.kinds[r.IntN(len(d.kinds))]}
			d.fill(s, r, &e)
			return e
		}
	}
	return Event{}
}

// mutation is one of the calls that change the CAs, or start an installation.
func (s Schedule) mutation(r *rand.Rand) Point {
	all := []Where{Generate, Activate, Regenerate, Delete}
	if s.Custom {
		all[0] = Create
	}
	return Point{Where: all[r.IntN(len(all))], Nth: 1}
}

func onMutation(s Schedule, r *rand.Rand, e *Event) {
	e.Point = s.mutation(r)
	if e.Kind == DroppedWrite && r.IntN(4) == 0 {
		e.Point = Point{Where: Apply, Nth: 1 + r.IntN(3)}
	}
}

// onRequest favours the calls that matter over the many that only read.
func onRequest(s Schedule, r *rand.Rand, e *Event) {
	switch r.IntN(4) {
	case 0:
		e.Point = s.mutation(r)
	case 1:
		e.Point = Point{Where: Apply, Nth: 1 + r.IntN(3)}
	case 2:
		reads := []Where{Token, ListCAs, History, Poll, Log}
		e.Point = Point{Where: reads[r.IntN(len(reads))], Nth: 1 + r.IntN(12)}
	default:
		anywhere(s, r, e)
	}
}

func anywhere(_ Schedule, r *rand.Rand, e *Event) {
	e.Point = Point{Where: Anywhere, Nth: 1 + r.IntN(120)}
}

func stalling(s Schedule, r *rand.Rand, e *Event) {
	onRequest(s, r, e)
	e.After = r.IntN(2) == 0
	e.Delay = time.Duration(100+r.IntN(400)) * time.Millisecond
	if s.RequestTimeout > 0 {
		e.Delay = s.RequestTimeout + time.Second
	}
}

func networking(s Schedule, r *rand.Rand, e *Event) {
	anywhere(s, r, e)
	e.After = r.IntN(2) == 0
	e.Delay = time.Duration(100+r.IntN(500)) * time.Millisecond
}

func onDeployment(_ Schedule, r *rand.Rand, e *Event) {
	products := []string{"p-bosh", "cf", "p.mysql"}
	e.Point = Point{Product: products[r.IntN(len(products))], Nth: 1 + r.IntN(3)}
	if e.Kind != ErrandFails {
		return
	}
	if e.Point.Product, e.Errand = "cf", "smoke_tests"; r.IntN(2) == 0 {
		e.Point.Product, e.Errand = "p.mysql", sim.UpgradeAllErrand
	}
}

func signalling(s Schedule, r *rand.Rand, e *Event) {
	onRequest(s, r, e)
	e.After = r.IntN(2) == 0
	e.Victim = []Victim{Step, Step, Both, Both, Om}[r.IntN(5)]
}

func clicking(s Schedule, r *rand.Rand, e *Event) {
	onRequest(s, r, e)
	e.After = r.IntN(2) == 0
	e.Click = click(r)
}

// click is what another operator does: mostly applies and edits, at times
// something about the CAs.
func click(r *rand.Rand) sim.Action {
	products := []string{"cf", "p.mysql"}
	one := products[r.IntN(len(products))]
	switch n := r.IntN(24); {
	case n < 6:
		return sim.Action{Do: "apply"}
	case n < 8:
		return sim.Action{Do: "apply", Products: []string{one}}
	case n < 10:
		return sim.Action{Do: "apply", FailAt: one}
	case n < 13:
		return sim.Action{Do: "stage", Product: one}
	case n < 15:
		return sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand}
	case n < 16:
		return sim.Action{Do: "upgrade", Version: "3.3.1-build.7"}
	default:
		return sim.Action{Do: []string{"generate", "activate", "regenerate", "delete"}[r.IntN(4)], Checks: r.IntN(2) == 0}
	}
}
