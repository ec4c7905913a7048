package opsman

import "github.com/opsman-ca/opsman-ca/internal/evidence"

type installationJSON struct {
	ID         number       `json:"id"`
	User       name         `json:"user_name"`
	Status     name         `json:"status"`
	StartedAt  stamp        `json:"started_at"`
	FinishedAt stamp        `json:"finished_at"`
	Additions  []changeJSON `json:"additions"`
	Deletions  []changeJSON `json:"deletions"`
	Updates    []changeJSON `json:"updates"`
	Unchanged  []changeJSON `json:"unchanged"`
}

type changeJSON struct {
	GUID             name  `json:"guid"`
	Identifier       name  `json:"identifier"`
	Label            name  `json:"label"`
	ProductVersion   name  `json:"product_version"`
	ChangeType       name  `json:"change_type"`
	DeploymentStatus name  `json:"deployment_status"`
	StartedAt        stamp `json:"started_at"`
	FinishedAt       stamp `json:"finished_at"`
}

func (i installationJSON) evidence(in *interner) evidence.Installation {
	found := evidence.Installation{
		ID:         int(i.ID),
		User:       in.text(string(i.User)),
		Status:     in.text(string(i.Status)),
		StartedAt:  i.StartedAt.Time,
		FinishedAt: i.FinishedAt.Time,
	}
	if count := len(i.Additions) + len(i.Deletions) + len(i.Updates) + len(i.Unchanged); count > 0 {
		found.Changes = make([]evidence.Change, 0, count)
	}
	for _, list := range []struct {
		kind    string
		changes []changeJSON
	}{
		{evidence.ChangeAddition, i.Additions},
		{evidence.ChangeDeletion, i.Deletions},
		{evidence.ChangeUpdate, i.Updates},
		{evidence.ChangeUnchanged, i.Unchanged},
	} {
		for _, change := range list.changes {
			found.Changes = append(found.Changes, change.evidence(list.kind, in))
		}
	}
	return found
}

// evidence takes the list that a change stands in as its type, unless the
// change names one itself.
func (c changeJSON) evidence(kind string, in *interner) evidence.Change {
	if own := in.text(string(c.ChangeType)); own != "" {
		kind = own
	}
	return evidence.Change{
		GUID:           in.text(string(c.GUID)),
		Identifier:     in.text(string(c.Identifier)),
		Label:          in.text(string(c.Label)),
		ProductVersion: in.text(string(c.ProductVersion)),
		Type:           kind,
		Status:         in.text(string(c.DeploymentStatus)),
		StartedAt:      c.StartedAt.Time,
		FinishedAt:     c.FinishedAt.Time,
	}
}
