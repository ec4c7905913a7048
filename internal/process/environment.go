// Package process is what a program touches of its process: streams, arguments,
// environment and clock.
package process

import (
	"context"
	"io"
	"time"
)

// Environment is handed to a program by its main, or by a test.
type Environment struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Args are the arguments behind the program's name.
	Args []string
	// Environ is the environment, as os.Environ gives it.
	Environ []string
	// Sleep waits, or returns early with the context's error; nil is a real wait.
	Sleep func(context.Context, time.Duration) error
	// Now is the time; nil is the machine's.
	Now func() time.Time
}

// WithClock is the Environment with the machine's clock where it has no other. A method
// would be linked into every type that embeds an Environment.
func WithClock(e Environment) Environment {
	if e.Sleep == nil {
		e.Sleep = Sleep
	}
	if e.Now == nil {
		e.Now = time.Now
	}
	return e
}
