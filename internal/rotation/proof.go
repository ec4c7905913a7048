package rotation

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Proof says whether every deployed product was deployed successfully since a
// change, by one installation or by several together, and whether it reached what
// a product's own success does not tell of.
type Proof struct {
	// Since is the installation id after which installations count.
	Since int
	// Installation is the id that completed the deployments, 0 while one is missing.
	Installation int
	// Products are the deployed products, each with what is known of it.
	Products []ProductProof
	// Outdated are deployments that certificates v1 still shows with an older
	// version of a certificate; Clusters are those of TKGI among them.
	Outdated []string
	Clusters []string
	// Unlisted says why Ops Manager's list of certificates tells nothing, "" when
	// it does. Unknown is never taken for fine.
	Unlisted string
	// Claimed is true for a proof that the version carried and that the history
	// does not contradict.
	Claimed bool
	// Shown is true where certificates v1 shows what the history does not tell any
	// more: no deployment lacks the CA.
	Shown bool
}

// ProductProof is one product's line in a proof.
type ProductProof struct {
	Product evidence.Product
	// Installation is the first one that proves the product, 0 for none.
	Installation int
	// Why says what is known instead when there is none.
	Why string
	// Unknown tells that the product may have been deployed all the same: no record
	// speaks for it or against it.
	Unknown bool
	// Against tells that a record speaks against the product: its attempt failed, is not
	// over, or proves nothing.
	Against bool
	// Instances says what is missing to prove the product's service instances, ""
	// where nothing is: they are deployments of their own, which an errand reaches.
	Instances string
	// InstancesUnknown tells that nothing shows that they were not reached.
	InstancesUnknown bool
	// Recreation says why it is not proven that the product's VMs were recreated, ""
	// where they were or need not be; RecreationUnknown that they may have been.
	Recreation        string
	RecreationUnknown bool
	// MayHave tells of a product whose Instances or Recreation is missing that an
	// installation may have seen to it all the same: its record is gone, or tells nothing.
	MayHave bool
}

// lacks tells whether something is missing of a product that was deployed.
func (p ProductProof) lacks() bool { return p.Instances != "" || p.Recreation != "" }

// unknown tells whether nothing shows that what is missing was not done.
func (p ProductProof) unknown() bool {
	return (p.Instances == "" || p.InstancesUnknown) && (p.Recreation == "" || p.RecreationUnknown)
}

// Complete tells whether the change reached everything.
func (p Proof) Complete() bool {
	return (p.Installation > 0 || p.Shown) && len(p.lacks()) == 0
}

// deployed is Complete but for a list of certificates that Ops Manager does not give
// at the moment.
func (p Proof) deployed() bool {
	p.Unlisted = ""
	return p.Complete()
}

// Covered counts the products that are proven.
func (p Proof) Covered() int {
	n := 0
	for _, line := range p.Products {
		if line.Installation > 0 {
			n++
		}
	}
	return n
}

// Missing names what the proof lacks, a phrase each.
func (p Proof) Missing() []string {
	var missing []string
	if len(p.Products) == 0 {
		missing = append(missing, "Ops Manager lists no deployed product")
	}
	for _, line := range p.Products {
		if line.Installation == 0 && !p.Shown {
			missing = append(missing, line.Product.Name()+" ("+line.Why+")")
		}
	}
	if len(missing) > 0 {
		// What was not deployed is outdated anyhow.
		return missing
	}
	for _, l := range p.lacks() {
		missing = append(missing, l.phrases...)
	}
	return missing
}

// lack is what a proof of deployed products lacks besides, of one kind.
type lack struct {
	reason  Reason
	phrases []string
}

// lacks are asked for in this order: what a record shows first, then what is
// unknown.
func (p Proof) lacks() []lack {
	var left, instances, clusters, old []string
	for _, line := range p.Products {
		if line.Recreation != "" {
			old = append(old, line.Product.Name()+": "+line.Recreation)
		}
		switch {
		case line.Instances == "" || p.Shown:
		case line.Product.Type == TKGI:
			clusters = append(clusters, line.Product.Name()+": "+line.Instances)
		case !line.InstancesUnknown:
			// A log shows it: that is not a person's to judge.
			left = append(left, line.Product.Name()+": "+line.Instances)
		default:
			instances = append(instances, line.Product.Name()+": "+line.Instances)
		}
	}
	var unlisted []string
	if p.Unlisted != "" {
		unlisted = append(unlisted, "the deployed certificates ("+p.Unlisted+")")
	}
	var all []lack
	// VMs that were not recreated are what makes deployments outdated.
	for _, l := range []lack{
		{ReasonNotRecreated, old}, {ReasonOutdated, p.Outdated}, {ReasonNotReached, left}, {ReasonInstances, instances}, {ReasonClusters, append(clusters, p.Clusters...)}, {ReasonCertificatesUnknown, unlisted},
	} {
		if len(l.phrases) > 0 {
			all = append(all, l)
		}
	}
	return all
}

// onlyUnknown tells that no record speaks against the products that are missing, and
// no list against a deployment: it is unknown whether they were deployed.
func (p Proof) onlyUnknown() bool {
	return len(p.Products) > 0 && len(p.Outdated)+len(p.Clusters) == 0 && !slices.ContainsFunc(p.Products, func(line ProductProof) bool {
		return line.Installation == 0 && !line.Unknown || line.lacks() && !line.MayHave
	})
}

// orLater is the proof with what a later one knows of each product: that it was
// deployed, or that a record speaks against it. One that failed takes nothing from what
// was deployed before.
func (p Proof) orLater(later Proof) Proof {
	merged := p
	merged.Products, merged.Installation = slices.Clone(p.Products), 0
	complete := len(p.Products) > 0
	for n, line := range later.Products {
		if line.Installation > 0 || line.Against && p.Products[n].Installation == 0 {
			// What was deployed before the later horizon may have seen to it.
			line.MayHave = line.MayHave || line.lacks() && p.Products[n].MayHave
			merged.Products[n] = line
		}
		reached := merged.Products[n].Installation
		complete = complete && reached > 0
		merged.Installation = max(merged.Installation, reached)
	}
	if !complete {
		merged.Installation = 0
	}
	return merged
}

// subject is what a proof is about.
type subject struct {
	// of chooses the certificates whose outdated deployments count.
	of chosen
	// ca is the GUID of the CA that certificates v1 has to name for its lists to
	// speak of the change, "" where its rows of other certificates do.
	ca string
	// productsAlone leaves out what a product's own success does not tell of.
	productsAlone bool
	// clusters asks for TKGI's clusters all the same.
	clusters bool
	// recreates tells that every apply changes of the rotation has to recreate VMs.
	recreates bool
	// lower tells that the horizon's date is the earliest moment the CA can have
	// appeared at, and not the moment: see undated.
	lower bool
	// outlived tells that the former CA had expired before every product was deployed:
	// that its VMs have the new certificates needs no other proof.
	outlived bool
}

var (
	// productsAlone is for upholding what was proven, and for counting.
	productsAlone = subject{of: noKind, productsAlone: true}
	// removal is about the trust of a CA that is in no list any more. Certificates v1
	// does not speak of it either; nothing breaks by what is left of it.
	removal = subject{of: noKind}
)

// renewal is about leaf certificates that were regenerated without a rotation: each
// is good with every peer, in whatever order they arrive. Those of TKGI's clusters
// arrive by an errand that is not run unasked, so a deployment of the tile says nothing
// of them.
var renewal = subject{of: anyKind, productsAlone: true, clusters: true}

// within is the subject in the rotation of the version.
func (s subject) within(known Version) subject {
	s.recreates = known.Recreate != ""
	return s
}

func trustIn(e evidence.Evidence, ca evidence.CA) subject {
	return subject{of: authorities, ca: ca.GUID, lower: undated(e, ca)}
}

func leavesOf(ca evidence.CA) subject { return subject{of: anyKind, ca: ca.GUID} }

// prove looks for a successful deployment of each product beyond the horizon.
func prove(e evidence.Evidence, h horizon, about subject) Proof {
	p := Proof{Since: h.floor(e.History)}
	p.Outdated, p.Clusters = outdated(e, about.of)
	if !about.productsAlone && e.Certificates.Source == evidence.SourceUnknown {
		p.Unlisted = cmp.Or(e.Certificates.Unknown, "not asked for")
	}
	installations := oldestFirst(e.History)

	var vms Recreation
	if !about.productsAlone && !about.outlived {
		vms = Recreating(e)
	}
	complete := len(e.Products.List) > 0
	for _, product := range e.Products.List {
		var errands []string
		known := true
		instances := !about.productsAlone || about.clusters && product.Type == TKGI
		if instances && !tellsInstances(e, about.ca) {
			errands, known = upgradeErrands(e, product)
		}
		recreate := vms.demands(product, about.recreates)
		hand := false
		if recreate {
			more, without := recreateErrands(e, product)
			errands, hand = append(errands, more...), without
		}
		line := proveProduct(e, product, installations, h, about.lower && !h.anchored, errands, recreate)
		if line.Installation > 0 && hand && line.Instances == "" {
			line.Instances, line.InstancesUnknown, line.MayHave = byHand, true, line.Recreation == "" || line.MayHave
		}
		if line.Installation > 0 && !known {
			line.Instances, line.InstancesUnknown = "which errands it has was not asked, or Ops Manager does not tell", true
			line.MayHave = line.MayHave || line.unknown()
		}
		p.Products = append(p.Products, line)
		complete = complete && line.Installation > 0
	}
	if complete {
		for _, line := range p.Products {
			p.Installation = max(p.Installation, line.Installation)
		}
	}
	return p
}

// oldestFirst are the installations in the order in which they began.
func oldestFirst(h evidence.History) []evidence.Installation {
	return slices.SortedFunc(slices.Values(h.List), func(a, b evidence.Installation) int { return cmp.Compare(a.ID, b.ID) })
}

// proveProduct is the first installation beyond the horizon that deployed the
// product and, where it has any, ran the errands and, where it has to, recreated its
// VMs; else the first that deployed it.
func proveProduct(e evidence.Evidence, product evidence.Product, ascending []evidence.Installation, h horizon, lower bool, errands []string, recreate bool) ProductProof {
	line := ProductProof{Product: product, Unknown: !reachesBack(e.History, h), Why: fmt.Sprintf("not deployed since installation %d", h.id)}
	if !h.anchored {
		line.Why = "not deployed since " + h.created.String()
	}
	if line.Unknown {
		line.Why = "no record tells whether it was deployed: the history does not reach back far enough"
	}
	deployed, may := ProductProof{}, line.Unknown
	for _, i := range ascending {
		c, found := changeOf(i, product)
		if !found || !attempted(c) {
			continue
		}
		counts := c.Status == evidence.DeploymentSuccessful && conclusive(e, i, product)
		if !h.after(i) {
			if counts && h.perhaps(i) {
				line.Unknown, line.Why = true, fmt.Sprintf("deployed in installation %d, of which it is unknown whether it came after %s", i.ID, h.created)
			}
			continue
		}
		switch {
		case counts && lower:
			line.Unknown, line.Why = true, fmt.Sprintf("deployed in installation %d, of which it is unknown whether it came after the CA was added", i.ID)
		case counts:
			now := ProductProof{Product: product, Installation: i.ID}
			now.Instances, now.InstancesUnknown = errandsWithout(e, i, product, errands)
			if recreate {
				now.Recreation, now.RecreationUnknown = notRecreated(e, i, product)
			}
			if !now.lacks() {
				return now
			}
			may = may || now.unknown()
			now.Installation, now.MayHave = cmp.Or(deployed.Installation, i.ID), may
			deployed = now
		case c.Status == evidence.DeploymentSuccessful && i.Status == evidence.InstallationRunning:
			line.Unknown, line.Against, line.Why = false, true, fmt.Sprintf("deployed in installation %d, which still runs", i.ID)
		case c.Status == evidence.DeploymentSuccessful && !i.Ended():
			line.Unknown, line.Against, line.Why = false, true, fmt.Sprintf("installation %d has the status %q, of which it is not known what it means", i.ID, i.Status)
		case c.Status == evidence.DeploymentSuccessful && blames(i):
			line.Unknown, line.Against, line.Why = false, true, fmt.Sprintf("installation %d failed at another product, and whether this one's errands ran is not known", i.ID)
		case c.Status == evidence.DeploymentSuccessful:
			line.Unknown, line.Against, line.Why = false, true, fmt.Sprintf("installation %d failed without naming a product: an errand may not have run", i.ID)
		default:
			line.Unknown, line.Against, line.Why = false, true, fmt.Sprintf("%s in installation %d", c.Status, i.ID)
		}
	}
	if deployed.Installation > 0 {
		return deployed
	}
	return line
}

// conclusive tells whether a product's success in the installation counts. Of one
// that failed and blames no product, it is unknown whose errand it was, and Ops
// Manager calls the tile deployed all the same. Of one that blames a product, the
// others count whose errands are known to have run, or to be none, or that were
// done before the failed one began: newer ones deploy several at a time.
func conclusive(e evidence.Evidence, i evidence.Installation, product evidence.Product) bool {
	switch i.Status {
	case evidence.InstallationSucceeded:
		return true
	case evidence.InstallationFailed:
	default:
		return false
	}
	c, _ := changeOf(i, product)
	blamed, before := false, !c.FinishedAt.IsZero()
	for _, other := range i.Changes {
		if other.Status == evidence.DeploymentFailed {
			blamed = true
			before = before && !other.StartedAt.IsZero() && !other.StartedAt.Before(c.FinishedAt)
		}
	}
	errands, known := upgradeErrands(e, product)
	switch {
	case known && len(errands) > 0 && showsErrands(i, product, errands):
		return true
	case !blamed:
		return false
	}
	return before || known && len(errands) == 0
}

// reachesBack tells whether the history has every record since the horizon: one is
// known that is not after it, or the very first. Old ones are forgotten first.
func reachesBack(history evidence.History, h horizon) bool {
	if !history.Asked || len(history.List) == 0 {
		return h.anchored && h.id == 0
	}
	lowest := history.List[0].ID
	for _, i := range history.List {
		if !h.after(i) {
			return true
		}
		lowest = min(lowest, i.ID)
	}
	return lowest <= 1 || h.anchored && lowest == h.id+1
}

// attempted tells whether the installation got as far as deploying the product.
func attempted(c evidence.Change) bool {
	if c.Type == evidence.ChangeDeletion {
		return false
	}
	switch c.Status {
	case evidence.DeploymentRunning, evidence.DeploymentSuccessful, evidence.DeploymentFailed:
		return true
	}
	return false
}

// changeOf is the product's part in an installation, by GUID, or by identifier
// where Ops Manager gives no GUID. Of two entries of one product, one that speaks
// against it counts.
func changeOf(i evidence.Installation, p evidence.Product) (evidence.Change, bool) {
	var part evidence.Change
	found := false
	for _, c := range i.Changes {
		if c.Type == evidence.ChangeDeletion || c.GUID != p.GUID && (c.GUID != "" || c.Identifier != p.Type) {
			continue
		}
		if !found || part.Status == evidence.DeploymentSuccessful && attempted(c) && c.Status != evidence.DeploymentSuccessful {
			part, found = c, true
		}
	}
	return part, found
}

// horizon separates installations that can prove something about a change of
// the CAs from those that cannot: only one that started after the change can
// have carried it.
type horizon struct {
	// id, when anchored, is an installation id read when the change was already
	// there: every higher one started after it.
	id       int
	anchored bool
	// created is when the CA appeared, used when no id is known.
	created evidence.Stamp
	// lenient counts installations that may have started after it. It is for
	// upholding an earlier proof, never for making one.
	lenient bool
}

// anchoredAt is the horizon at a known installation id; 0 is a foundation that
// had none.
func anchoredAt(id int) horizon { return horizon{id: id, anchored: true} }

// after tells whether the installation surely (lenient: possibly) started after
// the change. created_on has whole seconds, or whole days, while started_at has
// milliseconds: an installation of the very same second or day proves nothing.
func (h horizon) after(i evidence.Installation) bool {
	switch {
	case h.anchored:
		return i.ID > h.id
	case i.StartedAt.IsZero() || h.created.IsZero():
		return h.lenient
	case h.lenient:
		return !i.StartedAt.Before(h.created.Time)
	case h.created.DateOnly:
		return i.StartedAt.After(h.created.Latest())
	default:
		return !i.StartedAt.Before(h.created.Time.Truncate(time.Second).Add(time.Second))
	}
}

// perhaps tells whether an installation that is not surely after the change may be
// after it: one of the same day, where the date is bare, or one without a time.
func (h horizon) perhaps(i evidence.Installation) bool {
	if h.anchored || h.lenient {
		return false
	}
	return i.StartedAt.IsZero() || h.created.IsZero() || h.created.DateOnly && !i.StartedAt.Before(h.created.Time)
}

// floor is the highest installation that is not after the horizon: the anchor
// of a change that was first seen now.
func (h horizon) floor(history evidence.History) int {
	if h.anchored {
		return h.id
	}
	highest := 0
	for _, i := range history.List {
		if !h.after(i) {
			highest = max(highest, i.ID)
		}
	}
	return highest
}

// Enough tells gathering when to stop reading the history: once the newest
// attempt of every product was seen and older installations cannot prove
// anything about the newest CA any more.
func Enough(cas []evidence.CA, products []evidence.Product, cursor *Version) func(evidence.Installation) bool {
	anchor := 0
	if cursor != nil {
		if known, _ := cursor.unblocked(); known.State != Settled {
			anchor = known.anchor()
		}
	}
	var newest evidence.Stamp
	for _, ca := range cas {
		if newest.IsZero() || ca.CreatedOn.Time.After(newest.Time) {
			newest = ca.CreatedOn
		}
	}
	unseen := map[string]bool{}
	for _, p := range products {
		unseen[p.GUID] = true
	}
	return func(i evidence.Installation) bool {
		for _, c := range i.Changes {
			if attempted(c) {
				delete(unseen, c.GUID)
			}
		}
		if len(cas) == 1 {
			return len(unseen) == 0 && (anchor == 0 || i.ID <= anchor)
		}
		return !i.StartedAt.IsZero() && !newest.IsZero() && i.StartedAt.Before(newest.Time)
	}
}
