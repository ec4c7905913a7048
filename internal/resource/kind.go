package resource

import (
	"errors"

	"github.com/opsman-ca/opsman-ca/internal/due"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// kind is what the versions of a resource are about.
type kind string

// The kinds, by the key of the source that makes them; nobody knows where the keys
// are wrong.
const (
	ofState       kind = ""
	ofDue         kind = "rotate_before"
	ofAlerts      kind = "expiring"
	ofNobodyKnows kind = "unknown"
)

// kind tells which one the source makes, and the span of it. Of a key that could
// not be read nothing more is said.
func (s Source) kind(known []error) (kind, rotation.Within, error) {
	rotateBefore, alerts := s.RotateBefore.Within, s.Expiring.Within
	switch {
	case rotateBefore != nil && alerts != nil:
		return ofNobodyKnows, rotation.Within{}, errors.New("source.rotate_before and source.expiring are given both, and a resource is for one of them: " +
			"make two resources, for example one with rotate_before: 6m and one with expiring: 30d")
	case input.Concern(known, "source", string(ofDue)), input.Concern(known, "source", string(ofAlerts)):
		return ofNobodyKnows, rotation.Within{}, nil
	case rotateBefore != nil:
		return ofDue, *rotateBefore, nil
	case alerts != nil:
		return ofAlerts, *alerts, nil
	}
	return ofState, rotation.Within{}, nil
}

// putRefused says why a put to a resource of the kind makes no sense, nil where it
// does.
func (k kind) putRefused() error {
	switch k {
	case ofDue:
		return errors.New("source.rotate_before is for a resource that only triggers, and a put to it cannot run a phase: " +
			"put to the resource of the same foundation without it, whose versions are the state of the root CA, for example ca")
	case ofAlerts:
		return errors.New("source.expiring is for a resource that only alerts, and a put to it cannot run a phase: " +
			"put to the resource of the same foundation without it, whose versions are the state of the root CA, for example ca")
	case ofState, ofNobodyKnows:
	}
	return nil
}

// keyOf is the key of the source whose versions look like this one, empty for the
// state's and for what is no version at all.
func keyOf(raw []byte) kind {
	if _, problems := readVersion(raw, "", due.ParseVersion); len(problems) == 0 {
		return ofDue
	}
	if _, problems := readVersion(raw, "", due.ParseAlert); len(problems) == 0 {
		return ofAlerts
	}
	return ofState
}
