package play

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
	"github.com/opsman-ca/opsman-ca/test/soak/judge"
)

// Ending is how one play of a cell ended, by the simulator's own records.
type Ending struct {
	// Reason is what the procedure stopped for, "" where it claims success; Step where,
	// Sentence what it said.
	Reason, Step, Sentence string
	// Changed: a CA or a certificate was changed before it stopped.
	Changed bool
	// Unsettled is what is missing for the end that was wanted.
	Unsettled []string
	// Clusters counts those of Unsettled that are about TKGI's clusters.
	Clusters int
	// Broken are broken handshakes, Outside those of them with a deployment of no tile.
	Broken, Outside int
	Journal         []string
}

// Settled tells that the procedure got to its end.
func (e Ending) Settled() bool { return e.Reason == "" && len(e.Unsettled) == 0 }

// Before tells that it was stopped before anything was changed.
func (e Ending) Before() bool { return e.Reason != "" && !e.Changed }

func (e Ending) String() string {
	switch {
	case e.Reason == "" && len(e.Unsettled) == 0:
		return "settled"
	case e.Reason == "":
		return "claims an end that it has not reached: " + strings.Join(e.Unsettled, ", ")
	case e.Changed:
		return fmt.Sprintf("stopped at %s: %s", e.Step, e.Reason)
	}
	return "refused before: " + e.Reason
}

// Short is String without names that every foundation has others of.
func (e Ending) Short() string {
	if e.Reason == "" && len(e.Unsettled) > 0 {
		return "claims an end that it has not reached"
	}
	return e.String()
}

// Result is one cell.
type Result struct {
	Cell     Cell
	Findings Findings
	Plain    Ending
	// Advised is nil where there is nothing to advise but the vendor's support.
	Advised *Ending
	// StillRefused are the codes for which preflight refuses with all of the advice.
	StillRefused []rotation.Reason
	// Faults are the promises that were broken.
	Faults []string
}

// naming are the codes of preflight that tell beforehand why a rotation will stop.
var naming = map[string][]rotation.Reason{
	string(rotation.ReasonClusters):     {rotation.ReasonClusters, rotation.ReasonWeakerChecks},
	string(rotation.ReasonInstances):    {rotation.ReasonRecreateNeeded, rotation.ReasonOrphans},
	string(rotation.ReasonConfigurable): {rotation.ReasonConfigurableAhead},
	string(rotation.ReasonOutdated):     {rotation.ReasonOtherDeployments, rotation.ReasonAutomaticDNS, rotation.ReasonOrphans},
	string(rotation.ReasonNotReached):   {rotation.ReasonOtherDeployments, rotation.ReasonAutomaticDNS},
	judge.SafetyViolation:               {rotation.ReasonCustomerCAs, rotation.ReasonAutomaticDNS, rotation.ReasonOtherDeployments},
	PartlyRegenerated:                   {rotation.ReasonHandSet},
	shapes.BornLater:                    {rotation.ReasonServiceErrands},
	judge.ApplyFailed:                   {rotation.ReasonExpiredCA},
	Verifiers:                           {rotation.ReasonPreDeployCheck},
}

// NamedBy is the code of the finding that has told the reason of a stop beforehand, ""
// where none has.
func (f Findings) NamedBy(reason string) rotation.Reason {
	for _, code := range append([]rotation.Reason{rotation.Reason(reason)}, naming[reason]...) {
		if f.Says(code) {
			return code
		}
	}
	if f.Refuses(rotation.ReasonUnderWay) {
		return rotation.ReasonUnderWay // then that alone is said, and not to go on
	}
	return ""
}

// lostOutside tells that handshakes broke with deployments of no tile alone, and that
// preflight has asked about them: no apply changes reaches those, and 2.10 names them
// nowhere.
func (r Result) lostOutside(e Ending) bool {
	return e.Broken > 0 && e.Broken == e.Outside && r.Findings.Says(rotation.ReasonOtherDeployments)
}

// clustersLeft tells that nothing but TKGI's clusters was left behind, of which preflight
// has said that nothing upgrades them unasked.
func (r Result) clustersLeft(e Ending) bool {
	return e.Clusters == len(e.Unsettled) && r.Findings.NamedBy(string(rotation.ReasonClusters)) != ""
}

// instancesUntold tells that nothing but service instances was left behind with leaf
// certificates alone, of which no log told: preflight has said so, and verify says it.
func (r Result) instancesUntold(e Ending) bool {
	others := slices.ContainsFunc(e.Unsettled, func(line string) bool { return !strings.HasPrefix(line, "service-instance_") })
	return !r.Cell.Rotates() && !others && slices.Contains(r.Findings.Codes(rotation.StatusUnknown), rotation.ReasonOrphans)
}

// Judge lists the promises that were broken.
func (r *Result) Judge() {
	fault := func(format string, values ...any) { r.Faults = append(r.Faults, fmt.Sprintf(format, values...)) }
	r.judgeFindings(fault)
	plain := r.Plain
	switch {
	case plain.Broken > 0 && !r.lostOutside(plain):
		fault("%d handshakes broke with no advice followed", plain.Broken)
	case plain.Reason == "" && len(plain.Unsettled) > 0 && !r.lostOutside(plain) && !r.clustersLeft(plain) && !r.instancesUntold(plain):
		fault("it claims an end that it has not reached: %s", strings.Join(plain.Unsettled, ", "))
	}
	switch {
	case plain.Changed && plain.Reason != "" && r.Findings.NamedBy(plain.Reason) == "":
		fault("it stopped at %s, after a change, for what preflight did not name (%s): %s", plain.Step, plain.Reason, plain.Sentence)
	case plain.Before() && r.Cell.Rotates() && len(r.Findings.Codes(rotation.StatusRefuses)) == 0:
		fault("it was refused before any change, and preflight refuses nothing (%s): %s", plain.Reason, plain.Sentence)
	}
	if r.Advised == nil {
		if r.Cell.Rotates() && !plain.Before() {
			fault("it was not refused, and the way is the vendor's support's")
		}
		return
	}
	if r.Advised.Broken > 0 {
		fault("%d handshakes broke with the advice followed", r.Advised.Broken)
	}
	// Leaf certificates alone may be refused for good: a whole rotation renews them too.
	if !r.Advised.Settled() && (r.Cell.Rotates() || !r.Advised.Before()) {
		fault("with the advice followed it is not settled: %s: %s", r.Advised, r.Advised.Sentence)
	}
	if r.Cell.Rotates() && len(r.StillRefused) > 0 {
		fault("with the advice followed preflight still refuses: %v", r.StillRefused)
	}
}

// judgeFindings holds what preflight found against what is to be found. A dry run of
// generate tells the first refusal alone.
func (r *Result) judgeFindings(fault func(string, ...any)) {
	wanted := r.Cell.Refuses()
	if r.Findings.First {
		first := r.Findings.Codes(rotation.StatusRefuses)
		if len(wanted) > 0 && len(first) == 0 {
			fault("generate is not refused, and is to be for %v", wanted)
		}
		return
	}
	for _, code := range wanted {
		if !r.Findings.Refuses(code) {
			fault("preflight does not refuse for %s", code)
		}
	}
	for _, code := range r.Cell.Names() {
		if !r.Findings.Says(code) {
			fault("preflight says nothing of %s", code)
		}
	}
	for _, code := range r.Findings.Codes(rotation.StatusRefuses) {
		if !slices.Contains(wanted, code) {
			fault("preflight refuses for %s, and is not to", code)
		}
	}
}

// leavesLeft is what keeps the leaf certificates from all being new, under the CA that
// stays. What no tile made has certificates that Ops Manager does not renew.
func leavesLeft(before, after sim.State, first string) []string {
	var found []string
	if after.Active() != first || len(after.CAs) != len(before.CAs) {
		found = append(found, "the CAs are not those of the beginning")
	}
	had := map[string]int{}
	for _, vm := range before.VMs {
		had[vm.Name] = vm.LeafVersion
	}
	ofTile := func(vm sim.VMState) bool {
		return slices.ContainsFunc(after.Products, func(p sim.ProductState) bool { return p.GUID == vm.Product })
	}
	for _, vm := range after.VMs {
		version, known := had[vm.Name]
		if known && ofTile(vm) && !vm.Configurable && vm.LeafSigner != "" && vm.LeafVersion <= version {
			found = append(found, vm.Name+" has an old certificate")
		}
	}
	return found
}
