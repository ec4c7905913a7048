// Package resourcetype is what the stand-ins for resource types are made of: programs
// that are check, in and out by the name that they are called by.
package resourcetype

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
)

// Steps are what a resource type of requests R does. A folder is that of the build.
type Steps[R any] struct {
	Check func(r R) (any, error)
	In    func(r R, folder string) (any, error)
	Out   func(r R, folder string) (any, error)
}

// Run does the step that the program, the first of args, is called by. Keys that R does
// not have are errors, so that a stand-in passes over nothing.
func (s Steps[R]) Run(args []string, stdin io.Reader, stdout io.Writer) error {
	var r R
	d := json.NewDecoder(stdin)
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return fmt.Errorf("the request is not understood by this stand-in: %w", err)
	}
	var answer any
	var err error
	switch as := filepath.Base(args[0]); {
	case as == "check":
		answer, err = s.Check(r)
	case as == "in" && len(args) == 2:
		answer, err = s.In(r, args[1])
	case as == "out" && len(args) == 2:
		answer, err = s.Out(r, args[1])
	default:
		err = fmt.Errorf("called as %s with %d arguments: expected check, or in or out with a folder", as, len(args)-1)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(answer)
}
