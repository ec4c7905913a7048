package evidence

import "time"

// Installation statuses (Ops Manager API 3.1, GET /installations). A product
// within an installation has another vocabulary: see Change.
const (
	InstallationRunning   = "running"
	InstallationSucceeded = "succeeded"
	InstallationFailed    = "failed"
)

// Deployment statuses of a product within an installation.
const (
	DeploymentPending    = "pending"
	DeploymentRunning    = "running"
	DeploymentSuccessful = "successful"
	DeploymentFailed     = "failed"
	DeploymentSkipped    = "skipped"
)

// Change types: what an installation does to a product. Unchanged means
// deployed again although nothing was staged, so it counts as deployed.
const (
	ChangeAddition  = "addition"
	ChangeUpdate    = "update"
	ChangeDeletion  = "deletion"
	ChangeUnchanged = "unchanged"
)

// History is the list of installations, highest id first.
type History struct {
	Asked bool
	// Complete is false when reading stopped early because older installations
	// did not matter.
	Complete bool
	List     []Installation
}

// Installation is one apply changes.
type Installation struct {
	ID     int
	User   string
	Status string
	// StartedAt is zero when Ops Manager gives none; FinishedAt while it runs.
	StartedAt  time.Time
	FinishedAt time.Time
	Changes    []Change
}

// Change is one product's part in an installation.
type Change struct {
	GUID           string
	Identifier     string
	Label          string
	ProductVersion string
	// Type is one of the Change… constants.
	Type string
	// Status is one of the Deployment… constants.
	Status     string
	StartedAt  time.Time
	FinishedAt time.Time
}

// Highest is the highest installation id known, 0 for an empty history.
func (h History) Highest() int {
	highest := 0
	for _, i := range h.List {
		highest = max(highest, i.ID)
	}
	return highest
}

// Running are the installations that have not ended.
func (h History) Running() []Installation {
	var running []Installation
	for _, i := range h.List {
		if i.Status == InstallationRunning {
			running = append(running, i)
		}
	}
	return running
}

// Find is the installation with this id.
func (h History) Find(id int) (Installation, bool) {
	for _, i := range h.List {
		if i.ID == id {
			return i, true
		}
	}
	return Installation{}, false
}

// With is the history with newer records of the same foundation added or put in
// the place of what was known of them.
func (h History) With(newer []Installation) History {
	merged := History{Asked: true, Complete: h.Complete}
	merged.List = append(merged.List, newer...)
	for _, i := range h.List {
		if _, found := (History{List: newer}).Find(i.ID); !found {
			merged.List = append(merged.List, i)
		}
	}
	return merged
}
