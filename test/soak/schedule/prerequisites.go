package schedule

import (
	"math/rand/v2"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Oddities for which the vendor asks for something before a rotation begins.
const (
	OldStemcells = "old stemcells"
	CustomerCA   = "a customer's CA"
	AutomaticDNS = "BOSH DNS rotates by itself"
)

var prerequisites = map[string]func(*sim.Options){
	OldStemcells: func(o *sim.Options) { o.OldStemcells = true },
	CustomerCA:   func(o *sim.Options) { o.CustomerCA = true },
	AutomaticDNS: func(o *sim.Options) { o.AutoRotateDNS = true },
}

// Prerequisites are the refusals that hold of the foundation as it is made, each until
// its operator has answered it.
var Prerequisites = map[rotation.Reason]string{
	rotation.ReasonRecreateNeeded: OldStemcells,
	rotation.ReasonCustomerCAs:    CustomerCA,
	rotation.ReasonAutomaticDNS:   AutomaticDNS,
}

// automatic are the versions that can rotate BOSH DNS (facts §4.8).
var automatic = []string{"3.0.25+LTS-T", "3.1.2-build.5", "3.3.0-build.41"}

// ask adds what the vendor asks for, from a source of its own: all else of a seed stays
// what it was.
func (s Schedule) ask() []string {
	r := rand.New(rand.NewPCG(s.Seed, 4)) //nolint:gosec // it has to be repeatable
	var all []string
	for _, oddity := range []string{OldStemcells, CustomerCA, AutomaticDNS} {
		drawn := r.IntN(6) == 0
		if drawn && (oddity != AutomaticDNS || slices.Contains(automatic, s.Version)) {
			all = append(all, oddity)
		}
	}
	return all
}
