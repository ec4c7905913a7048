package sim

import (
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
)

// State is everything about a foundation, without private keys.
type State struct {
	Version       string              `json:"version"`
	Now           time.Time           `json:"now"`
	Locked        bool                `json:"locked"`
	CAs           []CAState           `json:"certificate_authorities"`
	CredHub       []CredHubCAState    `json:"credhub"`
	Products      []ProductState      `json:"products"`
	VMs           []VMState           `json:"vms"`
	Installations []InstallationState `json:"installations"`
	Good          int                 `json:"good_handshakes"`
	Broken        []Handshake         `json:"broken_handshakes"`
}

// CAState is a root CA.
type CAState struct {
	GUID      string    `json:"guid"`
	Issuer    string    `json:"issuer"`
	Active    bool      `json:"active"`
	CreatedOn time.Time `json:"created_on"`
	ExpiresOn time.Time `json:"expires_on"`
	CertPEM   string    `json:"cert_pem"`
}

// Active is the GUID of the active CA, empty where there is none.
func (s State) Active() string {
	for _, ca := range s.CAs {
		if ca.Active {
			return ca.GUID
		}
	}
	return ""
}

// TrustsActive tells whether every VM trusts the active CA, and the director's NATS CA
// beside it.
func (s State) TrustsActive() bool {
	active := s.Active()
	return active != "" && !slices.ContainsFunc(s.VMs, func(vm VMState) bool {
		return !slices.Contains(vm.Trusts, active) || !slices.Contains(vm.NATSTrusts, active)
	})
}

// Reach is how far a root CA has come: how many VMs trust it, and how many have
// their leaf from it.
func (s State) Reach(guid string) (trusting, signed int) {
	for _, vm := range s.VMs {
		if slices.Contains(vm.Trusts, guid) {
			trusting++
		}
		if vm.LeafSigner == guid {
			signed++
		}
	}
	return trusting, signed
}

// CredHubCAState is a CredHub CA: the versions that sign and the transitional
// ones, and the deployments whose leaves are behind.
type CredHubCAState struct {
	Path         string   `json:"path"`
	Versions     int      `json:"versions"`
	Signing      int      `json:"signing"`
	Transitional []int    `json:"transitional"`
	Excluded     bool     `json:"excluded"`
	Behind       []string `json:"behind"`
}

// ProductState is a product and what its installations owe it.
type ProductState struct {
	GUID            string `json:"guid"`
	Identifier      string `json:"identifier"`
	Label           string `json:"label"`
	StagedVersion   string `json:"staged_version"`
	DeployedVersion string `json:"deployed_version"`
	Changed         bool   `json:"changed"`
	// Action is what pending_changes says: install, update, delete, unchanged.
	Action      string   `json:"action"`
	Deployments []string `json:"deployments"`
	Stale       []string `json:"stale_parents"`
}

// VMState is one VM, of a product or, with the name of its deployment as Product,
// of what no tile made: the CAs it trusts, and the CA that signed its leaf ("" for
// one that is not the foundation's).
type VMState struct {
	Name        string   `json:"name"`
	Product     string   `json:"product"`
	Deployment  string   `json:"deployment"`
	Trusts      []string `json:"trusts"`
	NATSTrusts  []string `json:"nats_trusts"`
	Leaf        string   `json:"leaf"`
	LeafVersion int      `json:"leaf_version"`
	LeafSigner  string   `json:"leaf_signer"`
	// Configurable: the leaf is an operator's own.
	Configurable bool      `json:"configurable,omitempty"`
	LeafFrom     time.Time `json:"leaf_from"`
	NATSSigner   string    `json:"nats_signer"`
	Stemcell     string    `json:"stemcell"`
	Rolls        int       `json:"rolls"`
	Recreations  int       `json:"recreations"`
}

// InstallationState is one installation.
type InstallationState struct {
	ID         int           `json:"id"`
	User       string        `json:"user"`
	Status     string        `json:"status"`
	StartedAt  time.Time     `json:"started_at"`
	FinishedAt time.Time     `json:"finished_at"`
	Recreate   bool          `json:"recreate"`
	Force      bool          `json:"force_latest_variables"`
	Trust      []string      `json:"trust"`
	Products   []ChangeState `json:"products"`
}

// ChangeState is a product's part in an installation.
type ChangeState struct {
	GUID       string   `json:"guid"`
	Identifier string   `json:"identifier"`
	Kind       string   `json:"change_type"`
	Status     string   `json:"deployment_status"`
	Errands    []string `json:"errands"`
}

// Dump is the whole state.
func (f *Foundation) Dump() State {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := State{
		Version: f.opsmanVersion, Now: f.clock.now(), Locked: f.locked,
		Installations: f.installationStates(), Good: f.ledger.good, Broken: append([]Handshake{}, f.ledger.broken...),
	}
	for _, a := range f.authorities.List() {
		s.CAs = append(s.CAs, CAState{
			GUID: a.GUID, Issuer: a.Issuer, Active: a.Active, CreatedOn: a.Created, ExpiresOn: a.Expires, CertPEM: authorities.PEM(a.Cert),
		})
	}
	for _, c := range f.credhub.List() {
		s.CredHub = append(s.CredHub, f.credhubState(c))
	}
	for _, p := range f.products {
		s.Products = append(s.Products, ProductState{
			GUID: p.guid, Identifier: p.identifier, Label: p.label, StagedVersion: p.version, DeployedVersion: p.deployedVersion,
			Changed: p.pendingAction() != actionUnchanged, Action: p.pendingAction(), Deployments: names(p.deployments()), Stale: f.staleParents(p),
		})
		for _, v := range p.vms() {
			s.VMs = append(s.VMs, v.state())
		}
	}
	for _, p := range f.outsiders {
		for _, v := range p.vms() {
			s.VMs = append(s.VMs, v.state())
		}
	}
	return s
}

func (f *Foundation) credhubState(c *credhub.CA) CredHubCAState {
	s := CredHubCAState{Path: c.Path, Versions: len(c.Versions), Transitional: []int{}, Excluded: f.credhub.Excluded(c), Behind: []string{}}
	if signing := c.Signing(); signing != nil {
		s.Signing = signing.Number
	}
	for _, v := range c.Versions {
		if v.Transitional {
			s.Transitional = append(s.Transitional, v.Number)
		}
	}
	for _, l := range c.Leaves {
		s.Behind = append(s.Behind, credhub.Names(l.Laggards())...)
	}
	return s
}

func (v *vm) state() VMState {
	s := VMState{
		Name: v.name(), Product: v.deployment.product.guid, Deployment: v.deployment.Name,
		Trusts: v.trust.GUIDs(), NATSTrusts: v.natsTrust.GUIDs(), NATSSigner: v.natsFrom.GUID,
		Leaf: v.record.name, Configurable: v.record.configurable, LeafVersion: v.leaf.number, LeafFrom: v.leaf.from, Stemcell: v.stemcell.OS + "/" + v.stemcell.Version, Rolls: v.rolls, Recreations: v.recreations,
	}
	if v.leaf.signer != nil {
		s.LeafSigner = v.leaf.signer.GUID
	}
	return s
}

func (f *Foundation) installationStates() []InstallationState {
	all := []InstallationState{}
	for _, in := range f.history.all {
		s := InstallationState{
			ID: in.id, User: in.user, Status: in.status, StartedAt: in.started, FinishedAt: in.finished,
			Recreate: in.plan.recreate, Force: in.plan.force, Trust: in.plan.bundle.GUIDs(),
		}
		for _, c := range in.changes {
			change := ChangeState{GUID: c.product.guid, Identifier: c.product.identifier, Kind: c.kind, Status: c.status, Errands: []string{}}
			for _, e := range in.plan.errands[c.product] {
				change.Errands = append(change.Errands, e.Name)
			}
			s.Products = append(s.Products, change)
		}
		all = append(all, s)
	}
	return all
}
