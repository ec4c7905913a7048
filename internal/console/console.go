// Package console is what a person sees: styled lines, and a heartbeat while
// something long goes on. It knows nothing of what is shown.
package console

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// Options decide how a Console looks.
type Options struct {
	Color Color
	// Environ is the environment as os.Environ gives it; NO_COLOR and TERM are
	// read from it.
	Environ []string
	// Terminal tells whether w is a terminal with colours, which ColorAuto wants to
	// know; where it is nil, nothing is one.
	Terminal func(w io.Writer, environ []string) bool
}

// Console writes lines for people to one writer. It is safe for concurrent
// use: what is written by one call is never split by another.
type Console struct {
	Styles

	mu     sync.Mutex
	out    io.Writer
	filter func(string) string
}

// New is a console on w.
func New(w io.Writer, o Options) *Console {
	return &Console{Styles: Styles{o.colored(w)}, out: w}
}

// SetFilter sends all that is written from now on through filter, one call of
// Write at a time: it takes out secrets.
func (c *Console) SetFilter(filter func(string) string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.filter = filter
}

// Write passes text on harmless, and as the filter leaves it. It implements
// io.Writer.
func (c *Console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// First what does not show: a secret may be interspersed with it.
	text := Harmless(string(p))
	if c.filter != nil {
		text = c.filter(text)
	}
	if _, err := io.WriteString(c.out, text); err != nil {
		return 0, fmt.Errorf("cannot write output: %w", err)
	}
	return len(p), nil
}

// Println writes the texts as one line. Styled texts come from the methods of
// Styles: c.Println(c.OK("done"), "in 8s").
func (c *Console) Println(texts ...string) {
	// There is nowhere left to complain when the terminal is gone.
	_, _ = c.Write([]byte(strings.Join(texts, " ") + "\n"))
}
