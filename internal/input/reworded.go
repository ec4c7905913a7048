package input

import "errors"

// Reworded is an error in other words: shortened, or without secrets. What leads to its
// cause still finds it (errors.Is, errors.As). There is no Unwrap, so that nothing
// prints the cause by accident.
func Reworded(text string, cause error) error { return &reworded{text: text, cause: cause} }

type reworded struct {
	text  string
	cause error
}

func (e *reworded) Error() string { return e.text }

// Is looks through to the cause.
func (e *reworded) Is(target error) bool { return errors.Is(e.cause, target) }

// As looks through to the cause.
func (e *reworded) As(target any) bool { return errors.As(e.cause, target) }
