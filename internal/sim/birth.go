package sim

import (
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
	"github.com/opsman-ca/opsman-ca/internal/sim/identifiers"
)

// Instances that are born in the middle of a rotation. Each has a CA of its own in
// CredHub, which generate never saw: it has no transitional version, and Maestro
// refuses the next activate for it (facts §4.9 #4).

// bornAfter is how long after an apply changes such an instance is created.
const bornAfter = time.Hour

// bearLater has a user create a service instance behind the first apply changes
// after generate, where the options say so.
func (f *Foundation) bearLater() {
	newest := f.authorities.Newest()
	p := f.findProduct(f.opts.BornLater)
	if f.born || p == nil || newest.Active || len(f.authorities.List()) < 2 {
		return
	}
	f.born = true
	f.clock.pass(bornAfter)
	_ = f.createInstance(p) // a failure shows as one instance less
}

// createInstance deploys one more instance of a tile, as its broker does when a
// developer asks for it: with what is there now.
func (f *Foundation) createInstance(p *product) error {
	at, director := f.clock.event(), f.directorVMs()[0]
	d := newDeployment("service-instance_"+identifiers.UUID(), p, true)
	p.instances = append([]*deployment{d}, p.instances...) // the last ones may be orphans
	for _, job := range p.tile.ServiceInstances[0].Jobs {
		r := &leafRecord{name: "." + d.Name + "." + job.Name + ".tls_credentials", product: p, deployments: []*deployment{d}, job: job.Name, instance: true, unlisted: f.knownCertificates()}
		if err := f.issue(r, director.natsFrom, at); err != nil {
			return err
		}
		f.records = append(f.records, r)
		for i := range job.Instances {
			d.vms = append(d.vms, &vm{deployment: d, job: job.Name, index: i, record: r})
		}
	}
	own := f.credhub.Add("/p-bosh/" + d.Name + "/instance_ca")
	own.Add(at, f.opts.CAValidity, false)
	f.bear(own, "/p-bosh/"+d.Name+"/instance_tls", d, at)
	if dns := f.credhub.Find(credhub.BOSHDNSCA); dns != nil {
		f.bear(dns, "/p-bosh/"+d.Name+"/dns_api_client_tls", d, at)
	}
	by := f.newPlan(applyRequest{force: true})
	by.bundle, by.active = director.natsTrust, director.natsFrom
	f.rollByHand(d, by, true)
	return nil
}

func (f *Foundation) bear(ca *credhub.CA, path string, d *deployment, at time.Time) {
	ca.AddLeaf(path, d.Deployment)
	ca.Leaves[len(ca.Leaves)-1].Add(at, f.opts.LeafValidity)
}
