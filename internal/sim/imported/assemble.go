package imported

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
)

// assemble makes one foundation of what was read.
func (r *reader) assemble(o *sim.Options, root *rootCA, products []sim.Tile, certificates []*certificate) {
	if root == nil {
		root = r.fromCertificates(certificates)
	}
	rest := root.complete(certificates)
	r.noteRoot(root)
	rootIssuer := root.Listed.Issuer
	if rootIssuer == "" {
		rootIssuer = authorities.OpenSSLText(root.Subject)
	}
	giveJobs(products, rest, rootIssuer)
	r.giveInstances(products, rest)
	r.checkVMs(products)
	known := &sim.Known{Root: root.KnownAuthority}
	for i := range products {
		r.giveVMs(&products[i], rest)
		if products[i].Identifier == director {
			known.Director = products[i]
			continue
		}
		o.Tiles = append(o.Tiles, products[i])
	}
	if known.Director.GUID == "" {
		known.Director = sim.Tile{Identifier: director, Label: "BOSH Director", Version: o.Version, GUID: director + "-" + sim.NewGUID(), Jobs: []sim.Job{{Name: "bosh", Instances: 1}}}
		r.note("BOSH Director", "nothing: it is not among the products", "one, at Ops Manager's version")
	}
	if certificates == nil {
		r.note("certificates", "nothing: no "+certificatesFile+", no "+v1File, "those of a foundation with these products")
	} else {
		known.Certificates = []sim.KnownCertificate{}
		place(rest, known.Director.GUID, products)
		for _, c := range rest {
			known.Certificates = append(known.Certificates, c.KnownCertificate)
		}
		if root.NATS.Name == "" {
			r.note("NATS CA", "nothing: no certificate is recognised as it", "one as old as the root CA, listed besides the others")
		}
		r.noteForeign(products, rest)
	}
	r.noteProducts(products)
	o.Known, o.DateOnly = known, root.dateOnly
	if o.Tiles == nil {
		o.Tiles = []sim.Tile{}
	}
}

var productPath = regexp.MustCompile(`^/[^/]+/([^/]+)/`)

// place tells for CredHub's certificates what v0 does not: which CA signed them,
// and which deployments use them.
func place(all []*certificate, directorGUID string, products []sim.Tile) {
	for _, c := range all {
		if c.Location != "credhub" {
			continue
		}
		if c.SignedBy == "" && !c.IsCA {
			c.SignedBy = signerOf(c, all)
		}
		if len(c.Deployments) > 0 {
			continue
		}
		c.Deployments = []string{directorGUID}
		match := productPath.FindStringSubmatch(c.Name)
		if match == nil {
			continue
		}
		if strings.HasPrefix(match[1], instancePrefix) || slices.ContainsFunc(products, func(t sim.Tile) bool { return t.GUID == match[1] }) {
			c.Deployments = []string{match[1]}
		}
	}
}

// signerOf is the CredHub CA with the certificate's issuer: of several, the one
// whose path is the most like the certificate's.
func signerOf(c *certificate, all []*certificate) string {
	best, shared := "", -1
	for _, ca := range all {
		if !ca.IsCA || ca.Location != "credhub" || ca.Issuer != c.Issuer {
			continue
		}
		if n := common(ca.Name, c.Name); n > shared {
			best, shared = ca.Name, n
		}
	}
	return best
}

// common is the length of the common beginning.
func common(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// noteForeign tells of deployments that no tile made.
func (r *reader) noteForeign(products []sim.Tile, certificates []*certificate) {
	var foreign []string
	for _, c := range certificates {
		for _, d := range c.Deployments {
			if !strings.HasPrefix(d, instancePrefix) && !slices.Contains(foreign, d) &&
				!slices.ContainsFunc(products, func(t sim.Tile) bool { return t.GUID == d }) {
				foreign = append(foreign, d)
			}
		}
	}
	if len(foreign) > 0 {
		r.note("deployments of no tile", "nothing of "+strings.Join(foreign, ", "), "that they are deployed by hand after every apply changes")
	}
}

func (r *reader) noteProducts(products []sim.Tile) {
	for _, p := range products {
		vms := 0
		for _, j := range p.Jobs {
			vms += j.Instances
		}
		assumed := fmt.Sprintf("%s: --vms %s=N tells", many(vms, "VM"), p.Identifier)
		if r.VMs[p.Identifier] > 0 {
			assumed = many(vms, "VM") + ", as told"
		}
		r.note("product "+p.GUID, p.Version+", "+many(len(p.Errands), "errand"), assumed)
	}
}

// many is a number of things in words.
func many(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
