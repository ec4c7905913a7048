package rotation

// Reasons are all reasons that there are, for whoever has to know each: the
// troubleshooting guide has an entry for every one.
func Reasons() []Reason {
	return []Reason{
		ReasonNoCAs, ReasonNoneActive, ReasonSeveralActive, ReasonTooManyCAs, ReasonEqualCreation, ReasonExpiredCA,
		ReasonReady, ReasonAlreadyDone, ReasonProven, ReasonNotDue, ReasonNoRotation,
		ReasonForeignVersion, ReasonFinishedRotation, ReasonSetBack, ReasonCandidateGone, ReasonTooEarly, ReasonUnderWay,
		ReasonNotReached, ReasonUntrusted, ReasonStrayLeaves, ReasonOutdated, ReasonOldLeaves, ReasonLeavesOnRetiring,
		ReasonInstallationRunning, ReasonInstallationFailed, ReasonPendingChanges, ReasonUpgraded, ReasonConfigurable,
		ReasonCertificatesUnknown, ReasonCandidateExpiresSoon, ReasonNoProducts,
	}
}
