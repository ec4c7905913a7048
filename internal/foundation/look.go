package foundation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Reader is what is asked of Ops Manager; *opsman.Client is one.
type Reader interface {
	Info(ctx context.Context) (opsman.Info, error)
	CertificateAuthorities(ctx context.Context) ([]evidence.CA, error)
	DeployedProducts(ctx context.Context) (evidence.Products, error)
	Installations(ctx context.Context, enough func(evidence.Installation) bool) (evidence.History, error)
	PendingChanges(ctx context.Context) (evidence.Pending, error)
	Certificates(ctx context.Context) (evidence.Certificates, error)
	ExcludedCertificates(ctx context.Context) ([]string, error)
	ServerTime() time.Time
}

// View is evidence and the state that it shows.
type View struct {
	Evidence evidence.Evidence
	Observed rotation.Observation
}

// State asks as little as it takes to name the state: the CAs alone where
// nothing of a rotation is in sight (two requests with the token), the proof
// otherwise: four with the token, five once every product is reached, and one
// more where it depends on what is excluded whether that is all.
func State(ctx context.Context, api Reader, cursor *rotation.Version) (View, error) {
	v, err := authorities(ctx, api, cursor)
	if err != nil || !rotation.NeedsProof(v.Evidence, cursor) {
		return v, err
	}
	if err := v.deployments(ctx, api, cursor, rotation.Enough); err != nil {
		return View{}, err
	}
	if p := v.Observed.Awaited(); p == nil || p.Installation == 0 {
		return v, nil
	}
	decide := func(e evidence.Evidence) bool { return rotation.ExclusionsDecide(e, cursor) }
	if err := v.certificates(ctx, api, cursor, decide); err != nil {
		return View{}, err
	}
	return v, nil
}

// Whole asks everything that a decision may depend on.
func Whole(ctx context.Context, api Reader, cursor *rotation.Version) (View, error) {
	return whole(ctx, api, cursor, rotation.CertificatesHinder)
}

// Marked is Whole for those who list the certificates as well: whatever stands in
// the way, all that are excluded from rotation are marked.
func Marked(ctx context.Context, api Reader, cursor *rotation.Version) (View, error) {
	return whole(ctx, api, cursor, func(evidence.Evidence) bool { return true })
}

func whole(ctx context.Context, api Reader, cursor *rotation.Version, marked func(evidence.Evidence) bool) (View, error) {
	v, err := authorities(ctx, api, cursor)
	if err != nil {
		return View{}, err
	}
	info, err := api.Info(ctx)
	if err != nil {
		return View{}, fmt.Errorf("cannot ask Ops Manager for its version: %w", err)
	}
	v.Evidence.OpsManager = info.Version
	if err := v.deployments(ctx, api, cursor, rotation.EnoughForAll); err != nil {
		return View{}, err
	}
	if v.Evidence.Pending, err = api.PendingChanges(ctx); err != nil {
		return View{}, fmt.Errorf("cannot ask Ops Manager for its pending changes: %w", err)
	}
	if err := v.certificates(ctx, api, cursor, marked); err != nil {
		return View{}, err
	}
	return v, nil
}

func authorities(ctx context.Context, api Reader, cursor *rotation.Version) (View, error) {
	cas, err := api.CertificateAuthorities(ctx)
	if err != nil {
		return View{}, fmt.Errorf("cannot ask Ops Manager for its certificate authorities: %w", err)
	}
	v := View{Evidence: evidence.Evidence{At: api.ServerTime(), CAs: cas}}
	v.Observed = rotation.Observe(v.Evidence, cursor)
	return v, nil
}

// until says when to stop reading the history.
type until func([]evidence.CA, []evidence.Product, *rotation.Version) func(evidence.Installation) bool

func (v *View) deployments(ctx context.Context, api Reader, cursor *rotation.Version, enough until) error {
	var err error
	if v.Evidence.Products, err = api.DeployedProducts(ctx); err != nil {
		return fmt.Errorf("cannot ask Ops Manager for its deployed products: %w", err)
	}
	if v.Evidence.History, err = api.Installations(ctx, enough(v.Evidence.CAs, v.Evidence.Products.List, cursor)); err != nil {
		return fmt.Errorf("cannot ask Ops Manager for its installations: %w", err)
	}
	v.Observed = rotation.Observe(v.Evidence, cursor)
	return nil
}

// certificates asks for the list of excluded certificates only where they are to be
// marked: for a decision where something not excluded stands in the way, for else
// it would not change the answer.
func (v *View) certificates(ctx context.Context, api Reader, cursor *rotation.Version, marked func(evidence.Evidence) bool) error {
	var err error
	if v.Evidence.Certificates, err = api.Certificates(ctx); err != nil {
		return fmt.Errorf("cannot ask Ops Manager for its certificates: %w", err)
	}
	if marked(v.Evidence) {
		if err := MarkExcluded(ctx, api, v.Evidence.Certificates.List); err != nil {
			return err
		}
	}
	v.Observed = rotation.Observe(v.Evidence, cursor)
	return nil
}

// Listing asks for every CA and certificate and for what a list of them needs: the
// version of Ops Manager, the names of the products, and which certificates are
// excluded from rotation. Five requests with the token not counted, and one more
// where certificates v1 is missing.
func Listing(ctx context.Context, api Reader) (evidence.Evidence, error) {
	var e evidence.Evidence
	info, err := api.Info(ctx)
	if err != nil {
		return e, fmt.Errorf("cannot ask Ops Manager for its version: %w", err)
	}
	e.OpsManager = info.Version
	if e.CAs, err = api.CertificateAuthorities(ctx); err != nil {
		return e, fmt.Errorf("cannot ask Ops Manager for its certificate authorities: %w", err)
	}
	if e.Products, err = api.DeployedProducts(ctx); err != nil {
		return e, fmt.Errorf("cannot ask Ops Manager for its deployed products: %w", err)
	}
	if e.Certificates, err = api.Certificates(ctx); err != nil {
		return e, fmt.Errorf("cannot ask Ops Manager for its certificates: %w", err)
	}
	if err := MarkExcluded(ctx, api, e.Certificates.List); err != nil {
		return e, err
	}
	e.At = api.ServerTime()
	return e, nil
}

// MarkExcluded marks the certificates that Ops Manager lists as excluded from
// rotation.
func MarkExcluded(ctx context.Context, api Reader, list []evidence.Certificate) error {
	excluded, err := api.ExcludedCertificates(ctx)
	if err != nil {
		return fmt.Errorf("cannot ask Ops Manager which certificates it excludes from rotation: %w", err)
	}
	slices.Sort(excluded)
	for i, c := range list {
		if _, found := slices.BinarySearch(excluded, c.Name); found {
			list[i].Excluded = true
		}
	}
	return nil
}
