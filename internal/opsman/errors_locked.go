package opsman

import (
	"fmt"
	"time"
)

// LockedError is an Ops Manager that waits for its decryption passphrase.
type LockedError struct {
	Target string
	// Evidence is how that was seen.
	Evidence string
}

func (e *LockedError) opsmanError() {}

// Error says how to unlock it.
func (e *LockedError) Error() string {
	return fmt.Sprintf("Ops Manager at %s is locked since its last reboot (%s): set decryption_passphrase, or enter the passphrase in its web page", e.Target, e.Evidence)
}

// WrongPassphraseError is a passphrase that Ops Manager refused.
type WrongPassphraseError struct{ Target string }

func (e *WrongPassphraseError) opsmanError() {}

// Error names the key to look at, never the passphrase.
func (e *WrongPassphraseError) Error() string {
	return fmt.Sprintf("Ops Manager at %s is locked and refused the passphrase: check decryption_passphrase", e.Target)
}

// NeverSetUpError is a new Ops Manager without authentication.
type NeverSetUpError struct{ Target string }

func (e *NeverSetUpError) opsmanError() {}

// Error says what to do first.
func (e *NeverSetUpError) Error() string {
	return fmt.Sprintf("Ops Manager at %s was never set up: configure its authentication in the web page or with om configure-authentication", e.Target)
}

// NotStartedError is an Ops Manager that did not start in time after it was
// unlocked.
type NotStartedError struct {
	Target string
	For    time.Duration
	Last   string
}

func (e *NotStartedError) opsmanError() {}

// Error names the limit and what was seen last.
func (e *NotStartedError) Error() string {
	return fmt.Sprintf("Ops Manager at %s did not start within %s after its lock was opened, at last: %s: look at its VM, or raise unlock_timeout", e.Target, e.For.Round(time.Second), e.Last)
}
