package run

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/test/readiness/play"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
)

const introduction = `# Readiness

Foundations as real ones may be, by version of Ops Manager and by procedure, each played twice with the built programs and the real om against a simulated foundation: with no advice, and on a fresh one with what the findings advise.

    make readiness

writes this page (half an hour on two cores) and ends with 1 when a promise is broken: a handshake that breaks, a stop after the first change for a reason that preflight did not name before it, or a play with the advice
followed that does not end settled. ` + "`-pairwise`" + ` (READINESS_FLAGS) has every pair of two shapes, and of a shape and a version or procedure, in a tenth of the cells. Section numbers are those of the collected facts of the API.

- **finds**: the codes for which preflight refuses. It names more as notes; **named** tells those that a stop is foretold by.
- **no advice**: settled, refused before the first change, or where it stopped after it.
- **broken**: broken handshakes with no advice, and with it.
`

// row is what cells with the same end have in common.
type row struct {
	shape, facts, finds, plain, broken, advice, advised string
}

// Table is what the cells came to, as a page. Cells of a shape that came to the same are
// one row.
func Table(results []play.Result) string {
	var b strings.Builder
	b.WriteString(introduction)
	fmt.Fprintf(&b, "\n%s\n", sums(results))
	b.WriteString("\n| shape | facts | Ops Manager | procedure | finds | no advice | broken | advice | with it |\n|---|---|---|---|---|---|---|---|---|\n")
	groups := map[row][]play.Result{}
	var order []row
	slices.SortStableFunc(results, before)
	for _, r := range results {
		key := rowOf(r)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], r)
	}
	for _, key := range order {
		for _, line := range lines(groups[key]) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", key.shape, key.facts, line.versions, line.procedures, key.finds, key.plain, key.broken, key.advice, key.advised)
		}
	}
	return b.String()
}

func sums(results []play.Result) string {
	broken, faults, settled, refused, named, support, end := 0, 0, 0, 0, 0, 0, 0
	for _, r := range results {
		if r.Advised != nil {
			broken += r.Advised.Broken
			if r.Advised.Settled() {
				end++
			}
		} else {
			support++
		}
		if len(r.Faults) > 0 {
			faults++
		}
		switch {
		case r.Plain.Settled() && r.Plain.Broken == 0:
			settled++
		case r.Plain.Before():
			refused++
		default:
			named++
		}
	}
	return fmt.Sprintf("%d cells, %d of which broke a promise. With no advice followed: %d settled, %d were refused before the first change, %d stopped or lost something that was named before it. With the advice followed: %d settled with %d broken handshakes; %d are for the vendor's support.",
		len(results), faults, settled, refused, named, end, broken, support)
}

// before is the order of the lists.
func before(a, b play.Result) int {
	all := shapes.All()
	at := func(r play.Result) int {
		return slices.IndexFunc(all, func(s shapes.Shape) bool { return s.Name == r.Cell.Shapes[0].Name })
	}
	version := func(r play.Result) int {
		return slices.IndexFunc(shapes.Versions(), func(v shapes.Version) bool { return v.Name == r.Cell.Version.Name })
	}
	for _, c := range []int{
		at(a) - at(b), strings.Compare(a.Cell.Name(), b.Cell.Name()),
		slices.Index(play.Procedures(), a.Cell.Procedure) - slices.Index(play.Procedures(), b.Cell.Procedure), version(a) - version(b),
	} {
		if c != 0 {
			return c
		}
	}
	return 0
}

func rowOf(r play.Result) row {
	var facts []string
	for _, s := range r.Cell.Shapes {
		facts = append(facts, s.Facts)
	}
	x := row{
		shape: r.Cell.Name(), facts: strings.Join(facts, "; "), finds: codes(r.Findings.Codes(rotation.StatusRefuses)),
		plain: r.Plain.Short(), broken: fmt.Sprint(r.Plain.Broken), advice: r.Cell.Advice().Text, advised: "the vendor's support",
	}
	if by := r.Findings.NamedBy(r.Plain.Reason); r.Plain.Changed && r.Plain.Reason != "" && by != "" {
		x.plain += " (named: " + string(by) + ")"
	}
	if r.Plain.Reason == "" && !r.Plain.Settled() {
		x.plain = "ends, and leaves behind what was named"
	}
	if r.Advised != nil {
		x.advised = r.Advised.Short()
		x.broken += fmt.Sprintf(", %d", r.Advised.Broken)
	}
	if len(r.Faults) > 0 {
		x.advised += " **broken promise**"
	}
	return x
}

func codes(all []rotation.Reason) string {
	var texts []string
	for _, code := range all {
		texts = append(texts, string(code))
	}
	return strings.Join(texts, ", ")
}

// line is the versions and procedures of a row, as far as they are a rectangle.
type line struct{ versions, procedures string }

func lines(results []play.Result) []line {
	versions := map[string][]string{}
	var order []string
	for _, p := range play.Procedures() {
		var list []string
		for _, r := range results {
			if r.Cell.Procedure == p {
				list = append(list, r.Cell.Version.Name)
			}
		}
		if len(list) == 0 {
			continue
		}
		key := strings.Join(list, ", ")
		if versions[key] == nil {
			order = append(order, key)
		}
		versions[key] = append(versions[key], string(p))
	}
	var all []line
	for _, key := range order {
		all = append(all, line{key, strings.Join(versions[key], ", ")})
	}
	return all
}
