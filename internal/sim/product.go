package sim

import (
	"cmp"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/sim/identifiers"
)

// directorIdentifier is the director's own tile.
const directorIdentifier = "p-bosh"

// product is a staged and deployed tile, the director among them.
type product struct {
	guid, identifier, label string
	// version is the staged one.
	version, deployedVersion string
	tile                     Tile
	main                     *deployment
	instances                []*deployment
	errands                  []ErrandSpec
	// revision of the staged configuration, and the one that is deployed.
	revision, deployedRevision int
	// deployedAt orders deployments of products.
	deployedAt int
	// placed: it has its VMs and certificates.
	placed bool
	// deployed: an apply has had it.
	deployed bool
	// wants are the staged stemcells, shows those that are said to be deployed, had
	// those of the last deployment that succeeded.
	wants, shows, had stemcells
	// deleting: staged for deletion.
	deleting bool
	// outside: no tile, but a deployment that none made.
	outside bool
}

func (p *product) isDirector() bool { return p.identifier == directorIdentifier }

// changed tells whether staged changes are not deployed yet.
func (p *product) changed() bool { return p.revision != p.deployedRevision }

// stage notes a change to the configuration.
func (p *product) stage() { p.revision++ }

// deployments are none before the first one.
func (p *product) deployments() []*deployment {
	if !p.placed {
		return nil
	}
	return append([]*deployment{p.main}, p.instances...)
}

func (p *product) vms() []*vm {
	var all []*vm
	for _, d := range p.deployments() {
		all = append(all, d.vms...)
	}
	return all
}

// addProduct stages a tile, and places it unless it was never deployed.
func (f *Foundation) addProduct(tile Tile) {
	p := &product{
		guid: cmp.Or(tile.GUID, tile.Identifier+"-"+identifiers.GUID()), identifier: tile.Identifier, label: tile.Label,
		version: tile.Version, deployedVersion: tile.Version,
		tile: tile, errands: slices.Clone(tile.Errands), deleting: tile.StagedForDeletion,
	}
	p.wants = f.stemcellsOf(tile)
	p.shows, p.had = p.wants, p.wants
	p.main = newDeployment(p.guid, p, false)
	f.products = append(f.products, p)
	if tile.NeverDeployed {
		p.deployedVersion = ""
		return
	}
	p.deployed = true
	f.place(p)
}

// place gives a product its deployments with their VMs, and the certificates
// that Ops Manager holds for it.
func (f *Foundation) place(p *product) {
	p.placed = true
	f.addKnownRecords(p)
	f.addJobs(p.main, p.tile.Jobs, "")
	f.addServiceInstances(p)
	f.addOwnCertificates(p)
}

func (f *Foundation) addServiceInstances(p *product) {
	for _, si := range p.tile.ServiceInstances {
		d := newDeployment("service-instance_"+si.Name, p, true)
		p.instances = append(p.instances, d)
		f.addJobs(d, si.Jobs, "service_instance")
	}
}

// orphans is how many of the service instances Cloud Foundry has forgotten.
func (p *product) orphans() int { return min(p.tile.Orphans, len(p.instances)) }

// known are the service instances that errands reach.
func (p *product) known() []*deployment { return p.instances[:len(p.instances)-p.orphans()] }

// addJobs gives a deployment VMs and one certificate for each job; the service
// instances of a tile share theirs.
func (f *Foundation) addJobs(d *deployment, jobs []Job, prefix string) {
	for _, job := range jobs {
		r := f.recordFor(d, job.Name, prefix)
		for i := range job.Instances {
			d.vms = append(d.vms, &vm{
				deployment: d, job: job.Name, index: i, record: r, director: d.product.isDirector(),
			})
		}
	}
}

func (f *Foundation) recordFor(d *deployment, job, prefix string) *leafRecord {
	if r := f.knownRecord(d.product, job, prefix != ""); r != nil {
		r.deployments = append(r.deployments, d)
		return r
	}
	name := "." + job + ".tls_credentials"
	if prefix != "" {
		name = "." + prefix + name
	}
	configurable := f.opts.ConfigurableLeaf && d.product.identifier == "cf" && job == "router"
	if configurable {
		name = ".properties.networking_poe_ssl_certs"
	}
	for _, r := range f.records {
		if r.product == d.product && r.name == name {
			r.deployments = append(r.deployments, d)
			return r
		}
	}
	r := &leafRecord{
		name: name, product: d.product, deployments: []*deployment{d}, job: job, configurable: configurable,
		// A real foundation does not list it, or it would be known.
		unlisted: f.knownCertificates(),
	}
	f.records = append(f.records, r)
	return r
}
