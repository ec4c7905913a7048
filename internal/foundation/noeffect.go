package foundation

import (
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// NoEffectError is a call that Ops Manager accepted without doing anything.
type NoEffectError struct {
	Step rotation.Step
	// Found is the state afterwards.
	Found rotation.State
}

func (e *NoEffectError) Error() string {
	return fmt.Sprintf("%s was accepted by Ops Manager, which shows phase %s all the same %s"+
		"(it drops one of two calls that come at the same time): run this step again", e.Step, e.Found.Phase, e.Found.Message)
}

// Troubleshooting implements troubleshooting.Entry.
func (e *NoEffectError) Troubleshooting() []troubleshooting.Code {
	return []troubleshooting.Code{troubleshooting.NoEffect}
}

// Troubleshooting implements troubleshooting.Entry.
func (e *RefusedError) Troubleshooting() []troubleshooting.Code {
	return []troubleshooting.Code{troubleshooting.OfReason(e.Decision.Reason)}
}
