package troubleshooting

import (
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Codes of what goes wrong besides refusals and safety violations.
const (
	// Ops Manager cannot be spoken to.
	Locked          Code = "locked"
	WrongPassphrase Code = "wrong-passphrase"
	NeverSetUp      Code = "never-set-up"
	NotStarted      Code = "not-started"
	BadCredentials  Code = "bad-credentials"
	NotAvailable    Code = "not-available"
	NotTrusted      Code = "certificate-not-trusted"
	Expired         Code = "certificate-expired"
	OtherName       Code = "certificate-of-another-name"
	NoNames         Code = "certificate-without-names"
	NotTLS          Code = "no-tls"
	NotOpsManager   Code = "not-ops-manager"
	ProxyRefused    Code = "proxy-refused"
	Redirected      Code = "redirected"
	Unreadable      Code = "unreadable-answer"

	// It did not do what it was asked.
	CallRefused Code = "call-refused"
	PartlyDone  Code = "partly-done"
	AnswerLost  Code = "answer-lost"
	TurnedAway  Code = "turned-away"
	NoEffect    Code = "no-effect"

	// A pipeline waits.
	GateClosed Code = "gate-closed"

	// What it was handed is of another build of the image, or of another resource.
	UnreadableVersion Code = "unreadable-version"

	// Apply changes did not come to a good end.
	InstallationFailed     Code = Code(rotation.ReasonInstallationFailed)
	InstallationIncomplete Code = "installation-incomplete"
	InstallationStuck      Code = "installation-stuck"
	OmStartedNothing       Code = "om-started-nothing"
	Interrupted            Code = "interrupted"
)

// failures are those of them that are no rotation.Reason.
var failures = []Code{
	Locked, WrongPassphrase, NeverSetUp, NotStarted, BadCredentials, NotAvailable, NotTrusted, Expired, OtherName, NoNames, NotTLS,
	NotOpsManager, ProxyRefused, Redirected, Unreadable,
	CallRefused, PartlyDone, AnswerLost, TurnedAway, NoEffect,
	InstallationIncomplete, InstallationStuck, OmStartedNothing, Interrupted, GateClosed, UnreadableVersion,
}

// Situations are entries that no error leads to: what an operator sees is all
// there is.
func Situations() []Code {
	return []Code{"om-died", "history-lost", "pinned-version", "unchecked", "worker-lost", "put-lost"}
}

// OfReason is the entry of a refusal, or of a blocked state.
func OfReason(r rotation.Reason) Code { return Code(r) }

// OfViolation is the entry of a safety violation, by its code. Some of those are
// called as a refusal is, so the entries have a prefix.
func OfViolation(code string) Code { return Code("safety-" + code) }

// Codes are all entries that the guide has to have.
func Codes() []Code {
	var all []Code
	for _, r := range rotation.Reasons() {
		all = append(all, OfReason(r))
	}
	for _, code := range opsman.ViolationCodes() {
		all = append(all, OfViolation(code))
	}
	return append(append(all, failures...), Situations()...)
}
