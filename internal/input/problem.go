package input

import (
	"errors"
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Problem is what is wrong with one key of an object, or with the object itself.
type Problem struct {
	// At is the place of the object ("source"); Key is empty for the object
	// itself.
	At, Key string
	// Text follows the key: "is missing: …". It repeats no value that may be a
	// secret.
	Text string
}

// plain keys are written as they are, others in quotes: they may hold anything.
var plain = evidence.NewForm(60, `^[A-Za-z0-9_-]+$`)

// Error is the whole sentence.
func (p *Problem) Error() string {
	switch {
	case p.Key == "":
		return p.At + " " + p.Text
	case !plain.Matches(p.Key):
		return fmt.Sprintf("%s.%s %s", p.At, Excerpt(p.Key), p.Text)
	}
	return fmt.Sprintf("%s.%s %s", p.At, p.Key, p.Text)
}

// Mentions tells whether one of the problems is about the key of the object at, or
// about the whole object: then nothing more can be said of the key.
func Mentions(problems []error, at, key string) bool {
	return slices.ContainsFunc(problems, func(err error) bool {
		p, ok := errors.AsType[*Problem](err)
		return ok && p.At == at && (p.Key == key || p.Key == "")
	})
}

// shown is how much of a value a message repeats.
const shown = 40

// Excerpt is the beginning of a text, in quotes: what was mistyped has to be
// recognised, and a whole file in the wrong place has not to be printed.
func Excerpt(text string) string {
	if runes := []rune(text); len(runes) > shown {
		return fmt.Sprintf("%q…", string(runes[:shown]))
	}
	return fmt.Sprintf("%q", text)
}
