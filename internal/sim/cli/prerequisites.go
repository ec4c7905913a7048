package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// prerequisiteFlags are what the vendor wants looked at before a rotation, each
// alone or with others.
type prerequisiteFlags struct {
	Stemcells           map[string]string `name:"stemcell" mapsep:"," placeholder:"TYPE=OS/VERSION,..." help:"Stemcells of tiles: cf=ubuntu-xenial/621.100, or the name of a stemcell's file."`
	InstanceStemcells   map[string]string `name:"instance-stemcell" mapsep:"," placeholder:"TYPE=OS/VERSION,..." help:"Stemcells that service instances still have, where no errand upgraded them since."`
	NoPendingStemcells  bool              `name:"no-pending-stemcells" help:"pending_changes lists no stemcells."`
	ReportAsArray       bool              `name:"report-array" help:"added_products of the diagnostic report is an array."`
	ReportStemcellNames bool              `name:"report-stemcell-names" help:"The diagnostic report names one stemcell instead of listing them."`
	V1NATSByDeployment  bool              `name:"v1-nats-by-deployment" help:"v1 says of NATS CAs which deployments were deployed since, not which VMs took them."`
	IaaS                string            `name:"iaas" placeholder:"vsphere" help:"infrastructure_type of the diagnostic report."`

	WithoutErrands map[string]string `name:"without-errand" mapsep:"," placeholder:"TYPE=ERRAND,..." help:"Tiles that lack an errand: p.mysql=recreate-all-service-instances."`
	ErrandsOff     map[string]string `name:"errand-off" mapsep:"," placeholder:"TYPE=ERRAND,..." help:"Errands that are off: p.mysql=upgrade-all-service-instances."`
	Orphans        map[string]string `name:"orphans" mapsep:"," placeholder:"TYPE=COUNT,..." help:"Service instances that Cloud Foundry does not know any more, so that errands pass by them: p.mysql=1."`
	BornLater      string            `name:"born-later" placeholder:"TYPE" help:"A service instance of that tile is created behind the first apply changes after generate, with a CA of its own in CredHub."`
	TileVersions   map[string]string `name:"tile-version" import:"decides" mapsep:"," placeholder:"TYPE=VERSION,..." help:"Versions of tiles; with cf=2.8.1, Ops Manager does without CredHub and its checks."`
	Verifiers      map[string]string `name:"verifier" mapsep:"," placeholder:"TYPE=ignorable,..." help:"Verifiers that fail, ignorable or blocking: cf=ignorable,p-bosh=blocking."`

	SubCAs         map[string]int `name:"sub-ca" import:"decides" mapsep:"," placeholder:"PATH=DAYS,..." help:"CredHub CAs with so many days left: /cf_ca=-3 has expired. A path, or the end of one."`
	ServerExcludes []string       `name:"server-excludes" import:"decides" placeholder:"PATH,..." help:"CredHub CAs on Ops Manager's own list of exclusions, besides /services/tls_ca."`

	HandSet bool `name:"hand-set" import:"decides" help:"CredHub holds a leaf certificate that an operator set by hand on Ops Manager 2.6 or older."`

	LeftoverCA bool `name:"leftover-ca" import:"decides" help:"An inactive root CA of an earlier rotation is left over, and has expired."`

	Deployments    []string `name:"deployment" placeholder:"NAME,..." help:"BOSH deployments that no tile made: concourse."`
	DeploymentsDNS bool     `name:"deployments-use-dns" help:"They have certificates of BOSH DNS."`

	HandsOn bool `name:"hands-on" help:"Behind each apply, an operator redeploys them, and recreates service instances where no errand does."`

	Scope        string `placeholder:"opsman.admin" help:"Scopes of tokens, with spaces between; opsman.full_view may only look."`
	NoTokenScope bool   `name:"no-token-scope" help:"The answer with the token does not tell its scopes, the token does."`
}

// put sets the options that have no flag of their own name.
func (p prerequisiteFlags) put(o *sim.Options) error {
	for _, path := range slices.Sorted(maps.Keys(p.SubCAs)) {
		o.SubCAs = append(o.SubCAs, sim.SubCA{Path: path, Left: time.Duration(p.SubCAs[path])*24*time.Hour - time.Minute})
	}
	for _, path := range p.ServerExcludes {
		o.SubCAs = append(o.SubCAs, sim.SubCA{Path: path, Excluded: true})
	}
	for _, name := range p.Deployments {
		n := sim.NonTile{Name: name, Jobs: []sim.Job{{Name: "vm", Instances: 1}}, DNS: p.DeploymentsDNS}
		if name == "concourse" {
			n.Jobs = []sim.Job{{Name: "web", Instances: 1}, {Name: "worker", Instances: 2}}
		}
		o.NonTiles = append(o.NonTiles, n)
	}
	if p.BornLater != "" && !slices.ContainsFunc(o.Tiles, func(t sim.Tile) bool { return t.Identifier == p.BornLater && len(t.ServiceInstances) > 0 }) {
		return fmt.Errorf("--born-later %s: there is no such tile with service instances", p.BornLater)
	}
	return p.putTiles(o)
}

// putTiles changes the tiles that flags name.
func (p prerequisiteFlags) putTiles(o *sim.Options) error {
	for _, f := range []struct {
		name   string
		values map[string]string
		set    func(*sim.Tile, string) error
	}{
		{"--stemcell", p.Stemcells, func(t *sim.Tile, text string) (err error) { t.Stemcell, err = sim.ParseStemcell(text); return err }},
		{"--instance-stemcell", p.InstanceStemcells, func(t *sim.Tile, text string) (err error) {
			t.InstanceStemcell, err = sim.ParseStemcell(text)
			return err
		}},
		{"--without-errand", p.WithoutErrands, withoutErrand},
		{"--errand-off", p.ErrandsOff, errandOff},
		{"--orphans", p.Orphans, orphans},
		{"--tile-version", p.TileVersions, func(t *sim.Tile, version string) error { t.Version = version; return nil }},
		{"--verifier", p.Verifiers, func(t *sim.Tile, kind string) error {
			v, err := verifier(kind)
			t.Verifiers = append(slices.Clone(t.Verifiers), v)
			return err
		}},
	} {
		for _, identifier := range slices.Sorted(maps.Keys(f.values)) {
			if err := p.putTile(o, f.name, identifier, f.values[identifier], f.set); err != nil {
				return fmt.Errorf("%s %s=%s: %w", f.name, identifier, f.values[identifier], err)
			}
		}
	}
	return nil
}

func (p prerequisiteFlags) putTile(o *sim.Options, flag, identifier, value string, set func(*sim.Tile, string) error) error {
	if flag == "--verifier" && identifier == "p-bosh" {
		v, err := verifier(value)
		o.DirectorVerifiers = append(o.DirectorVerifiers, v)
		return err
	}
	i := slices.IndexFunc(o.Tiles, func(t sim.Tile) bool { return t.Identifier == identifier })
	if i < 0 {
		var there []string
		for _, t := range o.Tiles {
			there = append(there, t.Identifier)
		}
		return fmt.Errorf("there is no such tile: expected one of %s", strings.Join(there, ", "))
	}
	return set(&o.Tiles[i], value)
}

func hasErrand(t *sim.Tile, name string) error {
	if !slices.ContainsFunc(t.Errands, func(e sim.ErrandSpec) bool { return e.Name == name }) {
		return fmt.Errorf("%s has no errand of that name", t.Identifier)
	}
	return nil
}

func withoutErrand(t *sim.Tile, name string) error {
	if err := hasErrand(t, name); err != nil {
		return err
	}
	*t = t.Without(name)
	return nil
}

func errandOff(t *sim.Tile, name string) error {
	t.Errands = slices.Clone(t.Errands)
	for i := range t.Errands {
		if t.Errands[i].Name == name {
			t.Errands[i].PostDeploy = false
		}
	}
	return hasErrand(t, name)
}

func orphans(t *sim.Tile, count string) (err error) {
	if t.Orphans, err = strconv.Atoi(count); err != nil || t.Orphans < 0 || t.Orphans > len(t.ServiceInstances) {
		return fmt.Errorf("expected 0 to %d, its service instances", len(t.ServiceInstances))
	}
	return nil
}

// verifier is one that fails.
func verifier(kind string) (sim.Verifier, error) {
	switch kind {
	case "ignorable":
		return sim.Verifier{Type: "WildcardDomainVerifier", Ignorable: true, Errors: []string{"Wildcard domain '*.apps.example.com' could not be resolved to any IP addresses."}}, nil
	case "blocking":
		return sim.Verifier{Type: "AvailabilityZonesVerifier", Errors: []string{"The availability zone 'az1' is not available."}}, nil
	}
	return sim.Verifier{}, fmt.Errorf("expected ignorable or blocking")
}
