package rotation

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Where VMs take new certificates only when they are recreated (Recreating), an apply
// changes that has not recreated them proves nothing: they would lose their director
// behind the next phase. What shows that it did is the installation's log, whoever
// started it (bosh deploy --recreate), or the record of an apply changes of ours.

// MustRecreate is the value of a version's key recreate.
const MustRecreate = "true"

// mustBeRecreated tells whether the VMs of this rotation have to be recreated: some look has
// shown it, or whoever began the rotation asked for it. The version only adds to what
// is seen.
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
