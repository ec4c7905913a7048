package opsman

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Violation is a safety check of Ops Manager (CredHub Maestro) that refused a
// rotation call.
type Violation struct {
	// Text is Ops Manager's own.
	Text             string
	CertificateNames []string
	// Remedy is a sentence that says what to do.
	Remedy string
	// Code is stable; CodeUnknown for a text that is not in the table.
	Code string
}

// String is the violation with its certificates and remedy.
func (v Violation) String() string {
	text := fmt.Sprintf("safety violation %q", v.Text)
	if len(v.CertificateNames) > 0 {
		text += " on " + strings.Join(few(v.CertificateNames), ", ")
	}
	return text + ": " + v.Remedy
}

// Codes of safety violations.
const (
	CodeUnknown                     = "unknown-violation"
	CodeSeveralSigningVersions      = "several-signing-versions"
	CodeRotationUnderWay            = "rotation-under-way"
	CodeChildrenNotDeployed         = "children-not-deployed"
	CodeLatestNotTransitional       = "latest-not-transitional"
	CodeActivateIncomplete          = "activate-incomplete"
	CodeTrustNotDeployed            = "trust-not-deployed"
	CodeOnlyTransitional            = "only-transitional-version"
	CodeLeafOfOtherAuthority        = "leaf-of-other-authority"
	CodeChildrenOnFormerAuthority   = "children-on-former-authority"
	CodeNewLeavesNotDeployed        = "new-leaves-not-deployed"
	CodeNewAuthorityNotSigning      = "new-authority-not-signing"
	CodeServiceInstancesNotDeployed = "service-instances-not-deployed"
)

// known maps Ops Manager's exact strings: two of them differ by one word only.
var known = map[string]struct{ code, remedy string }{
	"there is more than one signing version of a certificate authority": {CodeSeveralSigningVersions,
		"apply changes to every product, service instances included, so that all leaf certificates come from one version; if it persists, look at `maestro topology --name` for the product that lags"},
	"certificate authorities can not have a transitional version": {CodeRotationUnderWay,
		"a rotation is already under way: continue it, usually with an apply changes, and do not start another"},
	"active child certificate version is not the latest non-transitional version or more than one active version exists": {CodeChildrenNotDeployed,
		"apply changes to every product and upgrade all service instances, then repeat this step"},
	"certificate authorities latest version is not transitional": {CodeLatestNotTransitional,
		"these have no version of this rotation, and applying changes does not give them one: where such a CA came into being after generate, with a service instance or a tile, or generate failed for it, run maestro regenerate ca --name CERTIFICATE on the Ops Manager VM, apply changes to every product and upgrade all service instances, then repeat this step, or delete that young service instance; where a customer provided it, mark its new version transitional in CredHub"},
	"signing version has to be transitional if there is a transitional certificate authority": {CodeActivateIncomplete,
		"the activation is missing or incomplete: activate the new CA, then regenerate"},
	"active child certificate does not trust the certificate authority that will regenerate it": {CodeTrustNotDeployed,
		"the new CA's trust never reached these certificates: do not force it, contact support"},
	"certificate authorities must have a non-transitional version": {CodeOnlyTransitional,
		"only a transitional version is left: set the transitional version to null through the CredHub API"},
	"active child certificate is signed by a certificate authority that is not the latest version": {CodeLeafOfOtherAuthority,
		"set the older CA's version transitional in CredHub and continue, else contact support"},
	"active child certificate version is signed by a certificate authority that is not the latest version": {CodeChildrenOnFormerAuthority,
		"these are still signed by the former CA: finish regenerate and apply changes to every product before deleting"},
	"active certificate version is not the latest non transitional version": {CodeNewLeavesNotDeployed,
		"the regenerated certificates are not deployed yet: apply changes to every product, service instances included"},
	"transitional certificate authority is the latest version": {CodeNewAuthorityNotSigning,
		"the new CA does not sign yet: go forward with the rotation (activate it) rather than delete; if that is impossible, contact support"},
	"latest certificate authority versions with active children are not signing": {CodeServiceInstancesNotDeployed,
		"an earlier rotation did not reach the service instances: run the tile's upgrade-all-service-instances errand, then repeat this step"},
}

const unknownRemedy = "apply changes to every product, service instances included, then repeat this step; if it persists, look at `maestro topology` and contact support"

func newViolation(text string, names []string) Violation {
	entry, ok := known[strings.TrimSuffix(strings.TrimSpace(text), ".")]
	if !ok {
		entry.code, entry.remedy = CodeUnknown, unknownRemedy
	}
	return Violation{Text: text, CertificateNames: names, Remedy: entry.remedy, Code: entry.code}
}

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
