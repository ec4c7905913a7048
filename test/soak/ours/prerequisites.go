package ours

import (
	"regexp"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/steps"
)

// answers are the options that refusals have told the operator to set, for every
// generate from then on.
type answers struct {
	recreate  bool
	exclude   []string
	automatic bool
	// refused are the refusals that said so.
	refused []string
}

// paths are what a refusal says to exclude.
var paths = regexp.MustCompile(`(?i)exclude[_-]from[_-]rotation: ([^;]*);`)

// answer does what a refusal for a prerequisite says; false for any other failure.
func (a *answers) answer(f steps.Failure) bool {
	if !judge.IsPrerequisite(f.Reason) {
		return false
	}
	if !slices.Contains(a.refused, f.Reason) {
		a.refused = append(a.refused, f.Reason)
	}
	switch rotation.Reason(f.Reason) {
	case rotation.ReasonRecreateNeeded:
		// "or set params.recreate: then every apply changes …"
		a.recreate = true
	case rotation.ReasonCustomerCAs:
		// "name them in params.exclude_from_rotation: /a, /b; who …"
		if said := paths.FindStringSubmatch(f.Sentence); said != nil {
			a.exclude = strings.Split(said[1], ", ")
		}
	case rotation.ReasonAutomaticDNS:
		// "if you accept it, every apply changes of the rotation forces the latest variables"
		a.automatic = true
	}
	return true
}

// params are those of the put generate.
func (a *answers) params() map[string]any {
	p := map[string]any{}
	if a.recreate {
		p["recreate"] = true
	}
	if len(a.exclude) > 0 {
		p["exclude_from_rotation"] = a.exclude
	}
	if a.automatic {
		p["accept"] = []string{string(rotation.ReasonAutomaticDNS)}
	}
	return p
}

// flags are those of the task rotate.
func (a *answers) flags() []string {
	var all []string
	if a.recreate {
		all = append(all, "--recreate-vms")
	}
	if len(a.exclude) > 0 {
		all = append(all, "--exclude-from-rotation", strings.Join(a.exclude, ","))
	}
	if a.automatic {
		all = append(all, "--accept", string(rotation.ReasonAutomaticDNS))
	}
	return all
}
