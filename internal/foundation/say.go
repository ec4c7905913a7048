package foundation

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// Explain says in a few lines where the rotation stands, and what it waits for.
func Explain(c *console.Console, s rotation.Observation) {
	if s.State == rotation.Blocked {
		c.Println(c.Error("blocked ("+string(s.Reason)+"):"), s.Message)
		c.Println(c.Muted(troubleshooting.Links([]troubleshooting.Code{troubleshooting.OfReason(s.Reason)})))
		return
	}
	c.Println(c.Heading(string(s.State)), "active CA", s.Version.Active)
	if p := s.Awaited(); p != nil && s.NeedsApply() {
		for _, missing := range p.Missing() {
			c.Println(c.Warn("  not proven:"), missing)
		}
	}
	c.Println(c.Muted(fmt.Sprintf("next: %s", s.Next())))
}

func (r *run) announce(d rotation.Decision) {
	if d.Verdict != rotation.Refuse {
		r.Console.Println(r.Console.OK(string(d.Verdict)+":"), d.Message)
	}
	for _, note := range d.Notes {
		r.Console.Println(r.Console.Warn("note:"), note)
	}
}

// tell shows what Ops Manager reported about certificates.
func (r *run) tell(report opsman.Report) {
	for _, warning := range report.Warnings {
		r.Console.Println(r.Console.Warn("Ops Manager warns:"), warning)
	}
	if n := len(report.Regenerated); n > 0 {
		r.Console.Println(r.Console.Muted(fmt.Sprintf("certificates regenerated: %d", n)))
	}
	if len(report.Excluded) > 0 {
		r.Console.Println(r.Console.Muted("certificates excluded from rotation: " + firstFew(report.Excluded)))
	}
}

// firstFew names certificates, the first few of many.
func firstFew(items []opsman.Item) string {
	var names []string
	for _, item := range items {
		names = append(names, item.Name())
	}
	slices.Sort(names)
	return shorten.Join(slices.Compact(names), 5, ", ")
}
