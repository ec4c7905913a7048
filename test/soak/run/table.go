package run

import (
	"fmt"
	"io"
)

// Table writes tallies of several procedures side by side, as Markdown.
func Table(w io.Writer, tallies map[Procedure]*Tally) {
	fmt.Fprintln(w, "| procedure | foundations | handshakes broken by it | by another's click alone | settled | stopped | success claimed, half rotated | of these, wrong CAs | other than one CA in the end | private key exposed |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|")
	for _, p := range Procedures() {
		t := tallies[p]
		if t == nil {
			continue
		}
		fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", p, t.Rotations, t.BrokenByUs, t.BrokenByOthers,
			t.Settled, sum(t.Stopped), t.HalfRotated, t.WrongCAs, t.OtherThanOneCA, t.Keys)
	}
}
