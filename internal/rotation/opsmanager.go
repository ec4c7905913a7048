package rotation

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

var opsManagerForm = evidence.Expression(`^v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?:[-+].*)?$`)

// written is the version as Ops Manager wrote it. It is not quoted: what hides secrets in
// a server's texts would not know them again.
func written(e evidence.Evidence) string { return cmp.Or(e.OpsManager, "it tells none") }

// readOpsManager reads a version of Ops Manager as GET /info spells it:
// "3.0.25-build.1261", "3.0.25+LTS-T", "2.1-build.79", whose patch is the first.
func readOpsManager(text string) (numbers, bool) {
	found := opsManagerForm().FindStringSubmatch(text)
	if found == nil {
		return nil, false
	}
	all := make(numbers, 3)
	for n := range all {
		if found[n+1] == "" {
			continue
		}
		one, err := strconv.Atoi(found[n+1])
		if err != nil {
			return nil, false
		}
		all[n] = one
	}
	return all, true
}

// credHubSince is the first version that rotates what CredHub holds.
var credHubSince = numbers{2, 9, 0}

// maestroSince is the first whose calls are checked by CredHub Maestro.
var maestroSince = numbers{2, 10, 0}

func rotatesCredHub(q Question) *refusal {
	version, readable := readOpsManager(q.Evidence.OpsManager)
	if !readable || !version.before(credHubSince) {
		return nil
	}
	return &refusal{ReasonOpsManagerVersion, fmt.Sprintf(
		"Ops Manager is %s, and below %s.%s it does not rotate the CAs and certificates that CredHub holds: the rotation would be half of one", q.Evidence.OpsManager, strconv.Itoa(credHubSince[0]), strconv.Itoa(credHubSince[1])),
		"upgrade Ops Manager, and apply changes on all products, then rerun this step"}
}

// trap is what goes wrong in some versions of Ops Manager.
type trap struct {
	from, fixed numbers
	what        string
	// only tells where it matters, nil for everywhere.
	only func(evidence.Products) bool
}

// traps are known of public release notes.
var traps = []trap{
	{numbers{2, 9, 0}, numbers{2, 9, 1}, "regenerate leaves out the leaf certificates of BOSH DNS beside a tile that CredHub Maestro does not support", LeavesCredHub},
	{numbers{2, 9, 0}, numbers{2, 10, 2}, "regenerate may leave out leaf certificates while a rotation is under way, and a CA that 2.7 or older had added cannot be activated or deleted (some later releases of 2.9 have the second mended)", nil},
	{numbers{2, 9, 0}, numbers{2, 10, 10}, "regenerate fails where CredHub's own server certificate has expired", nil},
	{numbers{2, 10, 28}, numbers{2, 10, 31}, "the director's pre-deploy check answers 500 on vSphere", nil},
	{numbers{2, 10, 40}, numbers{2, 10, 43}, "the list of certificates may answer 500 (syslog without a certificate, \"nested asn\")", nil},
	{numbers{2, 10, 0}, numbers{2, 10, 49}, "the metrics server may fail between the second and the third apply changes", nil},
	{numbers{3, 0, 0}, numbers{3, 0, 14}, "the first apply changes may fail (\"Extracting compiled package archive failed\") and the second succeed", nil},
	{numbers{3, 0, 17}, numbers{3, 0, 25}, "regenerating leaf certificates goes wrong beside TKGI with automatic rotation of BOSH DNS certificates", WithTKGI},
}

func versionRow(q Question) []Finding {
	version, readable := readOpsManager(q.Evidence.OpsManager)
	if !readable {
		return one("Ops Manager's version", noted(ReasonOpsManagerVersion, "look it up in the UI: below 2.9 a rotation must not begin",
			"the version of Ops Manager cannot be read (%s), so what is known of versions was not looked up", written(q.Evidence)))
	}
	instead := passes(ReasonOpsManagerVersion, "Ops Manager is %s, and nothing is known that makes a rotation go wrong with it", q.Evidence.OpsManager)
	var known []string
	for _, t := range traps {
		if !version.before(t.from) && version.before(t.fixed) && (t.only == nil || t.only(q.Evidence.Products)) {
			known = append(known, fmt.Sprintf("%s (fixed in %s)", t.what, t.fixed))
		}
	}
	if len(known) > 0 {
		instead = noted(ReasonOpsManagerVersion, "upgrade Ops Manager before the rotation, and not during it, or keep it in mind", "known of Ops Manager %s: %s", q.Evidence.OpsManager, strings.Join(known, "; "))
	}
	return refused("Ops Manager's version", q.Options, instead, rotatesCredHub(q))
}

// The scopes of Ops Manager's own roles.
const (
	scopeAdmin = "opsman.admin"
	scopeFull  = "opsman.full_control"
	scopeSome  = "opsman.restricted_control"
)

var viewScopes = []string{"opsman.full_view", "opsman.restricted_view"}

// rights are the scopes of the login that Ops Manager's roles have: which of them only
// look, and which do more.
func rights(e evidence.Evidence) (views, more []string) {
	for _, scope := range e.Scopes.List {
		switch {
		case slices.Contains(viewScopes, scope):
			views = append(views, scope)
		case scope == scopeAdmin, scope == scopeFull, scope == scopeSome, scope == "opsman.user":
			more = append(more, scope)
		}
	}
	return views, more
}

func mayWrite(q Question) *refusal {
	views, more := rights(q.Evidence)
	if len(views) == 0 || len(more) > 0 {
		return nil
	}
	return &refusal{ReasonNoWriteScope, "the login may look and change nothing: of Ops Manager's scopes it has only " + strings.Join(views, ", "),
		"use a login with " + scopeAdmin + " or " + scopeFull + ", then rerun this step"}
}

func scopeRow(q Question) []Finding {
	const name = "rights of the login"
	s := q.Evidence.Scopes
	_, more := rights(q.Evidence)
	const known = "Ops Manager tells at the first call that changes something, which is generate"
	var instead Finding
	switch {
	case !s.Asked:
		instead = unknown(ReasonNoWriteScope, known, "whether the login may change anything is unknown: its scopes were not looked at")
	case s.Unknown != "":
		instead = unknown(ReasonNoWriteScope, known, "whether the login may change anything is unknown: %s", s.Unknown)
	case slices.Contains(more, scopeAdmin) || slices.Contains(more, scopeFull):
		instead = passes(ReasonNoWriteScope, "the login has %s", strings.Join(more, ", "))
	case len(more) > 0:
		instead = noted(ReasonNoWriteScope, "use "+scopeAdmin+" or "+scopeFull+" to be sure; else "+known, "the login has %s, of which no document says whether it may change CAs", strings.Join(more, ", "))
	default:
		instead = noted(ReasonNoWriteScope, known, "the login has none of Ops Manager's known scopes (it has %s)", listed(s.List))
	}
	return refused(name, q.Options, instead, mayWrite(q))
}

func listed(all []string) string {
	if len(all) == 0 {
		return "none at all"
	}
	return some(all, ", ")
}

// tas are the tiles whose old versions CredHub Maestro does not support.
var tas = []string{"cf", "p-isolation-segment", "pas-windows"}

// oldTAS names what CredHub Maestro does not support: TAS, isolation segments and TAS
// for Windows of 2.7 below 2.7.21, and 2.8 below 2.8.2.
func oldTAS(products evidence.Products) []string {
	var old []string
	for _, p := range products.List {
		if !slices.ContainsFunc(tas, func(identifier string) bool { return p.Type == identifier || strings.HasPrefix(p.Type, identifier+"-") }) {
			continue
		}
		version, readable := readOpsManager(p.Version)
		in := func(from, fixed numbers) bool { return !version.before(from) && version.before(fixed) }
		if readable && (in(numbers{2, 7, 0}, numbers{2, 7, 21}) || in(numbers{2, 8, 0}, numbers{2, 8, 2})) {
			old = append(old, p.Name()+" "+p.Version)
		}
	}
	return old
}

func weakerChecksRow(q Question) []Finding {
	const name = "TKGI and old TAS"
	var said []string
	next := "follow the procedure of TKGI for what CredHub holds, and upgrade its clusters after each apply changes (its upgrade-all errand is not run unasked)"
	if WithTKGI(q.Evidence.Products) {
		said = append(said, "TKGI is installed")
	}
	if old := oldTAS(q.Evidence.Products); len(old) > 0 {
		if len(said) == 0 {
			next = "upgrade it first, or rotate what CredHub holds with CredHub Maestro, which is a procedure of its own"
		}
		said = append(said, some(old, ", ")+" is older than CredHub Maestro supports")
	}
	if len(said) == 0 {
		return one(name, passes(ReasonWeakerChecks, "neither is deployed: Ops Manager makes its own safety checks"))
	}
	return one(name, noted(ReasonWeakerChecks, next, "%s: Ops Manager then makes weaker safety checks of its own, and the certificates that CredHub holds are not rotated by these calls", strings.Join(said, ", and ")))
}

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
