package credhub

import "slices"

// Deployment is a BOSH deployment as CredHub sees it: what it was deployed with.
type Deployment struct {
	Name            string
	ServiceInstance bool
	// runs and trusts are the versions that it was deployed with.
	runs   map[*Leaf]*LeafVersion
	Trusts map[*CA][]*Version
}

// NewDeployment has nothing of CredHub yet.
func NewDeployment(name string, serviceInstance bool) *Deployment {
	return &Deployment{
		Name: name, ServiceInstance: serviceInstance,
		runs: map[*Leaf]*LeafVersion{}, Trusts: map[*CA][]*Version{},
	}
}

// Snapshot is what CredHub held when an installation began.
type Snapshot struct {
	// leaves are the newest versions.
	leaves map[*Leaf]*LeafVersion
	trusts map[*CA][]*Version
	// auto are the CAs whose versions reach a deployment only with another stemcell,
	// or by force (facts §4.8).
	auto map[*CA]bool
}

// Snapshot freezes what CredHub holds; auto: CAs that rotate by themselves do so now.
func (s *Store) Snapshot(auto bool) Snapshot {
	now := Snapshot{leaves: map[*Leaf]*LeafVersion{}, trusts: map[*CA][]*Version{}, auto: map[*CA]bool{}}
	for _, c := range s.all {
		now.auto[c] = c.Auto && auto
		now.trusts[c] = c.Trusted()
		for _, l := range c.Leaves {
			now.leaves[l] = l.Newest()
		}
	}
	return now
}

// Take gives a deployment the versions of a snapshot; remade is whether it got another
// stemcell.
func (d *Deployment) Take(from Snapshot, remade bool) {
	for l, v := range from.leaves {
		if slices.Contains(l.Deployments, d) && (remade || !from.auto[l.CA]) {
			d.runs[l] = v
			d.Trusts[l.CA] = from.trusts[l.CA]
		}
	}
}

// TakeFirst gives a new deployment the CredHub certificates that no plan has:
// those made for it.
func (s *Store) TakeFirst(d *Deployment) {
	for _, c := range s.all {
		for _, l := range c.Leaves {
			if slices.Contains(l.Deployments, d) && d.runs[l] == nil {
				d.runs[l], d.Trusts[c] = l.Newest(), c.Trusted()
			}
		}
	}
}

// Names are the names of deployments.
func Names(deployments []*Deployment) []string {
	all := []string{}
	for _, d := range deployments {
		all = append(all, d.Name)
	}
	return all
}
