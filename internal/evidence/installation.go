package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

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
	// Log is what its log tells, read only where it would complete a proof.
	Log Log
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

// Name is what a person calls the product: label, else identifier, else GUID.
func (c Change) Name() string { return cmp.Or(c.Label, c.Identifier, c.GUID) }

// Highest is the highest installation id known, 0 for an empty history.
func (h History) Highest() int {
	highest := 0
	for _, i := range h.List {
		highest = max(highest, i.ID)
	}
	return highest
}

// Running are the installations that have not ended, those left out that a newer
// one has outlived: their record is dead. See Evidence.Running.
func (h History) Running() []Installation {
	var running []Installation
	for _, i := range h.List {
		if i.Status == InstallationRunning && !h.outlived(i) {
			running = append(running, i)
		}
	}
	return running
}

// DeadRecord is an installation that Ops Manager lists as running although it does
// not run: such records outlive a reboot.
type DeadRecord struct {
	Installation

	// Why is half a sentence: "installation 9, which is newer, has ended".
	Why string
}

// Dead are the records that say running and are dead. noneRunning tells that Ops
// Manager denies that anything runs (Evidence.NoneRunning).
func (h History) Dead(noneRunning bool) []DeadRecord {
	var dead []DeadRecord
	for _, i := range h.List {
		if i.Status != InstallationRunning {
			continue
		}
		if newer := h.outlivedBy(i); newer != nil {
			why := fmt.Sprintf("installation %d, which is newer, has deployed a product since", newer.ID)
			if newer.Ended() {
				why = fmt.Sprintf("installation %d, which is newer, has ended", newer.ID)
			}
			dead = append(dead, DeadRecord{Installation: i, Why: why})
		} else if noneRunning {
			dead = append(dead, DeadRecord{Installation: i, Why: "Ops Manager's own log says that no installation is in progress"})
		}
	}
	return dead
}

// outlivedBy is an installation that proves this one dead, as Ops Manager runs one
// at a time: it is newer, and has ended or is done with a product. One that has
// ended tells more.
func (h History) outlivedBy(dead Installation) *Installation {
	var by *Installation
	for n := range h.List {
		i := &h.List[n]
		if i.ID > dead.ID && (i.Ended() || i.deployed()) && (by == nil || i.Ended() && !by.Ended()) {
			by = i
		}
	}
	return by
}

func (h History) outlived(i Installation) bool { return h.outlivedBy(i) != nil }

// Ended tells whether it has one of the two statuses with which installations end.
func (i Installation) Ended() bool {
	return i.Status == InstallationSucceeded || i.Status == InstallationFailed
}

// deployed tells whether it is done with a product.
func (i Installation) deployed() bool {
	return slices.ContainsFunc(i.Changes, func(c Change) bool {
		return c.Status == DeploymentSuccessful || c.Status == DeploymentFailed
	})
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
