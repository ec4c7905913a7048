package opsman

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

const authoritiesPath = "/api/v0/certificate_authorities"

type authorityJSON struct {
	GUID        authorityGUID `json:"guid"`
	Issuer      name          `json:"issuer"`
	CreatedOn   stamp         `json:"created_on"`
	ExpiresOn   stamp         `json:"expires_on"`
	Active      bool          `json:"active"`
	CertPEM     text          `json:"cert_pem"`
	NATSCertPEM text          `json:"nats_cert_pem"`
}

func (a authorityJSON) evidence() evidence.CA {
	found := evidence.CA{
		GUID:        string(a.GUID),
		Issuer:      string(a.Issuer),
		CreatedOn:   a.CreatedOn.Stamp,
		ExpiresOn:   a.ExpiresOn.Stamp,
		Active:      a.Active,
		CertPEM:     certificatePEM(string(a.CertPEM)),
		NATSCertPEM: certificatePEM(string(a.NATSCertPEM)),
	}
	if found.ExpiresOn.IsZero() {
		found.ExpiresOn = expiry(found.CertPEM)
	}
	return found
}

// certificatePEM is the first certificate of a text as PEM is written: some have
// another system's line ends, or text around it. A text without one stays as it is.
func certificatePEM(text string) string {
	block := firstCertificate(text)
	if block == nil {
		return text
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}))
}

func firstCertificate(text string) *pem.Block {
	rest := []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"))
	for {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil || block.Type == "CERTIFICATE" {
			return block
		}
	}
}

// expiry is what the certificate itself says, no date where it cannot be read.
func expiry(text string) evidence.Stamp {
	block := firstCertificate(text)
	if block == nil {
		return evidence.Stamp{}
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return evidence.Stamp{}
	}
	return evidence.Stamp{Time: certificate.NotAfter.UTC()}
}

// CertificateAuthorities lists the root CAs (Ops Manager API 3.1,
// GET /certificate_authorities).
func (c *Client) CertificateAuthorities(ctx context.Context) ([]evidence.CA, error) {
	var list []authorityJSON
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: authoritiesPath,
		read: func(ans *answer) (err error) {
			list, err = decodeList[authorityJSON](ans.body, "certificate_authorities")
			if err != nil {
				return err
			}
			for _, a := range list {
				if a.GUID == "" {
					return errNoGUID
				}
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	cas := make([]evidence.CA, 0, len(list))
	for _, a := range list {
		cas = append(cas, a.evidence())
	}
	return cas, nil
}

// creation is the body of Generate and Create.
type creation struct {
	CertPEM       string      `json:"cert_pem,omitempty"`
	PrivateKeyPEM string      `json:"private_key_pem,omitempty"`
	Exclude       *exclusions `json:"exclude_from_rotation,omitempty"`
}

type exclusions struct {
	Authorities []string `json:"certificate_authorities"`
}

// excluding is a list only where there is something in it: an empty one would take
// everything out of Ops Manager's own.
func excluding(paths []string) *exclusions {
	if len(paths) == 0 {
		return nil
	}
	return &exclusions{Authorities: paths}
}

// Generate makes a new, inactive CA
// (POST /certificate_authorities/generate). Each call makes another one: after
// an *OutcomeUnknownError list before anything else. With a
// *FailedCertificatesError the CA exists and is returned too. exclude are the CAs in
// CredHub that this rotation leaves alone: they replace the list that Ops Manager has,
// and with none of them no list is sent.
func (c *Client) Generate(ctx context.Context, exclude []string) (Created, error) {
	body, err := json.Marshal(creation{Exclude: excluding(exclude)})
	if err != nil {
		return Created{}, err
	}
	return c.create(ctx, authoritiesPath+"/generate", body, "")
}

// Create hands over a CA of one's own, which starts inactive
// (POST /certificate_authorities). Errors and exclude are those of Generate.
func (c *Client) Create(ctx context.Context, certPEM, privateKeyPEM string, exclude []string) (Created, error) {
	c.redact.add(privateKeyPEM)
	body, err := json.Marshal(creation{CertPEM: certPEM, PrivateKeyPEM: privateKeyPEM, Exclude: excluding(exclude)})
	if err != nil {
		return Created{}, err
	}
	return c.create(ctx, authoritiesPath, body, certPEM)
}

func (c *Client) create(ctx context.Context, path string, body []byte, certPEM string) (Created, error) {
	var created Created
	x := &exchange{method: http.MethodPost, path: path, body: body, changing: true}
	x.read = func(ans *answer) (err error) {
		created, err = c.decodeCreated(x, ans, certPEM)
		return err
	}
	err := c.call(ctx, x)
	return created, err
}

// Activate makes the CA the one that signs, and every other CA inactive
// (POST /certificate_authorities/{guid}/activate).
func (c *Client) Activate(ctx context.Context, guid string) (Report, error) {
	if err := checkGUID(guid); err != nil {
		return Report{}, err
	}
	return c.change(ctx, http.MethodPost, authoritiesPath+"/"+guid+"/activate", []byte("{}"))
}

// Regenerate makes new non-configurable leaf certificates, signed by the
// active CA (POST /certificate_authorities/active/regenerate).
func (c *Client) Regenerate(ctx context.Context) (Report, error) {
	return c.change(ctx, http.MethodPost, authoritiesPath+"/active/regenerate", []byte("{}"))
}

// Delete removes an inactive CA (DELETE /certificate_authorities/{guid}).
func (c *Client) Delete(ctx context.Context, guid string) (Report, error) {
	if err := checkGUID(guid); err != nil {
		return Report{}, err
	}
	return c.change(ctx, http.MethodDelete, authoritiesPath+"/"+guid, nil)
}

func (c *Client) change(ctx context.Context, method, path string, body []byte) (Report, error) {
	var report Report
	x := &exchange{method: method, path: path, body: body, changing: true}
	x.read = func(ans *answer) (err error) {
		report, err = c.decodeReport(x, ans)
		return err
	}
	err := c.call(ctx, x)
	return report, err
}
