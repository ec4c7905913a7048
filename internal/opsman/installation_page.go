package opsman

import (
	"encoding/json"
	"errors"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

var errNoInstallations = errors.New(`it holds no list "installations"`)

// page decodes one answer of GET /installations row by row.
type page struct {
	enough  func(evidence.Installation) bool
	strings *interner
	// above is the lowest id of the pages before: 0 for none, -1 when they
	// were out of order.
	above int
	// seen are the ids of the pages before: an installation that starts between
	// two pages makes rows come again.
	seen map[int]bool
	// sureBefore: enough was true for a row of the pages before.
	sureBefore bool
	// changesBefore is the number of products in the pages before.
	changesBefore int

	rows []evidence.Installation
	// changes is the number of products in them, and in those of the pages before.
	changes int
	sure    bool
	// count is the number of rows, those that came again among them.
	count int
	// cut: reading ended early because enough had been seen.
	cut      bool
	disorder bool
}

// read takes an answer; a repeated try starts again.
func (p *page) read(ans *answer) error {
	p.rows, p.count, p.cut, p.disorder, p.sure = nil, 0, false, p.above < 0, p.sureBefore
	p.changes = p.changesBefore
	bounded := limited(ans.body, rowLimit)
	decoder := json.NewDecoder(bounded)
	if err := open(decoder, json.Delim('{'), errNoInstallations); err != nil {
		return err
	}
	found := false
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		if key != "installations" {
			bounded.again()
			var skipped json.RawMessage
			if err := decoder.Decode(&skipped); err != nil {
				return err
			}
			continue
		}
		found = true
		if err := p.readRows(decoder, bounded.again); err != nil || p.cut {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return err
	}
	if !found {
		return errNoInstallations
	}
	return nil
}

// readRows reads the list; before each row it says so to next.
func (p *page) readRows(decoder *json.Decoder, next func()) error {
	if err := open(decoder, json.Delim('['), errNoInstallations); err != nil {
		return err
	}
	previous := p.above
	for decoder.More() {
		next()
		var row installationJSON
		if err := decoder.Decode(&row); err != nil {
			return err
		}
		if row.ID == 0 {
			return errors.New("an installation has no id")
		}
		p.count++
		id := int(row.ID)
		if p.seen[id] {
			continue
		}
		p.disorder = p.disorder || previous > 0 && id > previous
		previous = id
		if p.sure && !p.disorder {
			// One row further down proves that the order descends.
			p.cut = true
			return nil
		}
		p.rows = append(p.rows, row.evidence(p.strings))
		p.changes += len(p.rows[len(p.rows)-1].Changes)
		if err := p.bearable(); err != nil {
			return err
		}
		p.sure = p.sure || p.enough != nil && p.enough(p.rows[len(p.rows)-1])
	}
	_, err := decoder.Token()
	return err
}

// bearable refuses a history that grows beyond what any Ops Manager has.
func (p *page) bearable() error {
	switch {
	case len(p.seen)+len(p.rows) > installationsLimit:
		return &tooManyError{what: "installations", limit: installationsLimit}
	case p.changes > changesLimit:
		return &tooManyError{what: "products in installations", limit: changesLimit}
	case p.strings.size > namesLimit:
		return &tooManyError{what: "bytes of names", limit: namesLimit}
	}
	return nil
}

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

// interner keeps one copy of each string: ten thousand installations repeat the names
// of a few products, and as many certificates those of a few procedures.
type interner struct {
	known map[string]string
	// size of all of them, in bytes.
	size int
}

func newInterner() *interner { return &interner{known: map[string]string{}} }

func (in *interner) text(s string) string {
	if known, ok := in.known[s]; ok {
		return known
	}
	in.known[s] = s
	in.size += len(s)
	return s
}
