package opsman

import (
	"maps"
	"slices"
)

// ViolationCodes are the codes of all safety violations that are known, in order,
// and CodeUnknown.
func ViolationCodes() []string {
	var codes []string
	for _, text := range Violations() {
		codes = append(codes, newViolation(text, nil).Code)
	}
	return append(slices.Sorted(slices.Values(codes)), CodeUnknown)
}

// Violations are Ops Manager's own words for the safety violations that are known.
func Violations() []string { return slices.Sorted(maps.Keys(known)) }

// ViolationOf is the safety violation with these words of Ops Manager.
func ViolationOf(text string) Violation { return newViolation(text, nil) }
