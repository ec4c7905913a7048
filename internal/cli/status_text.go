package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// StatusText is the status for a terminal.
func StatusText(style console.Styles, s Status) string {
	var page strings.Builder
	line := func(texts ...string) { page.WriteString(strings.Join(texts, " ") + "\n") }

	line(style.Heading("state"), stateText(style, s.State))
	if s.Message != "" {
		line(style.Error(string(s.Reason)), s.Message)
	}
	if s.OpsManager != "" {
		line(style.Muted("Ops Manager " + s.OpsManager))
	}
	var rows [][]string
	for _, ca := range s.CAs {
		rows = append(rows, []string{ca.GUID, ca.Role, ca.Issuer, ca.Created, ca.Expires})
	}
	line("\n" + terminal.Table(style, []string{"CA", "role", "issuer", "created", "expires"}, rows))
	if s.Proof != nil {
		line("\n" + terminal.Table(style, []string{"product", fmt.Sprintf("reached since installation %d", s.Proof.Since)}, proofRows(style, *s.Proof)))
		lateDeployments(line, style, *s.Proof)
	}
	wayBack(line, style, s.WayBack)
	whatNext(line, style, s.Waiting, s.Next, s.Obstacles)
	readOn(line, style, s.Reason, s.Obstacles)
	return page.String()
}

// PlanText is the plan for a terminal.
func PlanText(style console.Styles, p Plan) string {
	var page strings.Builder
	line := func(texts ...string) { page.WriteString(strings.Join(texts, " ") + "\n") }

	line(style.Heading("plan"), "from state", stateText(style, p.State))
	mark := map[string]func(string) string{"done": style.OK, "next": style.Warn, "later": style.Muted}
	var rows [][]string
	for i, leg := range p.Legs {
		rows = append(rows, []string{fmt.Sprint(i + 1), mark[leg.Status](leg.Status), leg.Name, string(leg.To), leg.Does})
	}
	line("\n" + terminal.Table(style, []string{"", "", "phase", "to state", "what happens"}, rows))
	if len(p.Errands) > 0 {
		line("\n" + style.Heading("errands of every apply"))
		line(apply.ErrandTable(style, p.Errands))
	}
	before(line, style, p)
	wayBack(line, style, p.WayBack)
	whatNext(line, style, p.Waiting, p.Next, p.Obstacles)
	readOn(line, style, "", p.Obstacles)
	return page.String()
}

func stateText(style console.Styles, p rotation.State) string {
	switch p {
	case rotation.Settled:
		return style.OK(string(p))
	case rotation.Blocked:
		return style.Error(string(p))
	}
	return style.Warn(string(p))
}

func proofRows(style console.Styles, p Proof) [][]string {
	var rows [][]string
	for _, r := range p.Products {
		reached := style.OK(fmt.Sprintf("installation %d", r.Installation))
		if r.Installation == 0 {
			reached = style.Warn(r.Missing)
		}
		rows = append(rows, []string{r.Product, reached})
	}
	return rows
}

// lateDeployments lists what certificates v1 calls outdated, once every product
// was deployed: before that, it is all of them.
func lateDeployments(line func(...string), style console.Styles, p Proof) {
	const most = 10
	if p.Installation == 0 {
		return
	}
	for _, late := range shorten.List(p.Outdated, most) {
		line(style.Warn(late))
	}
}

// before lists what preflight found and what is not in the way already: no operator reads
// a plan for what passes.
func before(line func(...string), style console.Styles, p Plan) {
	passed, rest := 0, []rotation.Finding{}
	for _, f := range p.Findings {
		known := slices.ContainsFunc(p.Obstacles, func(o Obstacle) bool { return o.Reason == f.Code })
		switch {
		case f.Status == rotation.StatusPasses:
			passed++
		case !known || f.Status != rotation.StatusRefuses && f.Status != rotation.StatusAccepted:
			rest = append(rest, f)
		}
	}
	if len(p.Findings) == 0 {
		return
	}
	line("\n"+style.Heading("before it begins"), style.Muted(fmt.Sprintf("%d passed (preflight lists them)", passed)))
	for _, f := range rest {
		line(findingText(style, f))
	}
}

func wayBack(line func(...string), style console.Styles, f *rotation.Finding) {
	if f == nil {
		return
	}
	line("\n"+style.Heading("way back"), f.Message)
	if f.Next != "" {
		line(style.Muted("→"), f.Next)
	}
}

// whatNext ends the page: what to do about what is in the way, else what comes
// next. A proof that is merely awaited is on the page already. Leaf certificates
// that wait come before whatever the next rotation meets.
func whatNext(line func(...string), style console.Styles, waiting, next string, obstacles []Obstacle) {
	if waiting != "" {
		line("\n"+style.Warn("waiting:"), waiting)
	}
	for _, o := range obstacles {
		if o.Accepted {
			line("\n"+style.Warn("accepted ("+string(o.Reason)+"):"), o.Message)
			continue
		}
		if o.Reason != rotation.ReasonNotReached && o.Reason != rotation.ReasonTooEarly {
			line("\n"+style.Error("in the way ("+string(o.Reason)+"):"), o.Message)
		}
		if waiting == "" {
			next = o.Next
		}
	}
	line("\n"+style.Heading("next"), next)
}

// readOn leads to the guide's entries about what is in the way. A proof that is
// merely awaited is not.
func readOn(line func(...string), style console.Styles, blocked rotation.Reason, obstacles []Obstacle) {
	var codes []troubleshooting.Code
	if blocked != "" {
		codes = append(codes, troubleshooting.OfReason(blocked))
	}
	for _, o := range obstacles {
		code := troubleshooting.OfReason(o.Reason)
		if o.Accepted || o.Reason == rotation.ReasonNotReached || o.Reason == rotation.ReasonTooEarly || slices.Contains(codes, code) {
			continue
		}
		codes = append(codes, code)
	}
	if links := troubleshooting.Links(codes); links != "" {
		line(style.Muted(links))
	}
}
