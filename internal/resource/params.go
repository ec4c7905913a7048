package resource

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// InParams are the params of a get.
type InParams struct {
	SkipDownload bool `json:"skip_download" default:"false" example:"true" doc:"write the version and its fields alone, without asking Ops Manager for the certificates"`
	Report       bool `json:"report" default:"false" example:"true" doc:"write what Ops Manager lists at that moment to report/ as well: report.html, report.md and report.json"`
	// Foundation is not in the version: that is the same for each of them.
	Foundation string `json:"foundation" example:"west" doc:"what summary.md calls the foundation, for notifications"`
}

// of names the foundation in a heading.
func (p InParams) of() string {
	if name := strings.Join(strings.Fields(console.Harmless(p.Foundation)), " "); name != "" {
		return " of " + name
	}
	return ""
}

// problems lists what the params get wrong together.
func (p InParams) problems() []error {
	if p.Report && p.SkipDownload {
		return []error{errors.New("params.report does not go with params.skip_download, which asks Ops Manager nothing: leave one of them out")}
	}
	return nil
}

// OutParams are the params of a put.
type OutParams struct {
	Phase         Phase      `json:"phase" required:"true" example:"generate" doc:"what to do: generate, activate, regenerate, delete or verify"`
	From          Path       `json:"from" required:"true" example:"ca" doc:"folder that a get of this resource wrote: the version that the phase starts from"`
	Certificate   Path       `json:"certificate" example:"custom-ca/cert.pem" doc:"with generate: file with a root CA of your own, PEM; goes with private_key"`
	PrivateKey    Path       `json:"private_key" example:"custom-ca/key.pem" doc:"with generate: file with that CA's RSA key, PEM; goes with certificate"`
	ExpiresWithin Span       `json:"expires_within" example:"3m" doc:"with generate: only when the active CA or a certificate that a rotation replaces expires within it (30d, 6w, 3m, 1y); otherwise succeed and change nothing"`
	DryRun        bool       `json:"dry_run" default:"false" example:"true" doc:"decide and say so, and change nothing"`
	LeafOnly      bool       `json:"leaf_only" default:"false" example:"true" doc:"with regenerate: outside a rotation, the leaf certificates alone, under the CA that is active and stays so; verify of the version that it leaves proves that they are deployed"`
	IfRotating    bool       `json:"if_rotating" default:"false" example:"true" doc:"with activate, regenerate, delete or verify: succeed and change nothing when no rotation is under way, as after a generate that was not due"`
	Accept        AcceptList `json:"accept" example:"[\"pending-changes\"]" doc:"refusal codes to override: pending-changes, configurable-certificates, certificates-unknown, candidate-expires-soon, ops-manager-upgraded, instances-unproven, clusters-not-upgraded, trust-unknown, clock-unknown, partial-generation, partial-activation, partial-deletion, stemcells-unknown, dns-auto-rotation, dns-auto-rotation-unknown, configurable-certificates-ahead, pre-deploy-check, hand-set-certificates, orphaned-instances"`
	Exclude       []string   `json:"exclude_from_rotation" example:"[\"/services/customer_ca\"]" doc:"with generate: paths of CAs in CredHub that this rotation leaves alone, as a customer's own; /services/tls_ca and what Ops Manager excludes already stay excluded without being named"`
	Recreate      bool       `json:"recreate" default:"false" example:"true" doc:"with generate: every apply changes of this rotation recreates VMs, as those on old stemcells have to be; the version keeps it for the apply changes after it"`
	FullApply     bool       `json:"require_full_apply" default:"false" example:"true" doc:"with generate: only behind a successful apply changes of all products with their upgrade-all errands within 30 days; otherwise refuse (full-apply-missing)"`
	Ignore        []int      `json:"ignore_installation" example:"[41]" doc:"ids of installations that Ops Manager calls running although you know them to be dead"`
}

// Phase is a phase by its name.
type Phase rotation.Phase

// UnmarshalText reads a phase.
func (s *Phase) UnmarshalText(text []byte) error {
	if !slices.Contains(rotation.Phases(), rotation.Phase(text)) {
		return fmt.Errorf("%s is not a phase: expected generate, activate, regenerate, delete or verify", input.Excerpt(string(text)))
	}
	*s = Phase(text)
	return nil
}

// Span is a rotation.Within that may be absent.
type Span struct{ Within *rotation.Within }

// UnmarshalText reads a span.
func (s *Span) UnmarshalText(text []byte) error {
	within, err := rotation.ParseWithin(string(text))
	if err != nil {
		return fmt.Errorf("%s is not a span: expected a number and one of d, w, m, y, such as 30d, 6w, 3m or 1y", input.Excerpt(string(text)))
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

// decodeOut reads the params of a put, with all that they get wrong, alone and
// together.
func decodeOut(raw []byte) (OutParams, []error) {
	var p OutParams
	problems := input.Decode(raw, "params", &p)
	return p, append(problems, p.problems(problems)...)
}

// problems lists what the params get wrong together. Of a key that is wrong in
// itself nothing more is said.
func (p OutParams) problems(known []error) []error {
	var problems []error
	certificate := p.Certificate != "" || input.Mentions(known, "params", "certificate")
	privateKey := p.PrivateKey != "" || input.Mentions(known, "params", "private_key")
	switch {
	case certificate && !privateKey:
		problems = append(problems, errors.New("params.private_key is missing: a root CA of your own needs certificate and private_key, for example custom-ca/key.pem"))
	case !certificate && privateKey:
		problems = append(problems, errors.New("params.certificate is missing: a root CA of your own needs certificate and private_key, for example custom-ca/cert.pem"))
	}
	if p.Phase != "" && p.Phase != Phase(rotation.Generate) {
		if p.Certificate != "" || p.PrivateKey != "" {
			problems = append(problems, fmt.Errorf("params.certificate and params.private_key belong to phase generate, not to %s: leave them out", p.Phase))
		}
		if p.ExpiresWithin.Within != nil {
			problems = append(problems, fmt.Errorf("params.expires_within belongs to phase generate, not to %s: leave it out", p.Phase))
		}
		if p.Recreate {
			problems = append(problems, fmt.Errorf("params.recreate belongs to phase generate, not to %s, which finds it in the version: leave it out", p.Phase))
		}
		if p.FullApply {
			problems = append(problems, fmt.Errorf("params.require_full_apply belongs to phase generate, not to %s: leave it out", p.Phase))
		}
		if len(p.Exclude) > 0 {
			problems = append(problems, fmt.Errorf("params.exclude_from_rotation belongs to phase generate, not to %s: leave it out", p.Phase))
		}
	}
	if p.Phase == Phase(rotation.Generate) && p.IfRotating {
		problems = append(problems, errors.New("params.if_rotating does not belong to phase generate, which begins a rotation: leave it out"))
	}
	if p.LeafOnly && p.Phase != "" && p.Phase != Phase(rotation.Regenerate) {
		problems = append(problems, fmt.Errorf("params.leaf_only belongs to phase regenerate, not to %s: leave it out", p.Phase))
	}
	if p.LeafOnly && p.IfRotating {
		problems = append(problems, errors.New("params.leaf_only is for a foundation without a rotation and params.if_rotating for one with: leave one of them out"))
	}
	if err := foundation.CheckExclude(p.Exclude); err != nil {
		problems = append(problems, fmt.Errorf("params.exclude_from_rotation %w", err))
	}
	for _, reason := range p.Accept.reasons() {
		if !slices.Contains(rotation.Acceptable(), reason) {
			problems = append(problems, fmt.Errorf("params.accept has %s, which cannot be accepted: expected some of %s, for example [\"pending-changes\"]", input.Excerpt(string(reason)), Acceptable()))
		}
	}
	return problems
}

// Acceptable lists the codes that can be accepted, for a sentence.
func Acceptable() string {
	var codes []string
	for _, r := range rotation.Acceptable() {
		codes = append(codes, string(r))
	}
	return strings.Join(codes, ", ")
}
