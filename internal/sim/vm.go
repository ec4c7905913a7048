package sim

import (
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/sim/tlsnet"
)

// deployment is a BOSH deployment: a product's own, or a service instance's.
type deployment struct {
	name            string
	product         *product
	serviceInstance bool
	vms             []*vm
	// runs and trusts are the CredHub versions that it was deployed with.
	runs   map[*credhubLeaf]*leafVersion
	trusts map[*credhubCA][]*caVersion
	// holds are the leaves that Ops Manager gave it.
	holds map[*leafRecord]*leaf
}

func newDeployment(name string, p *product, serviceInstance bool) *deployment {
	return &deployment{
		name: name, product: p, serviceInstance: serviceInstance,
		runs: map[*credhubLeaf]*leafVersion{}, trusts: map[*credhubCA][]*caVersion{}, holds: map[*leafRecord]*leaf{},
	}
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
	trust     *bundle
	natsTrust *bundle
	natsFrom  *authority
	stemcell  Stemcell
	// rolls counts deployments, recreations how many of them made it anew.
	rolls, recreations int
}

// name is what people call it: "cf-1f2e…/router/0".
func (v *vm) name() string { return fmt.Sprintf("%s/%s/%d", v.deployment.name, v.job, v.index) }

// peer is the machine as its neighbours see it.
func (v *vm) peer() tlsnet.Peer {
	return tlsnet.Peer{
		Name: v.name(), ServerName: fmt.Sprintf("%d.%s.%s.bosh", v.index, v.job, v.deployment.name),
		Certificate: v.leaf.tls.shown(), Trust: v.trust.roots,
	}
}

// natsPeer is the machine on the director's message bus.
func (v *vm) natsPeer() tlsnet.Peer {
	p := tlsnet.Peer{Name: v.name(), ServerName: natsAgentName, Certificate: v.natsFrom.nats.agent.shown(), Trust: v.natsTrust.nats}
	if v.director {
		p.ServerName, p.Certificate = natsServerName, v.natsFrom.nats.server.shown()
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
