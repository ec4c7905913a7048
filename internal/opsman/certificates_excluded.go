package opsman

import (
	"context"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// ExcludedCertificates names the certificates that Ops Manager leaves out of a
// rotation (GET /api/v0/deployed/certificates with
// show_excluded_from_rotation_only=true). It is nil where Ops Manager cannot
// tell; none is then taken for excluded.
func (c *Client) ExcludedCertificates(ctx context.Context) ([]string, error) {
	found, err := unknownFor(c.certificates(ctx, evidence.SourceV0, v0Path+"?show_excluded_from_rotation_only=true", decodeV0))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, certificate := range found.List {
		names = append(names, certificate.Name)
	}
	return names, nil
}
