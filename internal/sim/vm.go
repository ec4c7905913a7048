package sim

import (
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
	"github.com/opsman-ca/opsman-ca/internal/sim/tlsnet"
)

// deployment is a BOSH deployment: a product's own, or a service instance's.
type deployment struct {
	*credhub.Deployment
	product *product
	vms     []*vm
	// holds are the leaves that Ops Manager gave it.
	holds map[*leafRecord]*leaf
}

func newDeployment(name string, p *product, serviceInstance bool) *deployment {
	return &deployment{Deployment: credhub.NewDeployment(name, serviceInstance), product: p, holds: map[*leafRecord]*leaf{}}
}

// inCredHub are deployments as CredHub sees them.
func inCredHub(deployments []*deployment) []*credhub.Deployment {
	var all []*credhub.Deployment
	for _, d := range deployments {
		all = append(all, d.Deployment)
	}
	return all
}

// vm is one virtual machine.
type vm struct {
	deployment *deployment
	job        string
	index      int
	director   bool

	record *leafRecord
	// What it was deployed with:
	leaf      *leaf
	trust     *authorities.Bundle
	natsTrust *authorities.Bundle
	natsFrom  *authorities.Authority
	stemcell  Stemcell
	// rolls counts deployments, recreations how many of them made it anew.
	rolls, recreations int
}

// name is what people call it: "cf-1f2e…/router/0".
func (v *vm) name() string { return fmt.Sprintf("%s/%s/%d", v.deployment.Name, v.job, v.index) }

// peer is the machine as its neighbours see it.
func (v *vm) peer() tlsnet.Peer {
	return tlsnet.Peer{
		Name: v.name(), ServerName: fmt.Sprintf("%d.%s.%s.bosh", v.index, v.job, v.deployment.Name),
		Certificate: v.leaf.tls.Shown(), Trust: v.trust.Roots,
	}
}

// natsPeer is the machine on the director's message bus.
func (v *vm) natsPeer() tlsnet.Peer {
	p := tlsnet.Peer{Name: v.name(), ServerName: authorities.NATSAgentName, Certificate: v.natsFrom.NATS.Agent.Shown(), Trust: v.natsTrust.NATS}
	if v.director {
		p.ServerName, p.Certificate = authorities.NATSServerName, v.natsFrom.NATS.Server.Shown()
	}
	return p
}

// roll deploys a VM with what the plan carries. One that gets another stemcell is
// made anew; one whose agent does not take NATS certificates by itself keeps those
// it was made with (facts §4.4).
func (f *Foundation) roll(v *vm, p *plan, recreate bool) {
	wanted, first := p.stemcells[v.deployment.product].of(v.job), v.natsTrust == nil
	recreate = recreate || !first && v.stemcell != wanted
	v.rolls++
	v.trust, v.leaf, v.stemcell = p.bundle, p.leaves[v.record], wanted
	if recreate {
		v.recreations++
	}
	if v.director || first || recreate || f.takesNATS(wanted) {
		v.natsTrust, v.natsFrom = p.bundle, p.active
	}
}
