package console

import (
	"io"
	"slices"
	"strings"
)

// Color says whether to colour.
type Color string

// Colours. ColorAuto colours a terminal. ColorAlways colours everything, for
// output that a program shows to people although it is no terminal (a web
// page that understands ANSI sequences). NO_COLOR (no-color.org) wins over
// both.
const (
	ColorAuto   Color = "auto"
	ColorAlways Color = "always"
	ColorNever  Color = "never"
)

func (o Options) colored(w io.Writer) bool {
	switch {
	case o.Color == ColorNever, noColor(o.Environ):
		return false
	case o.Color == ColorAlways:
		return true
	}
	return o.Terminal != nil && o.Terminal(w, o.Environ)
}

// noColor follows no-color.org: present and not empty, whatever the value.
func noColor(environ []string) bool {
	return slices.ContainsFunc(environ, func(v string) bool {
		value, found := strings.CutPrefix(v, "NO_COLOR=")
		return found && value != ""
	})
}
