package stage

import (
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Shape is what a foundation of a measurement looks like.
type Shape struct {
	// Version of Ops Manager; the simulator's default when empty.
	Version string
	// Small: 4 VMs instead of 39.
	Small bool
	// History is how many installations there were, Certificates how many
	// certificates are listed besides the foundation's own.
	History, Certificates int
	// Latency of the way there when it is far away, there and back together.
	Latency time.Duration
}

const day = 24 * time.Hour

func (s Shape) options() sim.Options {
	o := sim.Options{
		Version: s.Version, History: s.History, MoreCertificates: s.Certificates, VMDelay: -1,
		Username: username, Password: password,
		// Nothing expires soon: om expiring-certificates then ends with 0.
		CAAge: 2 * 365 * day,
	}
	if s.Small {
		o.Tiles = []sim.Tile{
			{Identifier: "cf", Label: "TAS", Version: "2.13.35", Jobs: []sim.Job{{Name: "router", Instances: 1}}},
			sim.ServiceTile("p.mysql", "MySQL", "2.10.16", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1}),
		}
	}
	return o
}

// The login of every foundation.
const (
	username = "admin"
	password = "admin"
)
