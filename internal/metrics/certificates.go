package metrics

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// The most series that a foundation gets, however many service instances have CAs
// of their own, and whatever Ops Manager calls its procedures.
const (
	mostAuthorities = 100
	mostGroups      = 40
)

// otherGroups is the procedure of those beyond them.
const otherGroups = "other"

// authority is a CA, with what tells two of one name apart.
type authority struct{ name, kind, category string }

func (s sink) authorities(i inventory.Inventory, at time.Time) {
	earliest := map[authority]time.Time{}
	for _, g := range i.Groups {
		for _, c := range g.Certificates {
			if !c.IsCA() || c.Until().IsZero() {
				continue
			}
			a := authority{label(c.Name), string(c.Kind), string(g.Category)}
			if known, found := earliest[a]; !found || c.Until().Before(known) {
				earliest[a] = c.Until()
			}
		}
	}
	all := make([]authority, 0, len(earliest))
	for a := range earliest {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b authority) int {
		// Root CAs first: they are the ones that are never left out.
		return cmp.Or(cmp.Compare(rank(a.kind), rank(b.kind)), earliest[a].Compare(earliest[b]), cmp.Compare(a.name, b.name), cmp.Compare(a.category, b.category))
	})
	left := max(0, len(all)-mostAuthorities)
	for _, a := range all[:len(all)-left] {
		labels := []pair{{"name", a.name}, {"kind", a.kind}, {"category", a.category}}
		s.stamp("authority_expiry_timestamp_seconds", "When a CA expires.", earliest[a], labels...)
		if !at.IsZero() {
			s.gauge("authority_expiry_seconds", "How long until a CA expires, negative once it has, counted at the last look.", earliest[a].Sub(at).Seconds(), labels...)
		}
	}
	s.gauge("authorities_left_out", "CAs that have no metric of their own, because those that expire before them are many.", float64(left))
}

func rank(kind string) int {
	if kind == string(rotation.Authority) {
		return 1
	}
	return 0
}

// group is a procedure.
type group struct{ category, procedure, rotated string }

func (s sink) groups(i inventory.Inventory, at time.Time) {
	s.gauge("certificates_known", "Whether Ops Manager listed its certificates: where it did not, it is unknown what expires.", truth(i.Unknown == ""))
	found := map[group][]inventory.Group{}
	for n, g := range i.Groups {
		k := group{string(g.Category), label(g.Procedure), strconv.FormatBool(g.Rotated)}
		if n >= mostGroups {
			k.procedure = otherGroups
		}
		found[k] = append(found[k], g)
	}
	for k, groups := range found {
		c := inventory.SummaryOf(groups)
		labels := []pair{{"category", k.category}, {"procedure", k.procedure}, {"rotated", k.rotated}}
		s.gauge("group_certificates", "CAs and certificates that one procedure replaces; rotated says whether a rotation by opsman-ca is that procedure.", float64(c.Total), labels...)
		s.gauge("group_certificates_expired", "Those of them that have expired.", float64(c.Expired), labels...)
		s.gauge("group_certificates_undated", "Those of them for which Ops Manager gives no date.", float64(c.Undated), labels...)
		if c.First == nil {
			continue
		}
		s.stamp("group_expiry_timestamp_seconds", "When the first of them expires, or has expired.", c.First.Until(), labels...)
		if !at.IsZero() {
			s.gauge("group_expiry_seconds", "How long until the first of them expires, negative once it has, counted at the last look.", c.First.Until().Sub(at).Seconds(), labels...)
		}
	}
}
