// Package terminal is what only a command that a person starts in a terminal needs
// of a console: whether the terminal has colours, and tables that keep their columns
// in line. The resource's programs, whose output a web page shows, go without.
package terminal

import (
	"io"

	"github.com/charmbracelet/colorprofile"
)

// Colored tells whether w is a terminal with colours, or the environment wants it
// taken for one. It is console.Options.Terminal.
func Colored(w io.Writer, environ []string) bool {
	return colorprofile.Detect(w, environ) >= colorprofile.ANSI
}
