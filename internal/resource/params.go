package resource

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// InParams are the params of a get.
type InParams struct {
	SkipDownload bool `json:"skip_download" default:"false" example:"true" doc:"write the version and its fields alone, without asking Ops Manager for the certificates"`
}

// OutParams are the params of a put.
type OutParams struct {
	Phase         Step       `json:"phase" required:"true" example:"generate" doc:"what to do: generate, activate, regenerate, delete or verify"`
	From          string     `json:"from" required:"true" example:"ca" doc:"folder that a get of this resource wrote: the version that the step starts from"`
	Certificate   string     `json:"certificate" example:"custom-ca/cert.pem" doc:"with generate: file with a root CA of your own, PEM; goes with private_key"`
	PrivateKey    string     `json:"private_key" example:"custom-ca/key.pem" doc:"with generate: file with that CA's RSA key, PEM; goes with certificate"`
	ExpiresWithin Span       `json:"expires_within" example:"3m" doc:"with generate: only when the active CA or a certificate that a rotation replaces expires within it (30d, 6w, 3m, 1y); otherwise succeed and change nothing"`
	DryRun        bool       `json:"dry_run" default:"false" example:"true" doc:"decide and say so, and change nothing"`
	Accept        AcceptList `json:"accept" example:"[\"pending-changes\"]" doc:"refusals that you take upon yourself: pending-changes, configurable-certificates, certificates-unknown, candidate-expires-soon, ops-manager-upgraded"`
}

// Step is a step by its name.
type Step rotation.Step

// UnmarshalText reads a step.
func (s *Step) UnmarshalText(text []byte) error {
	if !slices.Contains(rotation.Steps(), rotation.Step(text)) {
		return fmt.Errorf("%q is not a step: expected generate, activate, regenerate, delete or verify", text)
	}
	*s = Step(text)
	return nil
}

// Span is a rotation.Within that may be absent.
type Span struct{ Within *rotation.Within }

// UnmarshalText reads a span.
func (s *Span) UnmarshalText(text []byte) error {
	within, err := rotation.ParseWithin(string(text))
	if err != nil {
		return err //nolint:wrapcheck // the sentence is complete
	}
	s.Within = &within
	return nil
}

// AcceptList are reasons by their codes.
type AcceptList []string

// reasons are the codes of the list.
func (l AcceptList) reasons() []rotation.Reason {
	var all []rotation.Reason
	for _, code := range l {
		all = append(all, rotation.Reason(code))
	}
	return all
}

// problems lists what the params of a put get wrong together.
func (p OutParams) problems() []error {
	var problems []error
	for _, f := range []struct{ key, value string }{{"from", p.From}, {"certificate", p.Certificate}, {"private_key", p.PrivateKey}} {
		if f.value != "" && !local(f.value) {
			problems = append(problems, fmt.Errorf("params.%s leads out of the build's folder: expected a path such as ca", f.key))
		}
	}
	custom := p.Certificate != "" || p.PrivateKey != ""
	switch {
	case p.Certificate != "" && p.PrivateKey == "":
		problems = append(problems, errors.New("params.private_key is missing: a root CA of your own needs certificate and private_key, for example custom-ca/key.pem"))
	case p.Certificate == "" && p.PrivateKey != "":
		problems = append(problems, errors.New("params.certificate is missing: a root CA of your own needs certificate and private_key, for example custom-ca/cert.pem"))
	}
	if p.Phase != "" && p.Phase != Step(rotation.Generate) {
		if custom {
			problems = append(problems, fmt.Errorf("params.certificate and params.private_key belong to phase generate, not to %s", p.Phase))
		}
		if p.ExpiresWithin.Within != nil {
			problems = append(problems, fmt.Errorf("params.expires_within belongs to phase generate, not to %s", p.Phase))
		}
	}
	for _, reason := range p.Accept.reasons() {
		if !slices.Contains(rotation.Acceptable(), reason) {
			problems = append(problems, fmt.Errorf("params.accept has %q, which cannot be accepted: expected some of %s, for example [\"pending-changes\"]", reason, acceptable()))
		}
	}
	return problems
}

func acceptable() string {
	var codes []string
	for _, r := range rotation.Acceptable() {
		codes = append(codes, string(r))
	}
	return strings.Join(codes, ", ")
}
