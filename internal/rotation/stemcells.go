package rotation

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// A VM takes new certificates of the root CA and of BOSH's NATS without being
// recreated only on a stemcell of these versions, and where Ops Manager is 2.10.20 or
// newer. An older one that is not recreated in every apply changes of a rotation loses
// its director.
var (
	stemcellMinima = map[string]numbers{"ubuntu-xenial": {621, 171}, "ubuntu-jammy": {1, 8}, "windows2019": {2019, 41}}
	// bionicMinimum is on the page about NATS credentials alone.
	bionicMinimum     = numbers{1, 36}
	withoutRecreation = numbers{2, 10, 20}
)

// numbers are the components of a version: 1.10 is newer than 1.8.
type numbers []int

func (n numbers) before(o numbers) bool { return slices.Compare(n, o) < 0 }

func (n numbers) String() string {
	var all []string
	for _, one := range n {
		all = append(all, strconv.Itoa(one))
	}
	return strings.Join(all, ".")
}

// readNumbers reads a version that has nothing but numbers.
func readNumbers(text string) (numbers, bool) {
	var all numbers
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || part[0] == '+' {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}

// taking is whether VMs of a stemcell take new certificates without being recreated.
type taking byte

const (
	takes taking = iota
	lacks
	unclear
)

// stemcellTakes judges one stemcell, and says why where it does not pass.
func stemcellTakes(s evidence.Stemcell) (verdict taking, why string) {
	written := strings.TrimSpace(s.OS + " " + s.Version)
	if written == "" {
		return unclear, "a stemcell without a name"
	}
	system := strings.ToLower(strings.TrimSpace(s.OS))
	for _, suffix := range []string{"-go_agent", "-fips"} {
		system = strings.TrimSuffix(system, suffix)
	}
	version, readable := readNumbers(strings.TrimSpace(s.Version))
	minimum, known := stemcellMinima[system]
	switch {
	case system == "ubuntu-noble":
		return takes, ""
	case system == "ubuntu-trusty" || windowsBefore2019(system):
		return lacks, written + ", of which no version does"
	case known && !readable, system == "ubuntu-bionic" && !readable:
		return unclear, written + ", whose version cannot be read"
	case known && version.before(minimum):
		return lacks, fmt.Sprintf("%s, below %s", written, minimum)
	case known:
		return takes, ""
	case system == "ubuntu-bionic" && version.before(bionicMinimum):
		return lacks, fmt.Sprintf("%s, below %s", written, bionicMinimum)
	case system == "ubuntu-bionic":
		return unclear, fmt.Sprintf("%s, which the vendor's procedure does not name (only its page about NATS credentials does, from %s on)", written, bionicMinimum)
	}
	return unclear, written + ", a line that the vendor's procedure does not name"
}

// windowsBefore2019 tells "windows2012R2", "windows2016" and "windows1803".
func windowsBefore2019(system string) bool {
	year, is := strings.CutPrefix(system, "windows")
	if digits := strings.IndexFunc(year, func(r rune) bool { return r < '0' || r > '9' }); digits >= 0 {
		year = year[:digits]
	}
	n, err := strconv.Atoi(year)
	return is && err == nil && n < 2019
}

// ProductVMs are the VMs of one deployed product, and why they are named.
type ProductVMs struct {
	Product evidence.Product
	Why     string
	// Undeployed tells that its last deployment is not known to have succeeded, and
	// nothing else is in doubt: one more apply changes settles it.
	Undeployed bool
}

func (p ProductVMs) String() string { return p.Product.Name() + " (" + p.Why + ")" }

// Recreation says whose VMs take new certificates only when they are recreated, and of
// which products Ops Manager does not tell.
type Recreation struct {
	Needed  []ProductVMs
	Unknown []ProductVMs
}

// Needs tells whether the product's VMs have to be recreated.
func (r Recreation) Needs(productGUID string) bool { return of(r.Needed, productGUID) }

// MayNeed tells whether the product's VMs have to be recreated, or nothing shows that
// they need not.
func (r Recreation) MayNeed(productGUID string) bool {
	return of(r.Needed, productGUID) || of(r.Unknown, productGUID)
}

func of(list []ProductVMs, guid string) bool {
	return slices.ContainsFunc(list, func(p ProductVMs) bool { return p.Product.GUID == guid })
}

// Recreating derives from what Ops Manager shows which deployed products' VMs have to
// be recreated in every apply changes of a rotation. It is asked before every phase
// and every apply changes, so that nothing depends on what a version remembers.
// Service instances count as their tile once its upgrade-all errand has succeeded. The
// director's own VM is made by Ops Manager, with a stemcell of its own.
func Recreating(e evidence.Evidence) Recreation {
	var r Recreation
	version, readable := readOpsManager(e.OpsManager)
	// Certificates v1 are of versions that are newer than that.
	readable = readable || e.Certificates.Source == evidence.SourceV1
	tooOld := version != nil && version.before(withoutRecreation)
	for _, p := range e.Products.List {
		if p.Type == evidence.Director {
			continue
		}
		listed, is := stemcellsOf(e, p)
		var lacking, unsure string
		for _, s := range listed {
			switch verdict, why := stemcellTakes(s); verdict {
			case takes:
			case lacks:
				lacking = cmp.Or(lacking, why+besides(e, p, s))
			case unclear:
				unsure = cmp.Or(unsure, why+besides(e, p, s))
			}
		}
		switch {
		case !is:
			unsure = notListed(e)
		case len(listed) == 0:
			continue // It has no VM.
		case tooOld:
			lacking = cmp.Or(lacking, "any stemcell, with an Ops Manager below "+withoutRecreation.String())
		case lacking == "" && !readable:
			unsure = cmp.Or(unsure, fmt.Sprintf("which version of Ops Manager deploys them is not known (%s)", written(e)))
		}
		failed, id := lastFailed(e, p)
		switch {
		case lacking != "":
			r.Needed = append(r.Needed, ProductVMs{Product: p, Why: lacking})
		case unsure != "":
			r.Unknown = append(r.Unknown, ProductVMs{Product: p, Why: unsure})
		case failed:
			r.Unknown = append(r.Unknown, ProductVMs{p, fmt.Sprintf("its last deployment is not known to have succeeded (installation %d), so the stemcell that is shown may be the one it was to get", id), true})
		case bringsUntold(e, p):
			r.Unknown = append(r.Unknown, ProductVMs{Product: p, Why: "a change of it is staged, and Ops Manager does not tell which stemcell that brings"})
		case neverSucceeded(e, p):
			r.Unknown = append(r.Unknown, ProductVMs{p, "neither Ops Manager nor an installation that is left tells of a deployment that succeeded, so the stemcell that is shown may be the one it was to get", true})
		}
	}
	return r
}

// stemcellsOf are those that the product's VMs may have, or get in the next apply
// changes. What Ops Manager shows as deployed is what was wanted last, also where that
// deployment failed; so those of the last one that succeeded count as well, and those
// that are staged. listed is false where the deployed ones are told neither by the
// pending changes nor by the diagnostic report.
func stemcellsOf(e evidence.Evidence, p evidence.Product) (list []evidence.Stemcell, listed bool) {
	list, listed = shownStemcells(e, p)
	list = slices.Clone(list)
	if c := pendingOf(e, p); c != nil && listed {
		for _, s := range slices.Concat(c.Wanted, c.Succeeded) {
			if !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	return list, listed
}

// besides says of a stemcell that is not the one shown as deployed where it is from.
func besides(e evidence.Evidence, p evidence.Product, s evidence.Stemcell) string {
	c := pendingOf(e, p)
	if shown, _ := shownStemcells(e, p); c == nil || slices.Contains(shown, s) {
		return ""
	}
	var from []string
	if slices.Contains(c.Wanted, s) {
		from = append(from, "staged")
	}
	if slices.Contains(c.Succeeded, s) {
		from = append(from, "of the last deployment that succeeded")
	}
	return ", " + strings.Join(from, " and ") + "; what is shown as deployed may only have been wanted"
}

func pendingOf(e evidence.Evidence, p evidence.Product) *evidence.PendingChange {
	for n := range e.Pending.List {
		if c := &e.Pending.List[n]; c.GUID == p.GUID {
			return c
		}
	}
	return nil
}

// shownStemcells are those of the product's deployed form.
func shownStemcells(e evidence.Evidence, p evidence.Product) (list []evidence.Stemcell, listed bool) {
	if c := pendingOf(e, p); c != nil && c.Stemcells.Listed {
		return c.Stemcells.List, true
	}
	for _, reported := range e.Reported.Products {
		if reported.Listed && reportedOf(reported, p) {
			return reported.List, true
		}
	}
	return nil, false
}

func notListed(e evidence.Evidence) string {
	switch {
	case !e.Pending.Asked:
		return "its stemcell was not asked for"
	case e.Reported.Unknown != "":
		return "its stemcell is not listed: " + e.Reported.Unknown
	case !e.Reported.Asked:
		return "its stemcell is not among the pending changes, and the diagnostic report was not asked for"
	}
	return "its stemcell is listed neither in the pending changes nor in the diagnostic report"
}

// reportedOf tells the product's row in the diagnostic report, which need not have GUIDs.
func reportedOf(r evidence.ProductStemcells, p evidence.Product) bool {
	return r.GUID == p.GUID || r.GUID == "" && r.Identifier == p.Type
}

// lastFailed tells whether the newest installation that was to deploy the product is not
// known to have done so: Ops Manager then shows the stemcell that it was to get as the
// deployed one, of those that were skipped as well.
func lastFailed(e evidence.Evidence, p evidence.Product) (failed bool, id int) {
	for n := range e.History.List {
		i := &e.History.List[n]
		if c, found := changeOf(*i, p); found && i.ID > id {
			id, failed = i.ID, c.Status != evidence.DeploymentSuccessful && (attempted(c) || i.Status == evidence.InstallationFailed)
		}
	}
	return failed, id
}

// bringsUntold tells that the next apply changes changes the product, and that nothing
// tells which stemcell it brings: it may be an older one than the one that is shown.
func bringsUntold(e evidence.Evidence, p evidence.Product) bool {
	c := pendingOf(e, p)
	if c == nil || c.WantedListed || c.Action != "update" {
		return false
	}
	return !slices.ContainsFunc(e.Reported.Products, func(r evidence.ProductStemcells) bool {
		return r.Wanted && reportedOf(r, p)
	})
}

// neverSucceeded tells that neither Ops Manager nor a record tells of a deployment of
// the product that succeeded.
func neverSucceeded(e evidence.Evidence, p evidence.Product) bool {
	c := pendingOf(e, p)
	return c != nil && c.Unsucceeded && !slices.ContainsFunc(e.History.List, func(i evidence.Installation) bool {
		part, found := changeOf(i, p)
		return found && part.Status == evidence.DeploymentSuccessful
	})
}

// noneToRecreate refuses where VMs would lose their director, unless every apply
// changes of the rotation is to recreate them.
func noneToRecreate(q Question) *refusal {
	if q.Options.Recreate {
		return nil
	}
	needed := Recreating(q.Evidence).Needed
	if len(needed) == 0 {
		return nil
	}
	return &refusal{ReasonRecreateNeeded, "VMs take the new certificates only when they are recreated, and lose their director otherwise: " + some(phrases(needed), "; "),
		upgradeFirst(q.Evidence) + ", then rerun this step; or set " + setting.Recreate.Place() + ": then every apply changes of the rotation recreates VMs, which takes longer" + perInstance(q.Evidence)}
}

// upgradeFirst is the first advice: it makes recreating needless.
func upgradeFirst(e evidence.Evidence) string {
	if version, readable := readOpsManager(e.OpsManager); readable && version.before(withoutRecreation) {
		return "upgrade Ops Manager to " + withoutRecreation.String() + " or newer and the stemcells to these versions or newer, and apply changes: " + minima
	}
	return "upgrade the stemcells to these versions or newer, and apply changes: " + minima
}

const minima = "Xenial 621.171, Jammy 1.8, Noble, Windows 2019.41"

// stemcellsKnown refuses where Ops Manager does not tell whether VMs would.
func stemcellsKnown(q Question) *refusal {
	if q.Options.Recreate {
		return nil
	}
	unsure := Recreating(q.Evidence).Unknown
	if len(unsure) == 0 {
		return nil
	}
	if !slices.ContainsFunc(unsure, func(p ProductVMs) bool { return !p.Undeployed }) {
		return &refusal{ReasonInstallationFailed, "it is unknown on which stemcells VMs run: " + some(phrases(unsure), "; "), applyFirst}
	}
	return &refusal{ReasonStemcellsUnknown, "it is unknown whether VMs take the new certificates without being recreated: " + some(phrases(unsure), "; "),
		"find out their stemcells (bosh stemcells, bosh deployments) and upgrade those that are below " + minima + "; or set " + setting.Recreate.Place() + ": then every apply changes of the rotation recreates VMs"}
}

func phrases(list []ProductVMs) []string {
	var all []string
	for _, p := range list {
		all = append(all, p.String())
	}
	return all
}

func stemcellsRow(q Question) []Finding {
	r := Recreating(q.Evidence)
	instead := passes(ReasonRecreateNeeded, "every VM takes new certificates without being recreated: %s%s", stemcellsList(q.Evidence), untilUpgraded(q.Evidence))
	if q.Options.Recreate && len(r.Needed)+len(r.Unknown) > 0 {
		instead = noted(ReasonRecreateNeeded, "recreate-all errands run in the same apply changes"+perInstance(q.Evidence),
			"every apply changes of this rotation recreates VMs, as wanted; it is for %s", some(phrases(append(r.Needed, r.Unknown...)), "; "))
	}
	return refused("stemcells", q.Options, instead, noneToRecreate(q), stemcellsKnown(q))
}

// stemcellsList names the stemcells, each once with its products.
func stemcellsList(e evidence.Evidence) string {
	products := map[string][]string{}
	for _, p := range e.Products.List {
		listed, is := stemcellsOf(e, p)
		if p.Type == evidence.Director || !is {
			continue
		}
		names := []string{"no VM"}
		if len(listed) > 0 {
			names = nil
		}
		for _, s := range listed {
			names = append(names, s.OS+" "+s.Version)
		}
		for _, name := range names {
			products[name] = append(products[name], p.Name())
		}
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(products)) {
		all = append(all, name+" ("+some(products[name], ", ")+")")
	}
	if len(all) == 0 {
		return "there is no product but the director"
	}
	return some(all, "; ")
}

// untilUpgraded says what no API tells of service instances.
func untilUpgraded(e evidence.Evidence) string {
	tiles := tilesWithInstances(e)
	if len(tiles) == 0 {
		return ""
	}
	return "; the service instances of " + some(productNames(tiles), ", ") + " count as their tile once its upgrade-all errand has succeeded in the first apply changes (until then they may run an older stemcell)"
}

// Where VMs take new certificates only when they are recreated (Recreating), an apply
// changes that has not recreated them proves nothing: they would lose their director
// behind the next phase. What shows that it did is the installation's log, no matter
// who started it (bosh deploy --recreate), or the record of an apply changes of ours.

// MustRecreate is the value of a version's key recreate.
const MustRecreate = "true"

// mustBeRecreated tells whether the VMs of this rotation have to be recreated: some look has
// shown it, or the operator who began the rotation asked for it. The version only adds
// to what is seen.
func mustBeRecreated(e evidence.Evidence, known Version) bool {
	return known.Recreate != "" || len(Recreating(e).Needed) > 0
}

// unaware tells that the version has proofs that were made by a look which did not
// know that VMs have to be recreated: a check asks for no stemcells.
func unaware(e evidence.Evidence, known Version) bool {
	return known.Recreate == "" && mustBeRecreated(e, known)
}

// recreated is the version of a state of a rotation in which VMs have to be recreated.
func (v Version) recreated(e evidence.Evidence, known Version) Version {
	if v.Recreate = ""; !v.State.atRest() && mustBeRecreated(e, known) {
		v.Recreate = MustRecreate
	}
	return v
}

// demands tells whether a proof asks for the product's VMs to have been recreated: Ops
// Manager shows that they need it or, in a rotation that recreates VMs, does not show
// that they need not.
func (r Recreation) demands(product evidence.Product, all bool) bool {
	return r.Needs(product.GUID) || all && r.MayNeed(product.GUID)
}

// notRecreated says why the installation does not show that it recreated the product's
// VMs, "" where it does. unknown tells that it may have.
func notRecreated(e evidence.Evidence, i evidence.Installation, product evidence.Product) (without string, unknown bool) {
	without, unknown = notRecreatedByLog(i, product)
	if unknown && e.Applied.Of(i) && slices.Contains(e.Applied.Recreated, product.GUID) {
		return "", false
	}
	return without, unknown
}

func notRecreatedByLog(i evidence.Installation, product evidence.Product) (without string, unknown bool) {
	if why := unread(i); why != "" {
		return fmt.Sprintf("whether installation %d recreated its VMs is not known: %s", i.ID, why), true
	}
	for _, c := range i.Log.Commands {
		if c.Deployment == product.GUID && c.Errand == "" && c.Recreate && c.Finished && c.ExitStatus == 0 {
			return "", false
		}
	}
	return fmt.Sprintf("installation %d did not recreate its VMs", i.ID), false
}

// onlyRecreating is the evidence without installations of which a log shows that they have
// not recreated VMs that need it: they are none of a rotation's own.
func onlyRecreating(e evidence.Evidence) evidence.Evidence {
	needed := Recreating(e).Needed
	if len(needed) == 0 {
		return e
	}
	e.History.List = slices.DeleteFunc(slices.Clone(e.History.List), func(i evidence.Installation) bool {
		return slices.ContainsFunc(needed, func(p ProductVMs) bool {
			c, found := changeOf(i, p.Product)
			without, unknown := notRecreatedByLog(i, p.Product)
			return found && c.Status == evidence.DeploymentSuccessful && without != "" && !unknown
		})
	})
	return e
}

// byHand says of a tile with service instances that no errand recreates them.
const byHand = "the tile has no recreate-all errand, and nothing tells whether each instance was recreated (bosh -d service-instance_… recreate)"
