package apply

import (
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// Troubleshooting implements troubleshooting.Entry.
func (e *FailedError) Troubleshooting() []troubleshooting.Code {
	if e.Status == evidence.InstallationSucceeded {
		return []troubleshooting.Code{troubleshooting.InstallationIncomplete}
	}
	return []troubleshooting.Code{troubleshooting.InstallationFailed}
}

// Troubleshooting implements troubleshooting.Entry.
func (e *NotStartedError) Troubleshooting() []troubleshooting.Code {
	return []troubleshooting.Code{troubleshooting.OmStartedNothing}
}

// Troubleshooting implements troubleshooting.Entry.
func (e *StuckError) Troubleshooting() []troubleshooting.Code {
	return []troubleshooting.Code{troubleshooting.InstallationStuck}
}

// Troubleshooting implements troubleshooting.Entry.
func (e *InterruptedError) Troubleshooting() []troubleshooting.Code {
	return []troubleshooting.Code{troubleshooting.Interrupted}
}

// Troubleshooting implements troubleshooting.Entry.
func (e *RefusedError) Troubleshooting() []troubleshooting.Code {
	return []troubleshooting.Code{troubleshooting.OfReason(e.Reason)}
}
