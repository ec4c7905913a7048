package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Outcome is how it went. It is filled in as far as things got also when Run
// returns an error.
type Outcome struct {
	// NothingToDo tells that nothing was outstanding, so nothing was started.
	NothingToDo bool
	// Why is the reason for applying, or for having nothing to do.
	Why string
	// ID is our installation, the last one when there were several attempts.
	ID int
	// Status is its status in Ops Manager.
	Status string
	// Products are the deployed products and what the installation did to them.
	Products []Product
	// Duration is how long the installation took by Ops Manager's clock, or
	// else by ours.
	Duration time.Duration
	Followed Followed
	Attempts int
	// Applied is what it leaves behind as evidence, nil unless an installation that
	// is ours for sure succeeded and reached every product.
	Applied *evidence.Applied
	// startedAt is when it began, by Ops Manager's clock.
	startedAt time.Time
	// WaitedFor are installations of others that had to end first.
	WaitedFor []int
}

// Followed says who stayed with the installation until its end.
type Followed string

// Who followed. FollowedByClient means that om ended before its installation.
const (
	FollowedByOm     Followed = "om"
	FollowedByClient Followed = "om, then opsman-ca after om ended early"
)

// Product is one deployed product's part in our installation.
type Product struct {
	GUID    string
	Name    string
	Version string
	// Change is one of evidence's Change… constants; empty when the
	// installation does not name the product.
	Change string
	// Status is one of evidence's Deployment… constants, or NotCovered.
	Status string
	// Took is how long it was being deployed by Ops Manager's clock, 0 where that
	// is not known.
	Took time.Duration
}

// NotCovered is the status of a deployed product that an installation does
// not name.
const NotCovered = "not covered"

// Reached tells whether the installation deployed the product.
func (p Product) Reached() bool { return p.Status == evidence.DeploymentSuccessful }

// Say shows the products that the installation reached, and the verdict; nothing
// where they are not known, as when we were told to end before it did.
func (o Outcome) Say(c *console.Console) {
	if o.ID == 0 || len(o.Products) == 0 {
		return
	}
	reached := 0
	for _, p := range o.Products {
		if p.Reached() {
			reached++
		}
	}
	c.Println(o.Table(c.Styles))
	c.Println(fmt.Sprintf("installation %d reached %d of %d products in %s", o.ID, reached, len(o.Products), console.Elapsed(o.Duration)))
}

// Table shows the products, for people.
func (o Outcome) Table(s console.Styles) string {
	rows := make([][]string, 0, len(o.Products))
	for _, p := range o.Products {
		status := s.OK(p.Status)
		if !p.Reached() {
			status = s.Error(p.Status)
		}
		took := ""
		if p.Took > 0 {
			took = console.Elapsed(p.Took)
		}
		rows = append(rows, []string{p.Name, p.Version, p.Change, status, took})
	}
	return terminal.Table(s, []string{"Product", "Version", "Change", "Status", "Took"}, rows)
}

// judge decides whether the installation reached every deployed product. The
// installation's own "succeeded" is not enough: one that was started for some
// products only says so too.
func (s *supervision) judge(ctx context.Context, id int, took time.Duration) error {
	installation, err := s.recorded(ctx, id)
	if err != nil {
		return err
	}
	deployed, err := patiently(ctx, s, "the deployed products", s.deps.OpsManager.DeployedProducts)
	if err != nil {
		return s.cannotTell(ctx, id, err)
	}
	s.outcome.Status = installation.Status
	s.outcome.Duration = took
	if !installation.StartedAt.IsZero() && !installation.FinishedAt.IsZero() {
		s.outcome.Duration = installation.FinishedAt.Sub(installation.StartedAt)
	}
	s.outcome.startedAt = installation.StartedAt
	s.outcome.Products = products(deployed.List, installation.Changes)
	failed := &FailedError{ID: id, Status: installation.Status}
	for _, p := range s.outcome.Products {
		if !p.Reached() {
			failed.Products = append(failed.Products, p)
		}
	}
	if installation.Status != evidence.InstallationSucceeded || len(failed.Products) > 0 || len(s.outcome.Products) == 0 {
		return failed
	}
	return nil
}

// record is what an installation of ours that reached every product leaves behind.
func (s *supervision) record() *evidence.Applied {
	applied := &evidence.Applied{Installation: s.outcome.ID, StartedAt: s.outcome.startedAt, Errands: s.errands.forced()}
	if s.req.RecreateVMs {
		for _, p := range s.outcome.Products {
			applied.Recreated = append(applied.Recreated, p.GUID)
		}
	}
	return applied
}

// recorded is the installation with its products, which only the list has
// (GET /installations; GET /installations/ID has the status alone).
func (s *supervision) recorded(ctx context.Context, id int) (evidence.Installation, error) {
	history, err := patiently(ctx, s, "the installations", func(ctx context.Context) (evidence.History, error) {
		return s.deps.OpsManager.Installations(ctx, func(i evidence.Installation) bool { return i.ID <= id })
	})
	if err != nil {
		return evidence.Installation{}, s.cannotTell(ctx, id, err)
	}
	installation, found := history.Find(id)
	if !found {
		return evidence.Installation{}, s.cannotTell(ctx, id, errors.New("it is no longer among the installations that Ops Manager lists"))
	}
	return installation, nil
}

// products are the deployed products, then those that the installation tried
// to add or remove and that are not deployed.
func products(deployed []evidence.Product, changes []evidence.Change) []Product {
	byGUID := map[string]evidence.Change{}
	for _, c := range changes {
		byGUID[c.GUID] = c
	}
	var list []Product
	for _, d := range deployed {
		p := Product{GUID: d.GUID, Name: d.Name(), Version: d.Version, Status: NotCovered}
		if c, found := byGUID[d.GUID]; found {
			p.Change, p.Status = c.Type, c.Status
			p.Took, _ = duration(c)
			delete(byGUID, d.GUID)
		}
		list = append(list, p)
	}
	for _, c := range changes {
		if _, left := byGUID[c.GUID]; left {
			list = append(list, Product{GUID: c.GUID, Name: c.Name(), Version: c.ProductVersion, Change: c.Type, Status: c.Status})
			delete(byGUID, c.GUID)
		}
	}
	return list
}
