package opsman

import (
	"context"
	"errors"
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// certificateTries is how often an answer of 500 is asked again: Ops Manager
// 2.10.40 to 2.10.42 give it for good, others now and then.
const certificateTries = 2

// Certificates reads the deployed certificates: v1 where there is one (Ops
// Manager API 3.0 and newer, GET /api/v1/deployed/certificates), else v0. When
// Ops Manager cannot tell them (an answer of 500 or more, an empty or unreadable
// list) they are of evidence.SourceUnknown, with the reason in Unknown and no
// error; a refused login, a locked or unreachable Ops Manager is an error.
func (c *Client) Certificates(ctx context.Context) (evidence.Certificates, error) {
	if !c.noV1.Load() && !c.predatesV1() {
		found, err := c.certificates(ctx, evidence.SourceV1, v1Path, decodeV1)
		if !isStatus(err, http.StatusNotFound) {
			return unknownFor(found, err)
		}
		c.noV1.Store(true)
	}
	return unknownFor(c.certificates(ctx, evidence.SourceV0, v0Path, decodeV0))
}

// predatesV1 tells that Ops Manager is older than 3.0, by its own word. An answer of
// 404 would tell the same a request later. The director's version is no word for it:
// Ops Manager may have been upgraded since it was deployed.
func (c *Client) predatesV1() bool {
	version, _ := c.version.Load().(string)
	major, _, readable := leading(version)
	return readable && major < 3
}

type certificateDecoder func(*answer) ([]evidence.Certificate, error)

func (c *Client) certificates(ctx context.Context, source evidence.Source, path string, decode certificateDecoder) (evidence.Certificates, error) {
	found := evidence.Certificates{Source: source}
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: path, stubborn: certificateTries,
		read: func(ans *answer) (err error) {
			found.List, err = decode(ans)
			return err
		},
	})
	return found, err
}

// unknownFor turns what Ops Manager could not tell into a reason.
func unknownFor(found evidence.Certificates, err error) (evidence.Certificates, error) {
	var (
		api         *APIError
		unavailable *UnavailableError
		unexpected  *UnexpectedAnswerError
		page        *unavailableAnswer
	)
	switch {
	case err == nil && len(found.List) == 0:
		return evidence.Certificates{Unknown: "Ops Manager answered with an empty list of certificates, which happens when a root or NATS CA has expired"}, nil
	case err == nil:
		return found, nil
	case errors.As(err, &api) && api.Status != http.StatusUnauthorized && api.Status != http.StatusForbidden && api.Path != tokenPath,
		errors.As(err, &unexpected) && unexpected.Path != tokenPath,
		errors.As(err, &unavailable) && unavailable.Path != tokenPath && errors.As(err, &page):
		return evidence.Certificates{Unknown: err.Error()}, nil
	}
	return evidence.Certificates{}, err
}
