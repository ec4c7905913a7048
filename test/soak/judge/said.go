package judge

// Said is how a procedure ended in its own words.
type Said struct {
	// Success: it claims that the rotation is complete.
	Success bool
	// Reason is the code or kind of what it stopped for, Sentence all of it.
	Reason   string
	Sentence string
	// Refused are the refusals for prerequisites that its operator has answered.
	Refused []string
}

// Reasons besides the codes of refusals.
const (
	// SafetyViolation is Ops Manager's own refusal.
	SafetyViolation = "safety-violation"
	// ApplyFailed is an installation that fails each time.
	ApplyFailed = "installation keeps failing"
	// GaveUp is anything else that fails each time.
	GaveUp = "gave up"
)
