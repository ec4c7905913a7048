package sim

import (
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/identifiers"
)

// TKGI is the identifier of the Kubernetes tile, in whose presence Ops Manager
// does not call Maestro.
const TKGI = "pivotal-container-service"

// Tile is a product to stage and deploy.
type Tile struct {
	Identifier, Label, Version string
	// GUID, where it is known; else the identifier and random digits.
	GUID             string
	Jobs             []Job
	ServiceInstances []ServiceInstance
	Errands          []ErrandSpec
	// Orphans are how many of its ServiceInstances, the last ones, Cloud Foundry
	// has forgotten: the errands pass by them, say so and exit 0, and their VMs are there all
	// the same (github.com/pivotal-cf/on-demand-service-broker-release#23).
	Orphans int
	// DependsOn are identifiers of tiles that deploy earlier.
	DependsOn []string
	// NeverDeployed: it is staged, and no apply has had it yet (facts §8).
	NeverDeployed bool
	// StagedForDeletion: it is deployed until the next apply (facts §8).
	StagedForDeletion bool
	// Stemcell of its VMs; by default Jammy, above or, with OldStemcells, below the
	// minimum (facts §4.4).
	Stemcell Stemcell
	// JobStemcells are those of jobs that have another one.
	JobStemcells map[string]Stemcell
	// InstanceStemcell is what service instances still have, where no errand upgraded
	// them since the tile has another stemcell; the next upgrade makes them anew.
	InstanceStemcell Stemcell
	// Certificates besides those of its jobs, which no VM presents to another.
	Certificates []TileCertificate
	// Verifiers are those that fail.
	Verifiers []Verifier
}

// Job is an instance group.
type Job struct {
	Name      string
	Instances int
}

// ServiceInstance is an on-demand instance: a BOSH deployment of its own that
// only the tile's upgrade or recreate errand reaches.
type ServiceInstance struct {
	Name string
	Jobs []Job
}

// ErrandSpec is an errand of a tile. PostDeploy and PreDelete are true, false,
// "default" or, where the errand is not of that kind, nil.
type ErrandSpec struct {
	Name, Label string
	PostDeploy  any
	PreDelete   any
	// DefaultOn is what "default" means.
	DefaultOn bool
}

// Errands that reach service instances.
const (
	UpgradeAllErrand  = "upgrade-all-service-instances"
	RecreateAllErrand = "recreate-all-service-instances"
)

// Without is the tile without an errand of that name.
func (t Tile) Without(errand string) Tile {
	t.Errands = slices.DeleteFunc(slices.Clone(t.Errands), func(e ErrandSpec) bool { return e.Name == errand })
	return t
}

func (t Tile) isTKGI() bool { return t.Identifier == TKGI }

// withoutMaestro tells whether Ops Manager does not call Maestro because of the
// tile: TKGI, or TAS, Isolation Segment or TAS for Windows of 2.7.0 to 2.7.20, 2.8.0
// or 2.8.1 (facts §1.7, §4.5).
func (t Tile) withoutMaestro() bool {
	v := parseVersion(t.Version)
	old := v.line(2, 7) && !v.atLeast(2, 7, 21) || v.line(2, 8) && !v.atLeast(2, 8, 2)
	return t.isTKGI() || old && (t.Identifier == "cf" || t.Identifier == "p-isolation-segment" || t.Identifier == "pas-windows")
}

func (e ErrandSpec) postDeploy() any { return e.PostDeploy }
func (e ErrandSpec) preDelete() any  { return e.PreDelete }

func (e ErrandSpec) upgrades() bool  { return strings.HasPrefix(e.Name, "upgrade-all") }
func (e ErrandSpec) recreates() bool { return strings.HasPrefix(e.Name, "recreate-all") }

// reachesInstances tells an errand that rolls the service instances.
func (e ErrandSpec) reachesInstances() bool { return e.upgrades() || e.recreates() }

// DefaultTiles are TAS and two service tiles with service instances: 39 VMs
// together with the director.
func DefaultTiles() []Tile {
	return []Tile{
		{
			Identifier: "cf", Label: "Small Footprint VMware Tanzu Application Service", Version: "2.13.35",
			Jobs: []Job{
				{"router", 3}, {"control", 3}, {"compute", 6}, {"blobstore", 1}, {"database", 3},
				{"credhub", 2}, {"backup_restore", 1}, {"loggregator", 3}, {"tcp_router", 2},
			},
			Errands: []ErrandSpec{
				{Name: "smoke_tests", Label: "Smoke Test Errand", PostDeploy: true},
				{Name: "push-usage-service", Label: "Usage Service Errand", PostDeploy: "default"},
			},
		},
		ServiceTile("p.mysql", "MySQL for VMware Tanzu", "2.10.16", 3, Job{"dedicated-mysql-broker", 1}, Job{"mysql", 1}),
		ServiceTile("p.rabbitmq", "VMware Tanzu RabbitMQ", "2.3.2", 3, Job{"on-demand-broker", 1}, Job{"rabbitmq-server", 3}),
	}
}

// ServiceTile is a tile with instances service instances, the errands that reach
// them, and a dependency on TAS.
func ServiceTile(identifier, label, version string, instances int, broker, instance Job) Tile {
	tile := Tile{
		Identifier: identifier, Label: label, Version: version,
		Jobs: []Job{broker}, DependsOn: []string{"cf"},
		Errands: []ErrandSpec{
			{Name: "register-broker", Label: "Register On-Demand Service Broker", PostDeploy: true},
			{Name: UpgradeAllErrand, Label: "Upgrade All Service Instances", PostDeploy: true},
			{Name: RecreateAllErrand, Label: "Recreate All Service Instances", PostDeploy: false},
			{Name: "delete-all-service-instances", Label: "Delete All Service Instances", PreDelete: true},
		},
	}
	for range instances {
		tile.ServiceInstances = append(tile.ServiceInstances, ServiceInstance{Name: identifiers.UUID(), Jobs: []Job{instance}})
	}
	return tile
}
