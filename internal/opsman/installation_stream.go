package opsman

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// page decodes one answer of GET /installations row by row.
type page struct {
	enough  func(evidence.Installation) bool
	strings interner
	// above is the lowest id of the pages before: 0 for none, -1 when they
	// were out of order.
	above int
	// seen are the ids of the pages before: an installation that starts between
	// two pages makes rows come again.
	seen map[int]bool
	// sureBefore: enough was true for a row of the pages before.
	sureBefore bool

	rows []evidence.Installation
	sure bool
	// count is the number of rows, those that came again among them.
	count int
	// cut: reading ended early because enough had been seen.
	cut      bool
	disorder bool
}

// read takes an answer; a repeated try starts again.
func (p *page) read(ans *answer) error {
	p.rows, p.count, p.cut, p.disorder, p.sure = nil, 0, false, p.above < 0, p.sureBefore
	decoder := json.NewDecoder(ans.body)
	if err := expect(decoder, json.Delim('{')); err != nil {
		return err
	}
	found := false
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		if key != "installations" {
			var skipped json.RawMessage
			if err := decoder.Decode(&skipped); err != nil {
				return err
			}
			continue
		}
		found = true
		if err := p.readRows(decoder); err != nil || p.cut {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return err
	}
	if !found {
		return errors.New(`it holds no list "installations"`)
	}
	return nil
}

func (p *page) readRows(decoder *json.Decoder) error {
	if err := expect(decoder, json.Delim('[')); err != nil {
		return err
	}
	previous := p.above
	for decoder.More() {
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
		p.sure = p.sure || p.enough != nil && p.enough(p.rows[len(p.rows)-1])
	}
	_, err := decoder.Token()
	return err
}

func expect(decoder *json.Decoder, want json.Delim) error {
	got, err := decoder.Token()
	if err != nil {
		return err
	}
	if got == nil {
		return errors.New(`it holds no list "installations"`)
	}
	if got != want {
		return fmt.Errorf("it holds %v where %v was expected", got, want)
	}
	return nil
}

// interner keeps one copy of each string: ten thousand installations repeat
// the names of a few products.
type interner map[string]string

func (in interner) text(s string) string {
	if known, ok := in[s]; ok {
		return known
	}
	in[s] = s
	return s
}
