package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/sim/view"
)

// The columns of the tally, and how wide they are: together they fit a terminal of 80.
var (
	columns = []string{"job", "state", "old CA", "new CA", "broken", "took"}
	widths  = []int{33, 11, 6, 6, 8, 4}
)

// legend says what is in the columns.
const legend = "Each CA: VMs that trust it / that have a certificate of it. Broken: handshakes."

// heading begins the tally; where everything is shown it is a table at the end.
func (s *stage) heading() {
	if s.Verbose {
		return
	}
	s.Console.Println(s.Console.Muted(legend))
	var line strings.Builder
	for n, column := range columns {
		fmt.Fprintf(&line, "%-*s  ", widths[n], column)
	}
	s.Console.Println(s.Console.Heading(strings.TrimRight(line.String(), " ")))
}

// begin says which leg is under way.
func (s *stage) begin(l leg) {
	if s.Verbose {
		s.Console.Println()
		s.Console.Println(s.Console.Heading("▼ " + l.title))
		return
	}
	// The rest of the line comes when it is done.
	_, _ = fmt.Fprintf(s.Console, "%-*s  ", widths[0], l.title)
}

// end says what it came to.
func (s *stage) end(l leg, took time.Duration) {
	state := s.foundation.Dump()
	reach := func(guid string) string {
		if guid == "" {
			return "-"
		}
		trusting, signed := state.Reach(guid)
		return fmt.Sprintf("%d/%d", trusting, signed)
	}
	result, word := l.state, s.Console.OK
	if l.says != "" {
		result, word = l.says, s.Console.Error
	}
	broken, count := len(state.Broken), s.Console.OK
	if broken > 0 {
		count = s.Console.Error
	}
	pad := func(column int, text string) string { return fmt.Sprintf("%-*s", widths[column], text) }
	row := []string{
		word(pad(1, result)), pad(2, reach(s.old)), pad(3, reach(s.candidate())),
		count(pad(4, fmt.Sprintf("%d of %d", broken, state.Good+broken))), fmt.Sprintf("%.1fs", took.Seconds()),
	}
	if !s.Verbose {
		s.Console.Println(strings.Join(row, "  "))
		return
	}
	s.Console.Println(s.Console.Heading("state"), s.Console.OK(s.builds.Version["state"]))
	view.Authorities(s.Console, state)
	s.Console.Println(count(view.Handshakes(state)))
	s.rows = append(s.rows, append([]string{l.title}, row...))
}

// fail shows all that was said in a leg that failed, where it was not shown yet.
func (s *stage) fail(l leg) {
	if s.Verbose {
		return
	}
	s.Console.Println(s.Console.Error("failed"))
	s.Console.Println(s.Console.Error("▼ all that was said in " + l.title + ":"))
	_, _ = s.Console.Write(s.said.Bytes())
}

// sum is the tally as a table, where its lines were not shown one by one.
func (s *stage) sum() {
	if !s.Verbose {
		return
	}
	s.Console.Println()
	s.Console.Println(s.Console.Muted(legend))
	s.Console.Println(terminal.Table(s.Console.Styles, columns, s.rows))
}
