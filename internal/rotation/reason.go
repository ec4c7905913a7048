package rotation

// Reason is the stable code of an outcome: what tests, scripts and the
// troubleshooting guide go by. Sentences may change, codes do not.
type Reason string

// Reasons for a blocked state.
const (
	ReasonNoCAs         Reason = "no-cas"
	ReasonNoneActive    Reason = "none-active"
	ReasonSeveralActive Reason = "several-active"
	ReasonTooManyCAs    Reason = "too-many-cas"
	ReasonEqualCreation Reason = "equal-creation"
	// ReasonUndatedCA: an operator's own CA, whose date may be older than its arrival.
	ReasonUndatedCA Reason = "undated-ca"
	ReasonExpiredCA Reason = "expired-ca"
	// ReasonPartialGeneration and its like: the call failed for some certificates.
	ReasonPartialGeneration Reason = "partial-generation"
	ReasonPartialActivation Reason = "partial-activation"
	ReasonPartialDeletion   Reason = "partial-deletion"
)

// Reasons for a phase that goes ahead, is done already, or is not due.
const (
	ReasonReady       Reason = "ready"
	ReasonAlreadyDone Reason = "already-done"
	ReasonProven      Reason = "proven"
	ReasonNotDue      Reason = "not-due"
	// ReasonNoRotation: there is nothing that the phase could go on with.
	ReasonNoRotation Reason = "no-rotation"
)

// Reasons for a refusal.
const (
	// ReasonForeignVersion: the version that was handed over is of other CAs.
	ReasonForeignVersion Reason = "foreign-version"
	// ReasonFinishedRotation: that version's rotation is over.
	ReasonFinishedRotation Reason = "finished-rotation"
	// ReasonSetBack: that version is from behind an activation that was undone.
	ReasonSetBack Reason = "set-back"
	// ReasonCandidateGone: that version's candidate was deleted.
	ReasonCandidateGone Reason = "candidate-gone"
	// ReasonTooEarly: the phase's predecessors have not run.
	ReasonTooEarly Reason = "too-early"
	// ReasonUnderWay: what is for a foundation without a rotation, or is due behind
	// one, met one.
	ReasonUnderWay Reason = "rotation-under-way"
	// ReasonNotReached: the phase before has not reached every product.
	ReasonNotReached Reason = "not-reached"
	// ReasonUntrusted: a CA is active that not every product trusts.
	ReasonUntrusted Reason = "activated-untrusted"
	// ReasonTrustUnknown: a CA is active, and nobody knows whether every product trusts it.
	ReasonTrustUnknown Reason = "trust-unknown"
	// ReasonInstances: nothing shows that the errand reached a tile's service instances.
	ReasonInstances Reason = "instances-unproven"
	// ReasonClusters: TKGI's clusters are not known to be upgraded.
	ReasonClusters Reason = "clusters-not-upgraded"
	// ReasonStrayLeaves: leaves of a CA that not every product trusts are staged.
	ReasonStrayLeaves Reason = "stray-leaves"
	// ReasonOutdated: certificates v1 names deployments with old certificates.
	ReasonOutdated Reason = "outdated-deployments"
	// ReasonOldLeaves: leaf certificates older than the active CA.
	ReasonOldLeaves            Reason = "old-leaves"
	ReasonLeavesOnRetiring     Reason = "leaves-on-retiring-ca"
	ReasonInstallationRunning  Reason = "installation-running"
	ReasonInstallationFailed   Reason = "installation-failed"
	ReasonPendingChanges       Reason = "pending-changes"
	ReasonUpgraded             Reason = "ops-manager-upgraded"
	ReasonConfigurable         Reason = "configurable-certificates"
	ReasonCertificatesUnknown  Reason = "certificates-unknown"
	ReasonCandidateExpiresSoon Reason = "candidate-expires-soon"
	// ReasonClockUnknown: Ops Manager did not say what day it is.
	ReasonClockUnknown Reason = "clock-unknown"
	ReasonNoProducts   Reason = "no-products"
)

// Acceptable are the refusals that an operator may overrule by name, because
// they are judgements about the foundation and not missing proof.
func Acceptable() []Reason {
	return []Reason{
		ReasonPendingChanges, ReasonConfigurable, ReasonCertificatesUnknown,
		ReasonCandidateExpiresSoon, ReasonUpgraded, ReasonInstances, ReasonClusters, ReasonTrustUnknown, ReasonClockUnknown,
		ReasonPartialGeneration, ReasonPartialActivation, ReasonPartialDeletion,
	}
}

// Reasons are all reasons that there are, for whoever has to know each: the
// troubleshooting guide has an entry for every one.
func Reasons() []Reason {
	return []Reason{
		ReasonNoCAs, ReasonNoneActive, ReasonSeveralActive, ReasonTooManyCAs, ReasonEqualCreation, ReasonUndatedCA, ReasonExpiredCA,
		ReasonPartialGeneration, ReasonPartialActivation, ReasonPartialDeletion,
		ReasonReady, ReasonAlreadyDone, ReasonProven, ReasonNotDue, ReasonNoRotation,
		ReasonForeignVersion, ReasonFinishedRotation, ReasonSetBack, ReasonCandidateGone, ReasonTooEarly, ReasonUnderWay,
		ReasonNotReached, ReasonInstances, ReasonClusters, ReasonUntrusted, ReasonTrustUnknown, ReasonStrayLeaves, ReasonOutdated, ReasonOldLeaves, ReasonLeavesOnRetiring,
		ReasonInstallationRunning, ReasonInstallationFailed, ReasonPendingChanges, ReasonUpgraded, ReasonConfigurable,
		ReasonCertificatesUnknown, ReasonCandidateExpiresSoon, ReasonClockUnknown, ReasonNoProducts,
	}
}
