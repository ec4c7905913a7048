package foundation

import (
	"context"
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

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
