package play

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
)

// Procedure is how the certificates are to be replaced.
type Procedure string

// The procedures: the command that does it all, the pipelines' puts with the task that
// applies changes between them, and the leaf certificates alone.
const (
	Rotate   Procedure = "rotate"
	Puts     Procedure = "puts"
	LeafOnly Procedure = "leaf-only"
)

// Procedures are all of them.
func Procedures() []Procedure { return []Procedure{Rotate, Puts, LeafOnly} }

// ParseProcedure reads the name of one.
func ParseProcedure(name string) (Procedure, error) {
	if !slices.Contains(Procedures(), Procedure(name)) {
		return "", fmt.Errorf("the procedure %q is not known: expected some of %v", name, Procedures())
	}
	return Procedure(name), nil
}

// Cell is one of the matrix.
type Cell struct {
	shapes.Together
	Procedure Procedure
}

func (c Cell) String() string {
	return fmt.Sprintf("%s, Ops Manager %s, %s", c.Name(), c.Version.Name, c.Procedure)
}

// Repeat is how to play it again alone.
func (c Cell) Repeat() string {
	return fmt.Sprintf("make readiness READINESS_OUT= READINESS_FLAGS=\"-shapes '%s' -versions %s -procedures %s -v\"", c.Name(), c.Version.Name, c.Procedure)
}

// Rotates tells whether the root CA is replaced.
func (c Cell) Rotates() bool { return c.Procedure != LeafOnly }
