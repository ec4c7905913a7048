// Package form says what texts have to look like. Regular expressions are compiled
// when they are first asked: a check needs few of them, and compiling all took longer
// than one of its requests (docs/dev/performance.md).
package form

import (
	"regexp"
	"sync"
	"unicode/utf8"
)

// Form is what a text of some key has to look like.
type Form struct {
	longest  int
	compiled func() *regexp.Regexp
}

// New is a form of at most so many characters. The length is no part of the
// expression, where it would be as many copies of what is repeated.
func New(longest int, expression string) Form {
	return Form{longest: longest, compiled: Expression(expression)}
}

// Matches tells whether the text has the form.
func (f Form) Matches(text string) bool {
	return utf8.RuneCountInString(text) <= f.longest && f.compiled().MatchString(text)
}

// Expression is a regular expression for other uses; it panics at its first use
// when it is wrong.
func Expression(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// GUID is what Ops Manager's GUIDs are made of (20 hexadecimal digits, or a name
// and such digits); nothing else may reach a path.
var GUID = New(128, `^[A-Za-z0-9_-]+$`)
