package sim

import (
	"regexp"
	"strconv"
)

// version of Ops Manager: major, minor, patch.
type version [3]int

var versionNumbers = regexp.MustCompile(`^(\d+)\.(\d+)(?:\.(\d+))?`)

func parseVersion(s string) version {
	var v version
	match := versionNumbers.FindStringSubmatch(s)
	if match == nil {
		return v
	}
	for i := range v {
		v[i], _ = strconv.Atoi(match[i+1]) // a patch that is not there is 0
	}
	return v
}

func (v version) atLeast(major, minor, patch int) bool {
	for i, n := range [3]int{major, minor, patch} {
		if v[i] != n {
			return v[i] > n
		}
	}
	return true
}

// line tells whether v is of the release line major.minor.
func (v version) line(major, minor int) bool { return v[0] == major && v[1] == minor }

// The features of a version, as the version matrix has them.

func (v version) credhubRotation() bool { return v.atLeast(2, 9, 0) }
func (v version) maestro() bool         { return v.atLeast(2, 10, 0) }

func (v version) certificatesV1() bool { return v.atLeast(3, 0, 17) }

func (v version) paging() bool {
	switch {
	case v.line(2, 10):
		return v.atLeast(2, 10, 61)
	default:
		return v.atLeast(3, 0, 15)
	}
}

func (v version) natsCertPEM() bool        { return v.atLeast(3, 1, 0) }
func (v version) rotationProcedures() bool { return v.atLeast(2, 10, 33) }
func (v version) infoLocked() bool         { return v.atLeast(3, 2, 0) }

// streamsLogs: logs of v1, and as events of v0.
func (v version) streamsLogs() bool     { return v.atLeast(3, 2, 0) }
func (v version) applyFields() bool     { return v.atLeast(3, 2, 0) }
func (v version) prunesOrphans() bool   { return v.atLeast(3, 0, 19) }
func (v version) parallelDeploys() bool { return v.atLeast(3, 3, 0) }

// automaticDNS: the director can rotate the CA of BOSH DNS by itself.
func (v version) automaticDNS() bool     { return v.atLeast(3, 0, 17) }
func (v version) directorRecreate() bool { return v.atLeast(2, 9, 0) }

// ownAgents: agents on new stemcells take NATS certificates by themselves.
func (v version) ownAgents() bool { return v.atLeast(2, 10, 20) }

// stemcellList: the diagnostic report lists stemcells instead of naming one.
func (v version) stemcellList() bool { return v.atLeast(2, 6, 0) }

// directorCheckFails: on vSphere, the director's pre_deploy_check is answered 500.
func (v version) directorCheckFails() bool { return v.atLeast(2, 10, 28) && !v.atLeast(2, 10, 31) }
func (v version) preDeployCheck() bool     { return v.atLeast(2, 6, 0) }
func (v version) forceLatest() bool        { return v.atLeast(3, 0, 0) }
