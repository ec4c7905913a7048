package apply

import (
	"context"
	"errors"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

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
			list = append(list, Product{GUID: c.GUID, Name: changed(c), Version: c.ProductVersion, Change: c.Type, Status: c.Status})
			delete(byGUID, c.GUID)
		}
	}
	return list
}

// changed is what a person calls the product of a change.
func changed(c evidence.Change) string {
	return evidence.Product{GUID: c.GUID, Type: c.Identifier, Label: c.Label}.Name()
}
