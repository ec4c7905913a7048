package opsman

import "github.com/opsman-ca/opsman-ca/internal/evidence"

type installationJSON struct {
	ID         number       `json:"id"`
	User       string       `json:"user_name"`
	Status     string       `json:"status"`
	StartedAt  stamp        `json:"started_at"`
	FinishedAt stamp        `json:"finished_at"`
	Additions  []changeJSON `json:"additions"`
	Deletions  []changeJSON `json:"deletions"`
	Updates    []changeJSON `json:"updates"`
	Unchanged  []changeJSON `json:"unchanged"`
}

type changeJSON struct {
	GUID             string `json:"guid"`
	Identifier       string `json:"identifier"`
	Label            string `json:"label"`
	ProductVersion   string `json:"product_version"`
	ChangeType       string `json:"change_type"`
	DeploymentStatus string `json:"deployment_status"`
	StartedAt        stamp  `json:"started_at"`
	FinishedAt       stamp  `json:"finished_at"`
}

func (i installationJSON) evidence(in interner) evidence.Installation {
	found := evidence.Installation{
		ID:         int(i.ID),
		User:       in.text(i.User),
		Status:     in.text(i.Status),
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
func (c changeJSON) evidence(kind string, in interner) evidence.Change {
	if own := in.text(c.ChangeType); own != "" {
		kind = own
	}
	return evidence.Change{
		GUID:           in.text(c.GUID),
		Identifier:     in.text(c.Identifier),
		Label:          in.text(c.Label),
		ProductVersion: in.text(c.ProductVersion),
		Type:           kind,
		Status:         in.text(c.DeploymentStatus),
		StartedAt:      c.StartedAt.Time,
		FinishedAt:     c.FinishedAt.Time,
	}
}
