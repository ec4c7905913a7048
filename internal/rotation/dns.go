package rotation

import (
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// boshDNSCA is the CA of BOSH DNS in CredHub.
const boshDNSCA = "/opsmgr/bosh_dns/tls_ca"

// dnsSince is the first version that can rotate BOSH DNS certificates by itself.
var dnsSince = numbers{3, 0, 17}

// AutomaticDNS tells whether BOSH DNS certificates rotate by themselves. why says what
// shows it, or why nothing tells where known is false.
func AutomaticDNS(e evidence.Evidence) (on, known bool, why string) {
	listed := false
	for n := range e.Certificates.List {
		c := &e.Certificates.List[n]
		if c.AutoRotated {
			return true, true, "Ops Manager lists " + c.Name + " as rotated automatically"
		}
		listed = listed || e.Certificates.Source == evidence.SourceV1 && c.Name == boshDNSCA
	}
	d := e.Director
	if d.Asked && d.Unknown == "" {
		if d.AutomaticRotation != nil && *d.AutomaticRotation {
			return true, true, "the director's option for it is set"
		}
		return false, true, "the director's option for it is not set"
	}
	version, readable := readOpsManager(e.OpsManager)
	switch {
	case readable && version.before(dnsSince):
		return false, true, "Ops Manager below " + dnsSince.String() + " has no option for it"
	case listed:
		return false, true, "Ops Manager lists " + boshDNSCA + " as not rotated automatically"
	case !d.Asked:
		return false, false, "the director's properties were not asked for"
	}
	return false, false, "the director's properties cannot be read (" + d.Unknown + ")"
}

const clearDNS = "clear the director's option for automatic certificate rotation, and apply changes on all products, then rerun this step"

func dnsByHand(q Question) *refusal {
	on, _, why := AutomaticDNS(q.Evidence)
	if !on {
		return nil
	}
	return &refusal{ReasonAutomaticDNS, "BOSH DNS certificates rotate by themselves, in steps of their own (" + why + "): the CA of BOSH DNS may be at another step than the rest, and what this rotation makes of it does not reach VMs by itself",
		clearDNS + "; if you accept it, every apply changes of the rotation forces the latest variables, which does not reach " + notForced(q.Evidence)}
}

// forced says why an apply changes has to force the latest variables, "" where nothing
// shows that it has to.
func forced(e evidence.Evidence) string {
	on, _, why := AutomaticDNS(e)
	if !on {
		return ""
	}
	return "BOSH DNS certificates rotate by themselves, and do not reach VMs otherwise: " + why
}

// notForced are the deployments that an apply changes does not give the latest
// variables.
func notForced(e evidence.Evidence) string {
	var all []string
	if tiles := tilesWithInstances(e); len(tiles) > 0 {
		all = append(all, "the service instances of "+some(productNames(tiles), ", "))
	}
	if others, _ := otherDeployments(e); len(others) > 0 {
		all = append(all, some(others, ", "))
	}
	return strings.Join(append(all, "deployments of no tile"), ", ") + ": redeploy those by hand (bosh deploy --force-latest-variables)"
}

func dnsKnown(q Question) *refusal {
	_, known, why := AutomaticDNS(q.Evidence)
	if known {
		return nil
	}
	return &refusal{ReasonAutomaticDNSUnknown, "whether BOSH DNS certificates rotate by themselves is unknown: " + why,
		"look at the director's settings for automatic certificate rotation: where it is set, " + clearDNS}
}

func dnsRow(q Question) []Finding {
	_, _, why := AutomaticDNS(q.Evidence)
	return refused("BOSH DNS", q.Options, passes(ReasonAutomaticDNS, "its certificates do not rotate by themselves: %s", why), dnsByHand(q), dnsKnown(q))
}

// tilesWithInstances are the deployed products with an errand that upgrades service
// instances.
func tilesWithInstances(e evidence.Evidence) []evidence.Product {
	return slices.DeleteFunc(slices.Clone(e.Products.List), func(p evidence.Product) bool {
		errands, _ := upgradeErrands(e, p)
		return len(errands) == 0
	})
}

func productNames(products []evidence.Product) []string {
	var all []string
	for _, p := range products {
		all = append(all, p.Name())
	}
	return all
}

// instancePrefix begins the name of every deployment of a service instance.
const instancePrefix = "service-instance"

// directorVariables is what begins the path of a deployment's variables in CredHub:
// the name of the Director, then that of the deployment (facts of the API: v0 lists
// /p-bosh/DEPLOYMENT/NAME).
const directorVariables = "/p-bosh/"

// otherDeployments are those that the certificates name and that belong to no tile and
// to no service instance. told is false where there may be more: v0 names a deployment
// only in the paths of its variables.
func otherDeployments(e evidence.Evidence) (names []string, told bool) {
	told = e.Certificates.Source == evidence.SourceV1
	ofTile := func(name string) bool {
		return name == evidence.Director || strings.HasPrefix(name, instancePrefix) || slices.ContainsFunc(e.Products.List, func(p evidence.Product) bool {
			return name == p.GUID || name == p.Type
		})
	}
	for n := range e.Certificates.List {
		c := &e.Certificates.List[n]
		if path, found := strings.CutPrefix(c.Name, directorVariables); found && !told {
			if name, _, deeper := strings.Cut(path, "/"); deeper {
				names = append(names, name)
			}
		}
		names = append(names, c.Deployments...)
		names = append(names, c.OutdatedDeployments...)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" || ofTile(name) })
	slices.Sort(names)
	return slices.Compact(names), told
}
