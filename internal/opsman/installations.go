package opsman

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

const (
	installationsPath = "/api/v0/installations"
	perPage           = 20
)

// Installations reads the history, highest id first (Ops Manager API 3.1,
// GET /installations). It stops after the first installation for which enough
// is true, as long as Ops Manager lists them in descending order; with enough
// nil it reads all. enough may be asked about one installation more than once,
// must depend on nothing else, and must not use the client.
//
// Ops Manager pages from 3.0.15 and 2.10.61; older ones answer every page with
// the whole history, which is decoded row by row and cut short.
func (c *Client) Installations(ctx context.Context, enough func(evidence.Installation) bool) (evidence.History, error) {
	h := history{seen: map[int]bool{}}
	strings := newInterner()
	for number := 1; ; number++ {
		p := &page{enough: enough, strings: strings, seen: h.seen, above: h.lowest(), sureBefore: h.sure, changesBefore: h.changes}
		err := c.call(ctx, &exchange{
			method: http.MethodGet,
			path:   fmt.Sprintf("%s?page_num=%d&per_page=%d", installationsPath, number, perPage),
			limit:  historyLimit,
			read:   p.read,
		})
		if err != nil {
			return evidence.History{}, err
		}
		fresh := h.add(p)
		switch {
		case p.cut:
			return h.result(false), nil
		case p.count != perPage, fresh == 0:
			// The last page; or the whole history; or a server without paging
			// whose history happens to fill one page.
			return h.result(true), nil
		}
	}
}

// history gathers pages.
type history struct {
	list []evidence.Installation
	seen map[int]bool
	// sure: enough was true for a row already read.
	sure bool
	// changes is the number of products in them.
	changes int
	// disorder: the pages so far were not in descending order.
	disorder bool
}

// add takes what is new in a page: an installation that starts between two
// pages moves rows from one to the next.
func (h *history) add(p *page) (fresh int) {
	for _, row := range p.rows {
		if !h.seen[row.ID] {
			h.seen[row.ID] = true
			h.list = append(h.list, row)
			fresh++
		}
	}
	h.disorder = h.disorder || p.disorder
	h.sure = p.sure
	h.changes = p.changes
	return fresh
}

// lowest is the id below which the next page must stay to be in order; 0 when
// there is none yet, -1 when order is already lost.
func (h *history) lowest() int {
	switch {
	case h.disorder:
		return -1
	case len(h.list) == 0:
		return 0
	}
	return h.list[len(h.list)-1].ID
}

func (h *history) result(complete bool) evidence.History {
	slices.SortFunc(h.list, func(a, b evidence.Installation) int { return cmp.Compare(b.ID, a.ID) })
	return evidence.History{Asked: true, Complete: complete, List: h.list}
}

// Installation reads one installation's status (GET /installations/{id}); its
// products are only in Installations.
func (c *Client) Installation(ctx context.Context, id int) (evidence.Installation, error) {
	var row installationJSON
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: fmt.Sprintf("%s/%d", installationsPath, id), limit: smallLimit,
		read: func(ans *answer) error {
			row = installationJSON{}
			if err := decode(ans.body, &row); err != nil {
				return err
			}
			if row.Status == "" {
				return fmt.Errorf("it holds no status of installation %d", id)
			}
			return nil
		},
	})
	if err != nil {
		return evidence.Installation{}, err
	}
	found := row.evidence(newInterner())
	found.ID = id
	found.Changes = nil
	return found, nil
}

// InstallationLogs reads the log as far as it is written
// (GET /installations/{id}/logs).
func (c *Client) InstallationLogs(ctx context.Context, id int) (string, error) {
	var body struct {
		Logs *string `json:"logs"`
	}
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: fmt.Sprintf("%s/%d/logs", installationsPath, id),
		limit: logsLimit,
		read: func(ans *answer) error {
			body.Logs = nil
			// One string: what is counted elsewhere may well be in a log.
			if err := json.NewDecoder(ans.body).Decode(&body); err != nil {
				return err
			}
			if body.Logs == nil {
				return fmt.Errorf("it holds no logs of installation %d", id)
			}
			return nil
		},
	})
	if err != nil {
		return "", err
	}
	return c.redact.text(*body.Logs), nil
}
