package evidence

import (
	"slices"
	"time"
)

// Applied is the record that an apply changes of ours leaves behind: its
// installation, which succeeded and reached every product, and what its request made
// that installation do besides. Products are known by GUID, which no two foundations
// share.
type Applied struct {
	Installation int `json:"installation"`
	// StartedAt is Ops Manager's, zero where it gave none: ids may begin again.
	StartedAt time.Time `json:"started_at,omitzero"`
	// Errands are the post-deploy errands that the request forced.
	Errands map[string][]string `json:"errands"`
	// Recreated are the products whose VMs it recreated.
	Recreated []string `json:"recreated,omitempty"`
}

// Of tells whether the record is of this installation, and the installation
// succeeded.
func (a Applied) Of(i Installation) bool {
	return a.Installation > 0 && a.Installation == i.ID && i.Status == InstallationSucceeded &&
		(a.StartedAt.IsZero() || i.StartedAt.IsZero() || a.StartedAt.Equal(i.StartedAt))
}

// Ran tells whether the installation ran all of the product's errands.
func (a Applied) Ran(productGUID string, errands ...string) bool {
	return !slices.ContainsFunc(errands, func(name string) bool { return !slices.Contains(a.Errands[productGUID], name) })
}
