package console

import "strings"

// Styles give text a meaning by colour. Only the sixteen basic colours are
// used: every terminal has them, and so has a CI server's web page.
type Styles struct{ colored bool }

// style is the part of an ANSI sequence that says how text looks.
type style string

const (
	boldCyan    style = "1;36"
	green       style = "32"
	yellow      style = "33"
	boldRed     style = "1;31"
	brightBlack style = "90"
)

// Colored tells whether there are any, for programs whose output is shown beside.
func (s Styles) Colored() bool { return s.colored }

// Heading begins a part of the output.
func (s Styles) Heading(text string) string { return s.render(boldCyan, text) }

// OK is something that went well.
func (s Styles) OK(text string) string { return s.render(green, text) }

// Warn is something to look at.
func (s Styles) Warn(text string) string { return s.render(yellow, text) }

// Error is something that failed.
func (s Styles) Error(text string) string { return s.render(boldRed, text) }

// Muted is something that most readers skip.
func (s Styles) Muted(text string) string { return s.render(brightBlack, text) }

// render colours each line for itself: a web page may show lines one by one.
func (s Styles) render(look style, text string) string {
	if !s.colored {
		return text
	}
	begin, end := "\x1b["+string(look)+"m", "\x1b[m"
	return begin + strings.ReplaceAll(text, "\n", end+"\n"+begin) + end
}
