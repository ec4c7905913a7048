package sim

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// generateCertificate is POST /certificates/generate: a leaf of the active CA that
// is kept nowhere (facts §3.19).
func (f *face) generateCertificate(c *web.Call) web.Response {
	var body struct {
		Domains []string `json:"domains"`
	}
	if err := json.Unmarshal(c.Content, &body); err != nil {
		return web.BadRequest("the body is not JSON")
	}
	active := f.authorities.Active()
	if len(body.Domains) == 0 || active == nil {
		return web.Problems(http.StatusUnprocessableEntity, "domains must be a list of names, and there must be an active certificate authority")
	}
	late, err := f.authorities.Sign(authorities.SignRequest{
		By: active.Cert, With: active.Key, CommonName: body.Domains[0], Names: body.Domains,
		From: f.clock.now(), Validity: f.opts.LeafValidity,
	})
	if err != nil {
		return outcome.Refused(err, f.opts.DocumentedErrors, nil)
	}
	made, err := late.Made()
	if err != nil {
		return outcome.Refused(err, f.opts.DocumentedErrors, nil)
	}
	key, _ := made.PrivateKey.(*rsa.PrivateKey) // Sign makes no other
	return web.OK(map[string]any{
		"certificate": authorities.PEM(made.Leaf),
		"key":         string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})),
	})
}
