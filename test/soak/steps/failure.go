package steps

import (
	"errors"
	"regexp"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/test/soak/judge"
)

// Failure is a job that went red.
type Failure struct {
	// Step is check, get, apply, rotate or the put's phase.
	Step string
	// Reason is the code of a refusal, or what kind of failure it is.
	Reason   string
	Sentence string
	// Said is all that was written.
	Said string
	// Stale: the version that the job had is of no use any more.
	Stale bool
}

// refusal is the error of one, and not a note that foretells another.
var refusal = regexp.MustCompile(`(?m)^error: .*?refused \(([a-z-]+)\)`)

// failure is what went wrong in a step, nil for nothing.
func failure(step string, err error) *Failure {
	var failed *concourse.Failed
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failed):
		return Failed(step, failed.Ended)
	}
	return &Failure{Step: step, Sentence: err.Error()}
}

// Failed is what a process says went wrong.
func Failed(step string, e process.Ended) *Failure {
	f := &Failure{Step: step, Sentence: e.Sentence(), Said: e.Stderr}
	switch code := refusal.FindStringSubmatch(e.Stderr); {
	case code != nil:
		f.Reason = code[1]
	case e.Code < 0 || strings.Contains(e.Stderr, "interrupted"):
		f.Reason = "killed"
	case strings.Contains(e.Stderr, "Ops Manager refused") && strings.Contains(e.Stderr, "422"):
		f.Reason = judge.SafetyViolation
	case strings.Contains(e.Stderr, "ended as failed"):
		f.Reason = judge.ApplyFailed
	default:
		f.Reason = judge.GaveUp
	}
	return f
}
