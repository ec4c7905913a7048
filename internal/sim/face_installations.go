package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// installationID is a number, or a string where the reference says so.
func (f *face) installationID(in *installation) any {
	if f.opts.IDsAsStrings {
		return strconv.Itoa(in.id)
	}
	return in.id
}

// listInstallations is GET /installations, newest first; pages only where the
// version has them.
func (f *face) listInstallations(c *web.Call) web.Response {
	list := slices.Clone(f.history.all)
	slices.Reverse(list)
	if f.v.paging() {
		var problem string
		if list, problem = page(list, c.URL.Query().Get("page_num"), c.URL.Query().Get("per_page")); problem != "" {
			return web.BadRequest(problem)
		}
	}
	rows := []map[string]any{}
	for _, in := range list {
		rows = append(rows, map[string]any{
			"id": f.installationID(in), "user_name": f.userName(in), "status": in.status,
			"started_at": stamp(in.started), "finished_at": stamp(in.finished),
			"additions": in.of(kindAddition), "deletions": in.of(kindDeletion), "updates": in.of(kindUpdate), "unchanged": in.of(kindUnchanged),
		})
	}
	return web.OK(map[string]any{"installations": rows})
}

// userName is who the list says began it: not always the login (no public source says
// what it is).
func (f *face) userName(in *installation) string {
	if in.user == operatorName {
		return in.user
	}
	return cmp.Or(f.opts.InstallationUser, in.user)
}

// defaultPage is how many installations a page has when per_page is not given.
const defaultPage = 100

func page(list []*installation, number, size string) ([]*installation, string) {
	if number == "" {
		return list, ""
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return nil, "page_num must be an integer greater than 0"
	}
	per := defaultPage
	if size != "" {
		if per, err = strconv.Atoi(size); err != nil || per < 1 {
			return nil, "per_page must be an integer greater than 0"
		}
	}
	from := min((n-1)*per, len(list))
	return list[from:min(from+per, len(list))], ""
}

// of are the changes of one kind.
func (in *installation) of(kind string) []map[string]any {
	rows := []map[string]any{}
	for i, c := range in.changes {
		if c.kind == kind {
			rows = append(rows, c.json(i))
		}
	}
	return rows
}

func (c *change) json(order int) map[string]any {
	return map[string]any{
		"identifier": c.product.identifier, "label": c.product.label, "product_version": c.version,
		"change_type": c.kind, "deployment_status": c.status, "deploy_order": order, "guid": c.product.guid,
		"started_at": stamp(c.started), "finished_at": stamp(c.finished),
	}
}

func (f *face) requestedInstallation(c *web.Call) (*installation, web.Response) {
	id, err := strconv.Atoi(c.PathValue("id"))
	if err == nil {
		if in := f.history.find(id); in != nil {
			return in, web.Response{}
		}
	}
	return nil, web.Problems(http.StatusNotFound, "Installation not found")
}

// getInstallation is GET /installations/{id}.
func (f *face) getInstallation(c *web.Call) web.Response {
	in, missing := f.requestedInstallation(c)
	if in == nil {
		return missing
	}
	return web.OK(map[string]any{"status": in.status, "started_at": stamp(in.started), "finished_at": stamp(in.finished)})
}

// getInstallationLogs is GET /installations/{id}/logs: the whole text so far, or events
// of it (facts §3.15).
func (f *face) getInstallationLogs(c *web.Call) web.Response {
	in, missing := f.requestedInstallation(c)
	if in == nil {
		return missing
	}
	if f.v.streamsLogs() && c.URL.Query().Get("event_stream") == "true" {
		return f.logEvents(in)
	}
	return web.OK(map[string]any{"logs": in.text()})
}

// installationBody is the body of POST /installations.
type installationBody struct {
	DeployProducts any  `json:"deploy_products"`
	IgnoreWarnings any  `json:"ignore_warnings"`
	ForceLatest    bool `json:"force_latest_variables"`
	Errands        map[string]struct {
		PostDeploy map[string]any `json:"run_post_deploy"`
		PreDelete  map[string]any `json:"run_pre_delete"`
	} `json:"errands"`
	EnabledErrands any   `json:"enabled_errands"`
	Recreate       *bool `json:"recreate"`
	RotateCerts    struct {
		NonConfigurableLeaf bool `json:"non_configurable_leaf"`
	} `json:"rotate_certs"`
}

// postInstallation is POST /installations: apply changes.
func (f *face) postInstallation(c *web.Call) web.Response {
	body := installationBody{DeployProducts: "all"}
	if len(c.Content) > 0 {
		if err := json.Unmarshal(c.Content, &body); err != nil {
			return web.BadRequest("the body is not JSON")
		}
	}
	if body.EnabledErrands != nil {
		return web.BadRequest("The enabled_errands parameter is no longer supported")
	}
	request, wrong := f.applyRequest(body)
	if len(wrong) > 0 {
		return web.Problems(http.StatusUnprocessableEntity, wrong...)
	}
	if refused, failing := f.verify(request, body.IgnoreWarnings); failing {
		return refused
	}
	if c.Dropped {
		return web.OK(map[string]any{"install": map[string]any{"id": f.history.lastID + 1}})
	}
	if f.v.applyFields() && body.RotateCerts.NonConfigurableLeaf && f.history.running() == nil {
		if s, err := (rotation{f.Foundation, rotationOf(c)}).regenerate(); err != nil {
			return outcome.Refused(err, f.opts.DocumentedErrors, s.Named("regenerated", "regenerate_failed"))
		}
	}
	in, err := f.start(request, c.User)
	if err != nil {
		return outcome.Refused(err, f.opts.DocumentedErrors, nil)
	}
	return web.OK(map[string]any{"install": map[string]any{"id": f.installationID(in)}})
}

func (f *face) applyRequest(body installationBody) (applyRequest, []string) {
	r := applyRequest{errands: map[string]map[string]any{}, preDelete: map[string]map[string]any{}}
	r.force = f.v.forceLatest() && body.ForceLatest
	if f.v.applyFields() {
		r.recreate = body.Recreate
	}
	var wrong []string
	r.only, r.selected, wrong = f.selection(body.DeployProducts)
	for guid, e := range body.Errands {
		p := f.findProduct(guid)
		if p == nil || !p.deployed {
			// In Ops Manager's words (om #547; facts §8).
			wrong = append(wrong, fmt.Sprintf("The product with guid %q cannot be found in deployed products. Has the product been deployed?", guid))
			continue
		}
		wrong = append(wrong, p.wrongErrands(e.PostDeploy, ErrandSpec.postDeploy)...)
		wrong = append(wrong, p.wrongErrands(e.PreDelete, ErrandSpec.preDelete)...)
		r.errands[guid], r.preDelete[guid] = e.PostDeploy, e.PreDelete
	}
	return r, wrong
}

// wrongErrands is what is wrong with the errands of one kind that a request
// names.
func (p *product) wrongErrands(asked map[string]any, kind func(ErrandSpec) any) []string {
	var wrong []string
	for name, setting := range asked {
		if !slices.ContainsFunc(p.errands, func(s ErrandSpec) bool { return s.Name == name && kind(s) != nil }) {
			wrong = append(wrong, fmt.Sprintf("errands: product %s has no errand %s", p.guid, name))
		}
		if _, isBool := setting.(bool); !isBool && setting != "default" {
			wrong = append(wrong, fmt.Sprintf("errands: %s must be true, false or default", name))
		}
	}
	return wrong
}

// selection understands deploy_products.
func (f *face) selection(asked any) (only []*product, selected bool, wrong []string) {
	switch v := asked.(type) {
	case nil:
		return nil, false, nil
	case string:
		switch v {
		case "all":
			return nil, false, nil
		case "none":
			return nil, true, nil
		}
	case []any:
		return f.selectProducts(v)
	}
	return nil, false, []string{"deploy_products must be all, none or a list of product guids"}
}

func (f *face) selectProducts(guids []any) (only []*product, selected bool, wrong []string) {
	for _, g := range guids {
		text, _ := g.(string)
		i := slices.IndexFunc(f.products, func(p *product) bool { return p.guid == text })
		if i < 0 {
			wrong = append(wrong, fmt.Sprintf("deploy_products: product %v is not staged", g))
			continue
		}
		only = append(only, f.products[i])
	}
	for _, p := range only {
		for _, identifier := range p.tile.DependsOn {
			if parent := f.findProduct(identifier); parent != nil && parent.pendingAction() != actionUnchanged && !slices.Contains(only, parent) {
				wrong = append(wrong, fmt.Sprintf("%s depends on %s, which has staged changes and is not selected", p.guid, parent.guid))
			}
		}
	}
	return only, true, wrong
}
