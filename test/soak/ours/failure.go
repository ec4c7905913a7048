package ours

import (
	"regexp"
	"strings"

	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

// failure is a job that went red.
type failure struct {
	// step is check, get, apply, rotate or the put's phase.
	step string
	// reason is the code of a refusal, or what kind of failure it is.
	reason   string
	sentence string
	// said is all that was written.
	said string
	// stale: the version that the job had is of no use any more.
	stale bool
}

var (
	refusal = regexp.MustCompile(`refused \(([a-z-]+)\)`)
)

// failed is what a process says went wrong.
func failed(step string, e rig.Ended) *failure {
	f := &failure{step: step, sentence: e.Sentence(), said: e.Stderr}
	switch code := refusal.FindStringSubmatch(e.Stderr); {
	case code != nil:
		f.reason = code[1]
	case e.Code < 0 || strings.Contains(e.Stderr, "interrupted"):
		f.reason = "killed"
	case strings.Contains(e.Stderr, "Ops Manager refused") && strings.Contains(e.Stderr, "422"):
		f.reason = judge.SafetyViolation
	case strings.Contains(e.Stderr, "ended as failed"):
		f.reason = judge.ApplyFailed
	default:
		f.reason = judge.GaveUp
	}
	return f
}
