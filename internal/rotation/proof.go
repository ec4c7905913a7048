package rotation

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Proof says whether every deployed product was deployed successfully since a
// change, by one installation or by several together.
type Proof struct {
	// Since is the installation id after which installations count.
	Since int
	// Installation is the id that completed the proof, 0 while it is incomplete.
	Installation int
	// Products are the deployed products, each with what is known of it.
	Products []ProductProof
	// Outdated are deployments that certificates v1 still shows with an older
	// version of a certificate.
	Outdated []string
	// Claimed is true for a proof that the version carried and that the history
	// does not contradict.
	Claimed bool
}

// ProductProof is one product's line in a proof.
type ProductProof struct {
	Product evidence.Product
	// Installation is the first one that proves the product, 0 for none.
	Installation int
	// Why says what is known instead when there is none.
	Why string
}

// Complete tells whether the change reached every product.
func (p Proof) Complete() bool { return p.Installation > 0 && len(p.Outdated) == 0 }

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
		if line.Installation == 0 {
			missing = append(missing, line.Product.Name()+" ("+line.Why+")")
		}
	}
	if len(missing) > 0 {
		// What was not deployed is outdated anyhow.
		return missing
	}
	return p.Outdated
}

// prove looks for a successful deployment of each product beyond the horizon.
func prove(e evidence.Evidence, h horizon, of kind) Proof {
	p := Proof{Since: h.floor(e.History), Outdated: outdated(e, of)}
	installations := slices.Clone(e.History.List)
	slices.SortFunc(installations, func(a, b evidence.Installation) int { return cmp.Compare(a.ID, b.ID) })

	complete := len(e.Products.List) > 0
	for _, product := range e.Products.List {
		line := proveProduct(product, installations, h)
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

func proveProduct(product evidence.Product, ascending []evidence.Installation, h horizon) ProductProof {
	line := ProductProof{Product: product, Why: fmt.Sprintf("not deployed since installation %d", h.id)}
	if !h.anchored {
		line.Why = "not deployed since " + h.created.String()
	}
	for _, i := range ascending {
		if !h.after(i) {
			continue
		}
		c, found := changeOf(i, product)
		switch {
		case !found || !attempted(c):
		case c.Status == evidence.DeploymentSuccessful && conclusive(i):
			return ProductProof{Product: product, Installation: i.ID}
		case c.Status == evidence.DeploymentSuccessful && i.Status == evidence.InstallationRunning:
			line.Why = fmt.Sprintf("deployed in installation %d, which still runs", i.ID)
		case c.Status == evidence.DeploymentSuccessful:
			line.Why = fmt.Sprintf("installation %d failed without naming a product: an errand may not have run", i.ID)
		default:
			line.Why = fmt.Sprintf("%s in installation %d", c.Status, i.ID)
		}
	}
	return line
}

// conclusive tells whether a product's success in the installation counts. A
// failed one counts for the products before the one that failed; when it blames
// no product, an errand failed, and Ops Manager calls the tile deployed all the
// same.
func conclusive(i evidence.Installation) bool {
	switch i.Status {
	case evidence.InstallationSucceeded:
		return true
	case evidence.InstallationFailed:
		return slices.ContainsFunc(i.Changes, func(c evidence.Change) bool {
			return c.Status == evidence.DeploymentFailed
		})
	}
	return false
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
// where Ops Manager gives no GUID.
func changeOf(i evidence.Installation, p evidence.Product) (evidence.Change, bool) {
	for _, c := range i.Changes {
		if c.Type != evidence.ChangeDeletion && (c.GUID == p.GUID || c.GUID == "" && c.Identifier == p.Type) {
			return c, true
		}
	}
	return evidence.Change{}, false
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
		if known, _ := cursor.unblocked(); known.State == Retired || known.State == Renewed {
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
