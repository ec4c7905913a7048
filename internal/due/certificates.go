package due

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// renewable are the certificates that a rotation renews and that expire before the
// limit.
func renewable(ctx context.Context, api foundation.Reader, within rotation.Within, limit time.Time) ([]evidence.Certificate, error) {
	all, err := certificates(ctx, api, within)
	if err != nil {
		return nil, err
	}
	expiring := slices.DeleteFunc(all, func(c evidence.Certificate) bool {
		return !rotation.Rotates(c) || c.ValidUntil.IsZero() || !c.ValidUntil.Before(limit)
	})
	if len(expiring) == 0 {
		return nil, nil
	}
	if err := foundation.MarkExcluded(ctx, api, expiring); err != nil {
		return nil, err //nolint:wrapcheck // the sentence is complete
	}
	expiring = slices.DeleteFunc(expiring, func(c evidence.Certificate) bool { return !rotation.Rotates(c) })
	inCredHub := func(c evidence.Certificate) bool { return c.Location == rotation.CredHub }
	if !slices.ContainsFunc(expiring, inCredHub) {
		return expiring, nil
	}
	products, err := api.DeployedProducts(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot ask Ops Manager for its deployed products: %w", err)
	}
	if rotation.WithTKGI(products) {
		expiring = slices.DeleteFunc(expiring, inCredHub)
	}
	return expiring, nil
}

// certificates are all that Ops Manager lists; unknown is not fine. Its version is
// asked for only where they are: it may tell that these come from another question.
func certificates(ctx context.Context, api foundation.Reader, within rotation.Within) ([]evidence.Certificate, error) {
	all, err := api.Certificates(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot ask Ops Manager for its certificates: %w", err)
	}
	if all.Source == evidence.SourceUnknown {
		if _, err := api.Info(ctx); err != nil {
			return nil, fmt.Errorf("cannot ask Ops Manager for its version: %w", err)
		}
		if all, err = api.Certificates(ctx); err != nil {
			return nil, fmt.Errorf("cannot ask Ops Manager for its certificates: %w", err)
		}
	}
	if all.Source == evidence.SourceUnknown {
		return nil, unlisted(all, within)
	}
	return all.List, nil
}

func unlisted(all evidence.Certificates, within rotation.Within) error {
	err := fmt.Errorf("Ops Manager did not list the deployed certificates (%s), so nobody can tell whether one expires within %s: mend that; the next check looks again", //nolint:staticcheck // a name begins it
		all.Unknown, within)
	return troubleshooting.Led(err, troubleshooting.OfReason(rotation.ReasonCertificatesUnknown))
}

// told is a name as a version has it, never longer than people care for; names that
// begin alike stay apart.
func told(name string) string {
	const longest = 200
	runes := []rune(name)
	if len(runes) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%s… (%x)", string(runes[:longest]), sum[:8])
}
