package apply

import (
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// FailedError is an installation that ended without reaching every product.
type FailedError struct {
	// ID is the installation.
	ID     int
	Status string
	// Products are those that it did not reach.
	Products []Product
}

func (e *FailedError) Error() string {
	var products []string
	for _, p := range e.Products {
		products = append(products, fmt.Sprintf("%s (%s)", p.Name, p.Status))
	}
	missed := "Ops Manager names no product"
	if len(products) > 0 {
		missed = "not deployed: " + join(products)
	}
	if e.Status == evidence.InstallationSucceeded {
		return fmt.Sprintf("installation %d calls itself %s but did not reach every product (%s): apply changes again, to all products", e.ID, e.Status, missed)
	}
	return fmt.Sprintf("installation %d ended as %s (%s): mend the cause that its log shows, then apply changes again", e.ID, e.Status, missed)
}

// NotStartedError is om ending without an installation of ours.
type NotStartedError struct {
	// Message is om's own, as one line.
	Message string
	// Recreate tells that --recreate-vms was staged, or may have been.
	Recreate bool
	// Dead is the newest installation, which is dead and which om takes for a
	// running one; 0 for none.
	Dead int
}

func (e *NotStartedError) Error() string {
	text := "om started no installation: " + e.Message
	if e.Dead != 0 {
		text += fmt.Sprintf("; om starts none while the newest record, installation %d, says that it runs, dead or not: press Apply Changes once in Ops Manager's own page, which starts a newer one, then apply changes again", e.Dead)
	}
	if e.Recreate {
		text += "; the director's recreate flags were staged all the same, so the next apply changes, also one of another operator, recreates every VM unless they are cleared in the director tile"
	}
	return text
}

// StuckError is an installation that runs without getting on. It was left
// alone and nothing was started.
type StuckError struct {
	// ID is 0 when om hung before it started one.
	ID  int
	Why string
	// Ignore is what the operator calls the key that names an installation as dead.
	Ignore string
}

func (e *StuckError) Error() string {
	if e.ID == 0 {
		return "om was stopped: " + e.Why + "; look whether Ops Manager answers, then apply changes again"
	}
	return fmt.Sprintf("installation %d is left alone and nothing was started: %s; look at it in Ops Manager, and if it is a dead record (they outlive a reboot) name it as one to ignore (%s), then apply changes again",
		e.ID, e.Why, e.Ignore)
}

// InterruptedError is this program being told to end. The installation, if
// there is one, goes on in Ops Manager.
type InterruptedError struct {
	// ID is the installation that goes on, 0 for none.
	ID int
	// Ours tells that this run started it.
	Ours bool
	// Unsure tells that om may have asked for one that cannot be seen yet.
	Unsure bool
	Cause  error
}

func (e *InterruptedError) Error() string {
	const again = "apply changes again to resume: that waits for it, and applies only what is then still outstanding"
	switch {
	case e.ID == 0 && e.Unsure:
		return "interrupted while an installation was being started: none of ours is to be seen yet, but one may appear; " + again
	case e.ID == 0:
		return "interrupted before an installation was started: nothing was changed; apply changes again"
	case !e.Ours:
		return fmt.Sprintf("interrupted while waiting for installation %d, which goes on in Ops Manager; nothing was started; %s", e.ID, again)
	}
	return fmt.Sprintf("interrupted: installation %d goes on in Ops Manager, untouched; %s", e.ID, again)
}

func (e *InterruptedError) Unwrap() error { return e.Cause }

// RefusedError is an apply changes that must not run now, as Request.Needed found.
// Nothing was started.
type RefusedError struct {
	// Sentence says what was refused, why, and what to do.
	Sentence string
	// Reason is the code of it.
	Reason rotation.Reason
}

func (e *RefusedError) Error() string { return e.Sentence }

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
