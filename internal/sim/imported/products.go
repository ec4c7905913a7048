package imported

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// director is the type of the director's own tile.
const director = "p-bosh"

// productRow is a product of GET /api/v0/deployed/products, or of om
// deployed-products --format json, which has name and version alone.
type productRow struct {
	GUID    string `json:"guid"`
	Type    string `json:"type"`
	Label   string `json:"label"`
	Version string `json:"product_version"`

	OmName    string `json:"name"`
	OmVersion string `json:"version"`
}

// pendingRow is a product of GET /api/v0/staged/pending_changes.
type pendingRow struct {
	GUID    string `json:"guid"`
	Action  string `json:"action"`
	Errands []struct {
		Name       string `json:"name"`
		Label      string `json:"label"`
		PostDeploy any    `json:"post_deploy"`
		PreDelete  any    `json:"pre_delete"`
	} `json:"errands"`
	Deployed *staged `json:"deployed"`
	Staged   *staged `json:"staged"`
}

type staged struct {
	Identifier string `json:"identifier"`
	Label      string `json:"label"`
	Version    string `json:"version"`
	DependsOn  []struct {
		Identifier string `json:"identifier"`
	} `json:"depends_on"`
	Stemcells []struct {
		Name    string `json:"name"`
		OS      string `json:"os"`
		Version string `json:"version"`
	} `json:"stemcells"`
}

// products are the deployed ones with their errands, in the order of deployment;
// nil when nothing says what they are.
func (r *reader) products(certificates []*certificate) []sim.Tile {
	rows, missing := decode[productRow](r, productsFile, "products")
	pending, missingPending := decode[pendingRow](r, pendingFile, "product_changes")
	if missing != nil && missingPending == nil {
		r.note(productsFile, "nothing: it is not there", "what "+pendingFile+" says is deployed")
		rows = deployedOf(pending)
	}
	if missing != nil && missingPending != nil {
		if rows = fromGUIDs(certificates); len(rows) > 0 {
			r.note("products", "the GUIDs that the certificates name", "that there are no others")
		}
	}
	r.giveGUIDs(rows, pending, certificates)
	var tiles []sim.Tile
	seen := map[string]bool{}
	for i, row := range rows {
		tile, err := row.tile()
		switch {
		case err != nil:
			r.wrong("%s, product %d: %w", productsFile, i+1, err)
		case seen[tile.GUID]:
			r.wrong("%s has the product %s twice", productsFile, tile.GUID)
		default:
			tiles = append(tiles, tile)
		}
		seen[tile.GUID] = true
	}
	if missingPending != nil {
		r.note("errands", "nothing: no "+pendingFile, "none, in the order of "+productsFile)
		return tiles
	}
	return r.stage(tiles, pending)
}

// giveGUIDs gives those rows a GUID that have a name alone, as om deployed-products
// prints them: that of the pending changes or of the certificates.
func (r *reader) giveGUIDs(rows []productRow, pending []pendingRow, certificates []*certificate) {
	for i := range rows {
		p := &rows[i]
		if p.GUID != "" || p.OmName == "" {
			continue
		}
		for _, other := range append(deployedOf(pending), fromGUIDs(certificates)...) {
			if cmp.Or(other.Type, typeOf(other.GUID)) == p.OmName {
				p.GUID, p.Type, p.Label = other.GUID, p.OmName, cmp.Or(p.Label, other.Label)
				break
			}
		}
	}
}

func (p productRow) tile() (sim.Tile, error) {
	t := sim.Tile{
		GUID: p.GUID, Identifier: cmp.Or(p.Type, p.OmName, typeOf(p.GUID)), Version: cmp.Or(p.Version, p.OmVersion, "unknown"),
	}
	if t.Identifier == "" {
		return t, fmt.Errorf(`it has neither guid nor type: expected for example "guid":"cf-1a2b3c4d5e6f7a8b9c0d","type":"cf"`)
	}
	if t.GUID != "" && !hostName.MatchString(t.GUID) || !hostName.MatchString(t.Identifier) {
		return t, fmt.Errorf("guid %q, type %q: expected letters, digits, dots and dashes, as in cf-1a2b3c4d5e6f7a8b9c0d", t.GUID, t.Identifier)
	}
	t.Label = cmp.Or(p.Label, t.Identifier)
	t.GUID = cmp.Or(t.GUID, t.Identifier+"-"+sim.NewGUID())
	return t, nil
}

// hostName is what can be a part of the name of a VM.
var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$`)

var guidSuffix = regexp.MustCompile(`-[0-9a-f]{8,}$`)

// typeOf is the type that a GUID begins with.
func typeOf(guid string) string { return guidSuffix.ReplaceAllString(guid, "") }

// deployedOf are the products that the pending changes say are deployed.
func deployedOf(pending []pendingRow) []productRow {
	var rows []productRow
	for _, p := range pending {
		if s := cmp.Or(p.Deployed, p.Staged); p.Action != "install" && s != nil {
			rows = append(rows, productRow{GUID: p.GUID, Type: s.Identifier, Label: s.Label, Version: s.Version})
		}
	}
	return rows
}

// fromGUIDs are the products that certificates belong to.
func fromGUIDs(certificates []*certificate) []productRow {
	var rows []productRow
	for _, c := range certificates {
		if guidSuffix.MatchString(c.ProductGUID) && !slices.ContainsFunc(rows, func(p productRow) bool { return p.GUID == c.ProductGUID }) {
			rows = append(rows, productRow{GUID: c.ProductGUID})
		}
	}
	return rows
}

// stage gives the products their errands and what they depend on, and brings
// them into the order of deployment.
func (r *reader) stage(tiles []sim.Tile, pending []pendingRow) []sim.Tile {
	position := map[string]int{}
	for i, p := range pending {
		position[p.GUID] = i
		at := slices.IndexFunc(tiles, func(t sim.Tile) bool { return t.GUID == p.GUID })
		if at < 0 {
			r.note("product "+p.GUID, "nothing: it is staged, but not deployed", "that it stays so")
			continue
		}
		if p.Action != "unchanged" && p.Action != "" {
			r.note("staged changes of "+p.GUID, "nothing", "that they are deployed or reverted before the rotation")
		}
		for _, e := range p.Errands {
			tiles[at].Errands = append(tiles[at].Errands, sim.ErrandSpec{
				Name: e.Name, Label: e.Label, PostDeploy: setting(e.PostDeploy), PreDelete: setting(e.PreDelete), DefaultOn: true,
			})
		}
		if s := cmp.Or(p.Deployed, p.Staged); s != nil {
			for _, d := range s.DependsOn {
				tiles[at].DependsOn = append(tiles[at].DependsOn, d.Identifier)
			}
			r.giveStemcell(&tiles[at], s)
		}
	}
	slices.SortStableFunc(tiles, func(a, b sim.Tile) int {
		return placeOf(position, a.GUID, len(pending)) - placeOf(position, b.GUID, len(pending))
	})
	return tiles
}

// giveStemcell takes the tile's stemcell over; of several, which job has which is
// told nowhere, so all have the first one.
func (r *reader) giveStemcell(t *sim.Tile, s *staged) {
	if len(s.Stemcells) == 0 {
		return
	}
	first := s.Stemcells[0]
	taken, err := sim.ParseStemcell(first.OS + "/" + first.Version)
	if err != nil {
		r.note("stemcell of "+t.GUID, "nothing of "+first.OS+" "+first.Version, "one on which VMs need not be recreated")
		return
	}
	t.Stemcell = taken
	if len(s.Stemcells) > 1 {
		r.note("stemcells of "+t.GUID, first.OS+" "+first.Version, fmt.Sprintf("that all of its VMs have it, and none the %d others", len(s.Stemcells)-1))
	}
}

func placeOf(position map[string]int, guid string, last int) int {
	if at, ok := position[guid]; ok {
		return at
	}
	return last
}

// setting of an errand: true, false, "default", or nil where it is not of that
// kind. Some versions write the former two as text.
func setting(value any) any {
	switch text, isText := value.(string); {
	case !isText:
		return value
	case strings.EqualFold(text, "true"):
		return true
	case strings.EqualFold(text, "false"):
		return false
	default:
		return "default"
	}
}

// defaultProducts stand in for products that nothing is known of.
func (r *reader) defaultProducts(version string) []sim.Tile {
	tiles := append([]sim.Tile{{Identifier: director, Label: "BOSH Director", Version: version}}, sim.DefaultTiles()...)
	for i := range tiles {
		tiles[i].GUID = tiles[i].Identifier + "-" + sim.NewGUID()
	}
	r.note("products", "nothing: no "+productsFile, "TAS and two service tiles")
	return tiles
}
