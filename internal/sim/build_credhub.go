package sim

import (
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
)

// buildCredHub lays out the CAs: BOSH DNS over every deployment, one per tile,
// one for its service instances, the services' own.
func (b builder) buildCredHub() {
	b.credhub.Add(credhub.BOSHDNSCA).Auto = b.opts.AutoRotateDNS
	b.credhub.Add(credhub.ServicesTLSCA)
	for _, p := range b.products {
		if p.placed {
			b.addCredHubOf(p)
		}
	}
	if b.opts.CustomerCA {
		ca := b.credhub.Add("/customer/tls_ca")
		ca.Customer = true
		ca.AddLeaf("/customer/tls_leaf", b.lastPlaced().main.Deployment)
	}
}

func (b builder) lastPlaced() *product {
	for _, p := range slices.Backward(b.products) {
		if p.placed {
			return p
		}
	}
	return b.products[0]
}

// addCredHubOf lays out what CredHub has for one product.
func (f *Foundation) addCredHubOf(p *product) {
	if !p.isDirector() && len(p.tile.Jobs) > 0 {
		ca := f.credhub.Add("/p-bosh/" + p.guid + "/" + p.identifier + "_ca")
		for _, job := range p.tile.Jobs {
			ca.AddLeaf("/p-bosh/"+p.guid+"/"+job.Name+"_tls", p.main.Deployment)
		}
	}
	dns := f.credhub.Find(credhub.BOSHDNSCA)
	dns.AddLeaf("/p-bosh/"+p.guid+"/dns_api_client_tls", p.main.Deployment)
	if len(p.instances) == 0 {
		return
	}
	ca := f.credhub.Add("/p-bosh/" + p.guid + "/service_instance_ca")
	for _, d := range p.instances {
		dns.AddLeaf("/p-bosh/"+d.Name+"/dns_api_client_tls", d.Deployment)
		ca.AddLeaf("/p-bosh/"+d.Name+"/agent_tls", d.Deployment)
		f.credhub.Find(credhub.ServicesTLSCA).AddLeaf("/p-bosh/"+d.Name+"/tls_certificate", d.Deployment)
	}
}
