package opsman

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// ErrBadCredentials is what a refused login is, whatever the sentence around it.
var ErrBadCredentials = errors.New("bad credentials")

// typedError is any error of this package: its text is complete and redacted.
type typedError interface {
	error
	opsmanError()
}

// APIError is an answer with which Ops Manager refused a call. All its text is
// free of our secrets.
type APIError struct {
	Method string
	Path   string
	Status int
	// Messages flatten "error" and "errors" in all their shapes.
	Messages   []string
	Warnings   []string
	Violations []Violation
	// Failed are certificates that the refusal lists as failed.
	Failed []Item
	// Excerpt is the start of the answer, for a debug log; Error leaves it out.
	Excerpt string
}

func (e *APIError) opsmanError() {}

// Error is one sentence with all reasons, the certificates that they are about
// and the remedies.
func (e *APIError) Error() string {
	var reasons []string
	reasons = append(reasons, e.Messages...)
	var more []string
	for _, v := range e.Violations {
		more = append(more, v.String())
	}
	for _, item := range e.Failed {
		more = append(more, "failed: "+item.String())
	}
	reasons = append(reasons, few(more)...)
	if len(reasons) == 0 {
		reasons = append(reasons, "it gave no reason")
	}
	text := fmt.Sprintf("Ops Manager refused %s %s with %s: %s", e.Method, e.Path, statusName(e.Status), strings.Join(reasons, "; "))
	if len(e.Warnings) > 0 {
		text += " (warnings: " + strings.Join(e.Warnings, "; ") + ")"
	}
	return text
}

func statusName(status int) string {
	if name := http.StatusText(status); name != "" {
		return fmt.Sprintf("%d %s", status, name)
	}
	return fmt.Sprintf("status %d", status)
}

// OutcomeUnknownError is a changing call whose answer was lost.
type OutcomeUnknownError struct {
	Method string
	Path   string
	Cause  error
}

func (e *OutcomeUnknownError) opsmanError() {}

// Error says that the state must be read again.
func (e *OutcomeUnknownError) Error() string {
	return fmt.Sprintf("%s %s may have been carried out although its answer was lost (%s): read the state of Ops Manager again before deciding anything", e.Method, e.Path, e.Cause)
}

func (e *OutcomeUnknownError) Unwrap() error { return e.Cause }

// NotPerformedError is a changing call that Ops Manager turned away before
// doing anything (401, 429) and that was not repeated blindly.
type NotPerformedError struct {
	Method string
	Path   string
	Cause  error
}

func (e *NotPerformedError) opsmanError() {}

// Error says that the state must be read again before another try.
func (e *NotPerformedError) Error() string {
	return fmt.Sprintf("%s %s was turned away and not carried out (%s): read the state of Ops Manager again, then repeat the call", e.Method, e.Path, e.Cause)
}

func (e *NotPerformedError) Unwrap() error { return e.Cause }

// UnavailableError is an Ops Manager that did not answer properly for as long
// as we tried.
type UnavailableError struct {
	Target string
	Method string
	Path   string
	Tries  int
	For    time.Duration
	Cause  error

	reached bool
}

func (e *UnavailableError) opsmanError() {}

// Error names what was tried, how often and for how long.
func (e *UnavailableError) Error() string {
	times := "once"
	if e.Tries != 1 {
		times = fmt.Sprintf("%d times", e.Tries)
	}
	return fmt.Sprintf("Ops Manager at %s is not available: %s %s was tried %s in %s, at last: %s; %s", e.Target, e.Method, e.Path, times, e.For.Round(time.Second), e.Cause, e.next())
}

func (e *UnavailableError) next() string {
	if e.reached {
		return "look whether Ops Manager is up and has finished starting, then run this again"
	}
	return "check target, the firewall and proxy on the way, and whether Ops Manager is up"
}

func (e *UnavailableError) Unwrap() error { return e.Cause }

// RedirectError is an answer that points elsewhere. It is never followed: the
// token would go there.
type RedirectError struct {
	Method   string
	Path     string
	Status   int
	Location string
}

func (e *RedirectError) opsmanError() {}

// Error names where the redirect leads.
func (e *RedirectError) Error() string {
	return fmt.Sprintf("%s %s was redirected (%d) to %q, which is not followed: check that target is the address of Ops Manager itself", e.Method, e.Path, e.Status, e.Location)
}

// NotOpsManagerError is a server that answers, and that no Ops Manager answers like.
type NotOpsManagerError struct {
	Target string
	// Seen is what it answered.
	Seen string
	// Setting is what the operator calls the key of the address.
	Setting string
}

func (e *NotOpsManagerError) opsmanError() {}

// Error says what was seen, and what to look at.
func (e *NotOpsManagerError) Error() string {
	return fmt.Sprintf("what answers at %s is not Ops Manager (%s): check that %s is the address of Ops Manager itself, and that no proxy on the way answers in its place", e.Target, e.Seen, e.Setting)
}

// ProxyRefusedError is a proxy that opens no connection to Ops Manager.
type ProxyRefusedError struct {
	Proxy  string
	Target string
	Status int
}

// Error says what to do about the proxy.
func (e *ProxyRefusedError) Error() string {
	remedy := "name the host in no_proxy where it is reached without the proxy, or have the proxy let it through"
	if e.Status == http.StatusProxyAuthRequired {
		remedy = "the proxy wants a user and password: give them in https_proxy, or name the host in no_proxy where it is reached without the proxy"
	}
	return fmt.Sprintf("the proxy %s answered %d to CONNECT %s: %s", e.Proxy, e.Status, e.Target, remedy)
}

// UnexpectedAnswerError is an answer that is not what the API documents.
type UnexpectedAnswerError struct {
	Method string
	Path   string
	Cause  error
}

func (e *UnexpectedAnswerError) opsmanError() {}

// Error says what was wrong with the answer.
func (e *UnexpectedAnswerError) Error() string {
	return fmt.Sprintf("the answer to %s %s cannot be read: %s", e.Method, e.Path, e.Cause)
}

func (e *UnexpectedAnswerError) Unwrap() error { return e.Cause }

// unavailableAnswer is an answer of a web server in front of an Ops Manager
// that is not there: 429, 502 to 504, or a page of HTML.
type unavailableAnswer struct {
	status int
	html   bool
}

func (e *unavailableAnswer) opsmanError() {}

func (e *unavailableAnswer) Error() string {
	if e.html {
		return fmt.Sprintf("it answered %s with a page of HTML", statusName(e.status))
	}
	return "it answered " + statusName(e.status)
}

// slowError is a request that was given up.
type slowError struct {
	limit time.Duration
	cause error
}

func (e *slowError) Error() string {
	return fmt.Sprintf("it did not answer within the request timeout of %s", e.limit)
}

func (e *slowError) Unwrap() error { return e.cause }

// noAnswerError is a request without any answer.
type noAnswerError struct {
	method, path, target string
	reached              bool
	cause                error
}

func (e *noAnswerError) opsmanError() {}

func (e *noAnswerError) Error() string {
	text := fmt.Sprintf("%s %s got no answer from Ops Manager at %s: %s", e.method, e.path, e.target, e.cause)
	var dns *net.DNSError
	if errors.As(e.cause, &dns) {
		text += ": check target"
	}
	return text
}

func (e *noAnswerError) Unwrap() error { return e.cause }

// badCredentials names who was refused, never the secret.
func (c *Client) badCredentials(reason error) error {
	return fmt.Errorf("%w: Ops Manager at %s refused the login of %s (%w): check the credentials", ErrBadCredentials, c.target, c.cfg.identity(), reason)
}

// LockedError is an Ops Manager that waits for its decryption passphrase.
type LockedError struct {
	Target string
	// Evidence is how that was seen.
	Evidence string
	// Passphrase is what the operator calls its key.
	Passphrase string
}

func (e *LockedError) opsmanError() {}

// Error says how to unlock it.
func (e *LockedError) Error() string {
	return fmt.Sprintf("Ops Manager at %s is locked since its last reboot (%s): set %s, or enter the passphrase in its web page", e.Target, e.Evidence, e.Passphrase)
}

// WrongPassphraseError is a passphrase that Ops Manager refused.
type WrongPassphraseError struct {
	Target string
	// Passphrase is what the operator calls its key.
	Passphrase string
}

func (e *WrongPassphraseError) opsmanError() {}

// Error names the key to look at, never the passphrase.
func (e *WrongPassphraseError) Error() string {
	return fmt.Sprintf("Ops Manager at %s is locked and refused the passphrase: check %s", e.Target, e.Passphrase)
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
	// Limit is what the operator calls the key of the time, empty where there is none.
	Limit string
}

func (e *NotStartedError) opsmanError() {}

// Error names the limit and what was seen last.
func (e *NotStartedError) Error() string {
	remedy := "then run this again"
	if e.Limit != "" {
		remedy = "or raise " + e.Limit
	}
	return fmt.Sprintf("Ops Manager at %s did not start within %s after its lock was opened, at last: %s: look at its VM, %s", e.Target, e.For.Round(time.Second), e.Last, remedy)
}
