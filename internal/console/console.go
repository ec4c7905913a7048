// Package console is what a person sees: styled lines, tables, and a
// heartbeat while something long goes on. It knows nothing of what is shown.
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
}

// Console writes lines for people to one writer. It is safe for concurrent
// use: what is written by one call is never split by another.
type Console struct {
	Styles

	mu  sync.Mutex
	out io.Writer
}

// New is a console on w.
func New(w io.Writer, o Options) *Console {
	return &Console{Styles: newStyles(o.Color.wanted(w, o.Environ)), out: w}
}

// Write passes text on as it is. It implements io.Writer.
func (c *Console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, err := c.out.Write(p)
	if err != nil {
		return n, fmt.Errorf("cannot write output: %w", err)
	}
	return n, nil
}

// Println writes the texts as one line. Styled texts come from the methods of
// Styles: c.Println(c.OK("done"), "in 8s").
func (c *Console) Println(texts ...string) {
	// There is nowhere left to complain when the terminal is gone.
	_, _ = c.Write([]byte(strings.Join(texts, " ") + "\n"))
}
