package opsman

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

type pendingJSON struct {
	GUID     name       `json:"guid"`
	Action   name       `json:"action"`
	Staged   productRef `json:"staged"`
	Deployed productRef `json:"deployed"`
	// The last deployment that succeeded has another key in newer versions.
	Succeeded    succeededRef `json:"last_successful_deploy"`
	NewSucceeded succeededRef `json:"last_successful_deployed"`
	Errands      []errandRef  `json:"errands"`
}

type productRef struct {
	Identifier name      `json:"identifier"`
	Label      name      `json:"label"`
	Stemcells  stemcells `json:"stemcells"`
}

// succeededRef is a form that may be missing, which is not the same as null.
type succeededRef struct {
	listed, null bool
	form         productRef
}

// UnmarshalJSON takes an object and null. What is neither tells nothing.
func (s *succeededRef) UnmarshalJSON(raw []byte) error {
	*s = succeededRef{null: string(raw) == "null"}
	if !s.null {
		s.listed = json.Unmarshal(raw, &s.form) == nil
	}
	return nil
}

type errandRef struct {
	Name       name   `json:"name"`
	Label      name   `json:"label"`
	PostDeploy toggle `json:"post_deploy"`
	PreDelete  toggle `json:"pre_delete"`
}

// PendingChanges lists every staged product and what the next apply changes
// would do to it (Ops Manager API 3.1, GET /staged/pending_changes).
func (c *Client) PendingChanges(ctx context.Context) (evidence.Pending, error) {
	var list []pendingJSON
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: "/api/v0/staged/pending_changes",
		read: func(ans *answer) (err error) {
			list, err = decodeList[pendingJSON](ans.body, "product_changes")
			return err
		},
	})
	if err != nil {
		return evidence.Pending{}, err
	}
	pending := evidence.Pending{Asked: true}
	for _, p := range list {
		pending.List = append(pending.List, p.evidence())
	}
	return pending, nil
}

// evidence names the product by its staged form; one that is being deleted has
// only the deployed one.
func (p pendingJSON) evidence() evidence.PendingChange {
	change := evidence.PendingChange{
		GUID:       string(p.GUID),
		Identifier: first(p.Staged.Identifier, p.Deployed.Identifier),
		Label:      first(p.Staged.Label, p.Deployed.Label),
		Action:     string(p.Action),
		// No list, or null in its place.
		ErrandsUntold: p.Errands == nil,
	}
	change.Stemcells = evidence.ProductStemcells{
		GUID: change.GUID, Identifier: change.Identifier, Listed: p.Deployed.Stemcells.listed, List: p.Deployed.Stemcells.list,
	}
	change.Wanted, change.WantedListed = p.Staged.Stemcells.list, p.Staged.Stemcells.listed
	change.Succeeded = slices.Concat(p.Succeeded.form.Stemcells.list, p.NewSucceeded.form.Stemcells.list)
	change.Unsucceeded = p.Deployed.Stemcells.listed && (p.Succeeded.null || p.NewSucceeded.null) && !p.Succeeded.listed && !p.NewSucceeded.listed
	for _, e := range p.Errands {
		change.Errands = append(change.Errands, evidence.Errand{
			Name:       string(e.Name),
			Label:      string(e.Label),
			PostDeploy: string(e.PostDeploy),
			PreDelete:  string(e.PreDelete),
		})
	}
	return change
}

func first(candidates ...name) string {
	for _, t := range candidates {
		if s := string(t); s != "" {
			return s
		}
	}
	return ""
}
