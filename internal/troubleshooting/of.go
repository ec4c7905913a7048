package troubleshooting

import (
	"crypto/tls"
	"errors"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// Entry is an error that knows which entries are about it.
type Entry interface {
	error
	Troubleshooting() []Code
}

// Of are the entries about an error, none where its own sentence is all there is
// to say, as with bad input.
func Of(err error) []Code {
	if known, ok := errors.AsType[Entry](err); ok {
		return known.Troubleshooting()
	}
	if refused, ok := errors.AsType[*opsman.APIError](err); ok {
		return ofAnswer(refused)
	}
	for _, s := range signs {
		if s.shows(err) {
			return []Code{s.code}
		}
	}
	return nil
}

// ofAnswer are the entries about what Ops Manager complains of.
func ofAnswer(e *opsman.APIError) []Code {
	var codes []Code
	for _, v := range e.Violations {
		if code := OfViolation(v.Code); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		codes = append(codes, CallRefused)
	}
	return codes
}

// sign is how an entry is told by an error.
type sign struct {
	code  Code
	shows func(error) bool
}

// signs are looked for in this order: an error wraps its cause, and the outermost
// that says what to do counts.
var signs = []sign{
	{AnswerLost, is[*opsman.OutcomeUnknownError]},
	{TurnedAway, is[*opsman.NotPerformedError]},
	{PartlyDone, is[*opsman.FailedCertificatesError]},
	{BadCredentials, func(err error) bool { return errors.Is(err, opsman.ErrBadCredentials) }},
	{Locked, is[*opsman.LockedError]},
	{WrongPassphrase, is[*opsman.WrongPassphraseError]},
	{NeverSetUp, is[*opsman.NeverSetUpError]},
	{NotStarted, is[*opsman.NotStartedError]},
	{Expired, handshake(opsman.CertificateExpired)},
	{OtherName, handshake(opsman.CertificateOfOther)},
	{NoNames, handshake(opsman.CertificateUnnamed)},
	{NotTLS, handshake(opsman.NotTLS)},
	{NotOpsManager, is[*opsman.NotOpsManagerError]},
	{ProxyRefused, is[*opsman.ProxyRefusedError]},
	{NotTrusted, is[*opsman.HandshakeError]},
	{NotTrusted, is[*tls.CertificateVerificationError]},
	{Redirected, is[*opsman.RedirectError]},
	{NotAvailable, is[*opsman.UnavailableError]},
	{Unreadable, is[*opsman.UnexpectedAnswerError]},
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// handshake tells why no TLS connection came about.
func handshake(p opsman.HandshakeProblem) func(error) bool {
	return func(err error) bool {
		failed, ok := errors.AsType[*opsman.HandshakeError](err)
		return ok && failed.Problem == p
	}
}

// coded is an error that was given its entries.
type coded struct {
	error
	codes []Code
}

// WithCodes gives an error the way to entries that its own type does not tell.
func WithCodes(err error, codes ...Code) error { return coded{err, codes} }

func (c coded) Unwrap() error { return c.error }

// Troubleshooting makes it an Entry.
func (c coded) Troubleshooting() []Code { return c.codes }
