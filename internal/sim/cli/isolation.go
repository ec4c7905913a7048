package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// elsewhereFlags are flags of opsman-ca rotate that lead to another Ops Manager,
// or to a version of one.
var elsewhereFlags = []string{"--env", "--target", "--username", "--client-id", "--ca-cert", "--skip-ssl-validation", "--from", "--to"}

// apart refuses flags with which a rehearsal would be no rehearsal. A short flag
// may hide another one behind it.
func apart(flags []string) error {
	var problems []error
	for _, flag := range flags {
		name, _, _ := strings.Cut(flag, "=")
		short := strings.HasPrefix(flag, "-") && !strings.HasPrefix(flag, "--")
		if short || slices.Contains(elsewhereFlags, name) {
			problems = append(problems, fmt.Errorf("%s behind -- is refused: a rehearsal rotates the simulated foundation that it serves itself, and nothing else; expected flags of opsman-ca rotate in long form, other than %s, for example -- --recreate-vms",
				name, strings.Join(elsewhereFlags, ", ")))
		}
	}
	return errors.Join(problems...)
}

// ours fails when no client has talked to the simulated foundation: whatever was
// rotated then, it was another one.
func ours(f *sim.Foundation) error {
	if f.Requests() > 0 {
		return nil
	}
	return errors.New("opsman-ca has not asked the simulated foundation anything: look at once which Ops Manager it has rotated, in its lines above")
}
