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
	// ReasonTrustUnknown: a CA is active, and it is unknown whether every product trusts it.
	ReasonTrustUnknown Reason = "trust-unknown"
	// ReasonInstances: nothing shows that the errand reached a tile's service instances.
	ReasonInstances Reason = "instances-unproven"
	// ReasonClusters: TKGI's clusters are not known to be upgraded.
	ReasonClusters Reason = "clusters-not-upgraded"
	// ReasonStrayLeaves: leaves of a CA that not every product trusts are staged.
	ReasonStrayLeaves Reason = "stray-leaves"
	// ReasonNotRecreated: VMs take new certificates only when they are recreated, and
	// nothing shows that they were.
	ReasonNotRecreated Reason = "not-recreated"
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

// Reasons for a refusal of generate, for what the vendor requires before a rotation:
// see prerequisites.go.
const (
	// ReasonRecreateNeeded: VMs take new certificates only when they are recreated.
	ReasonRecreateNeeded   Reason = "recreate-needed"
	ReasonStemcellsUnknown Reason = "stemcells-unknown"
	// ReasonCustomerCAs: CredHub has CAs of customers, which no rotation can go on with.
	ReasonCustomerCAs Reason = "customer-cas"
	// ReasonAutomaticDNS: BOSH DNS certificates rotate by themselves, in steps of their own.
	ReasonAutomaticDNS        Reason = "dns-auto-rotation"
	ReasonAutomaticDNSUnknown Reason = "dns-auto-rotation-unknown"
	// ReasonConfigurableAhead: delete will wait until operators have replaced certificates.
	ReasonConfigurableAhead Reason = "configurable-certificates-ahead"
	// ReasonHandSet: certificates count as generated that regenerate cannot renew.
	ReasonHandSet        Reason = "hand-set-certificates"
	ReasonPreDeployCheck Reason = "pre-deploy-check"
	ReasonNoWriteScope   Reason = "no-write-scope"
	// ReasonOpsManagerVersion: this version does not rotate what CredHub holds.
	ReasonOpsManagerVersion Reason = "ops-manager-version"
	// ReasonNewTile: a tile is staged that was never deployed.
	ReasonNewTile Reason = "never-deployed-tile"
	// ReasonOrphans: errands passed by service instances the last time.
	ReasonOrphans Reason = "orphaned-instances"
	// ReasonFullApply: no recent apply changes of all products is known.
	ReasonFullApply Reason = "full-apply-missing"
)

// Codes of what a look at the prerequisites notes and never refuses.
const (
	ReasonWeakerChecks      Reason = "weaker-safety-checks"
	ReasonOtherDeployments  Reason = "deployments-of-no-tile"
	ReasonServiceErrands    Reason = "service-errands"
	ReasonOtherCertificates Reason = "other-certificates-due"
	ReasonBackup            Reason = "backup"
	ReasonOtherPipelines    Reason = "other-pipelines"
	ReasonDuration          Reason = "duration"
	ReasonWayBack           Reason = "way-back"
)

// Acceptable are the refusals that an operator may overrule by name, because
// they are judgements about the foundation and not missing proof.
func Acceptable() []Reason {
	return []Reason{
		ReasonPendingChanges, ReasonConfigurable, ReasonCertificatesUnknown,
		ReasonCandidateExpiresSoon, ReasonUpgraded, ReasonInstances, ReasonClusters, ReasonTrustUnknown, ReasonClockUnknown,
		ReasonPartialGeneration, ReasonPartialActivation, ReasonPartialDeletion,
		ReasonStemcellsUnknown, ReasonAutomaticDNS, ReasonAutomaticDNSUnknown, ReasonConfigurableAhead, ReasonPreDeployCheck, ReasonHandSet, ReasonOrphans,
	}
}

// Reasons are all reasons that there are, for code that has to know each: the
// troubleshooting guide has an entry for every one.
func Reasons() []Reason {
	return []Reason{
		ReasonNoCAs, ReasonNoneActive, ReasonSeveralActive, ReasonTooManyCAs, ReasonEqualCreation, ReasonUndatedCA, ReasonExpiredCA,
		ReasonPartialGeneration, ReasonPartialActivation, ReasonPartialDeletion,
		ReasonReady, ReasonAlreadyDone, ReasonProven, ReasonNotDue, ReasonNoRotation,
		ReasonForeignVersion, ReasonFinishedRotation, ReasonSetBack, ReasonCandidateGone, ReasonTooEarly, ReasonUnderWay,
		ReasonNotReached, ReasonNotRecreated, ReasonInstances, ReasonClusters, ReasonUntrusted, ReasonTrustUnknown, ReasonStrayLeaves, ReasonOutdated, ReasonOldLeaves, ReasonLeavesOnRetiring,
		ReasonInstallationRunning, ReasonInstallationFailed, ReasonPendingChanges, ReasonUpgraded, ReasonConfigurable,
		ReasonCertificatesUnknown, ReasonCandidateExpiresSoon, ReasonClockUnknown, ReasonNoProducts,
		ReasonRecreateNeeded, ReasonStemcellsUnknown, ReasonCustomerCAs, ReasonAutomaticDNS, ReasonAutomaticDNSUnknown, ReasonConfigurableAhead,
		ReasonHandSet, ReasonPreDeployCheck, ReasonNoWriteScope, ReasonOpsManagerVersion, ReasonNewTile, ReasonOrphans, ReasonFullApply,
		ReasonWeakerChecks, ReasonOtherDeployments, ReasonServiceErrands, ReasonOtherCertificates, ReasonBackup, ReasonOtherPipelines, ReasonDuration, ReasonWayBack,
	}
}
