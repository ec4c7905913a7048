package terminal

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/opsman-ca/opsman-ca/internal/console"
)

// Table is rows below headers, without a line feed at the end. It is as wide as its
// cells need; cells may be styled.
func Table(style console.Styles, headers []string, rows [][]string) string {
	widths := make([]int, len(headers))
	cells := make([][]int, 0, len(rows)+1)
	for _, row := range append([][]string{headers}, rows...) {
		of := make([]int, len(row))
		for n, cell := range row {
			of[n] = width(cell)
			widths[n] = max(widths[n], of[n])
		}
		cells = append(cells, of)
	}
	total := 0
	for _, w := range widths {
		total += w + 2
	}
	var text strings.Builder
	text.Grow((len(rows) + 3) * (total + 16))
	line := func(row []string, of []int, render func(string) string) {
		for n, cell := range row {
			text.WriteString(render(cell))
			text.WriteString(strings.Repeat(" ", widths[n]-of[n]+2))
		}
	}
	line(headers, cells[0], style.Heading)
	text.WriteString("\n" + style.Muted(strings.Repeat("─", total)))
	for n, row := range rows {
		text.WriteByte('\n')
		line(row, cells[n+1], func(cell string) string { return cell })
	}
	return text.String()
}

// width is how many columns of a terminal the cell takes.
func width(cell string) int {
	for n := range len(cell) {
		if c := cell[n]; c < ' ' || c > '~' {
			return ansi.StringWidth(cell)
		}
	}
	return len(cell)
}
