package input

import (
	"errors"
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Problem is what is wrong with one key of an object, or with the object itself.
type Problem struct {
	// At is the place of the object ("source"), empty where the code that found the problem
	// does not know it; Key is empty for the object itself.
	At, Key string
	// With are other keys that the text speaks of.
	With []setting.Key
	// Text follows the key: "is missing: …". It repeats no value that may be a
	// secret.
	Text string
}

// Wrong is what is wrong with a key, wherever it was given.
func Wrong(k setting.Key, text string, args ...any) error {
	return &Problem{Key: string(k), Text: fmt.Sprintf(text, args...)}
}

// Named is an error whose problems call their keys what the surface calls them.
func Named(err error, names setting.Names) error {
	var named []error
	for _, one := range Problems(err) {
		if p, ok := errors.AsType[*Problem](one); ok {
			one = fmt.Errorf("%s %s", names.Of(setting.Key(p.Key)), p.Text)
		}
		named = append(named, one)
	}
	return errors.Join(named...)
}

// plain keys are written as they are, others in quotes: they may hold anything.
var plain = evidence.NewForm(60, `^[A-Za-z0-9_-]+$`)

// Error is the whole sentence.
func (p *Problem) Error() string {
	switch {
	case p.At == "" && p.Key == "":
		return p.Text
	case p.At == "":
		return p.Key + " " + p.Text
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

// Beside are the problems of err with the object at, beside those known. Of a key that
// could not be read nothing more is said: it is not missing as well.
func Beside(err error, known []error, at string) []error {
	unread := func(k setting.Key) bool { return Mentions(known, at, string(k)) }
	var all []error
	for _, problem := range Problems(err) {
		p, ok := errors.AsType[*Problem](problem)
		switch {
		case !ok || p.Key == "" && !slices.ContainsFunc(p.With, unread):
			all = append(all, fmt.Errorf("%s: %w", at, problem))
		case p.Key != "" && !unread(setting.Key(p.Key)) && !slices.ContainsFunc(p.With, unread):
			all = append(all, &Problem{At: at, Key: p.Key, Text: p.Text})
		}
	}
	return all
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
