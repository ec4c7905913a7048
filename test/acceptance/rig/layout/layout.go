// Package layout says where the rig keeps things, and where its servers listen.
package layout

import "path/filepath"

// Inside the rig's own network. Steps reach Gateway, and whatever listens on it.
const (
	Gateway = "10.80.0.1"
	Subnet  = Gateway + "/16"
	// Bridge is where Concourse's worker puts the network of its containers.
	Bridge = "concourse0"

	WebPort      = "8080"
	TSAPort      = "2222"
	PostgresPort = "5432"
	RegistryPort = "5000"
	VaultPort    = "8200"
	ControlPort  = "8300"
	MetricsPort  = "9391"
)

// State is where the rig's servers keep what dies with them: in memory, visible
// in the rig's own namespaces alone.
const State = "/run/rig"

// Layout is the part that outlives a run.
type Layout struct {
	// Module is the folder of the module of the acceptance tests.
	Module string `json:"module"`
	// Cache is git-ignored: what was built, the logs of the last run, the lock.
	Cache string `json:"cache"`
}

// Bin holds the programs that the rig builds.
func (l Layout) Bin() string { return filepath.Join(l.Cache, "bin") }

// Program is one of them.
func (l Layout) Program(name string) string { return filepath.Join(l.Bin(), name) }

// ResourceTypes are the worker's own, in the shape that Concourse wants.
func (l Layout) ResourceTypes() string { return filepath.Join(l.Cache, "resource-types") }

// Plugins are those of the worker's network.
func (l Layout) Plugins() string { return filepath.Join(l.Cache, "plugins") }

// Logs are those of the last run.
func (l Layout) Logs() string { return filepath.Join(l.Cache, "logs") }

// Lock is held by the rig that runs.
func (l Layout) Lock() string { return filepath.Join(l.Cache, "lock") }

// Groups lists the control groups of the rig that runs, or of one that died.
func (l Layout) Groups() string { return filepath.Join(l.Cache, "cgroups") }
