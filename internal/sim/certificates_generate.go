package sim

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
)

// generateCertificate is POST /certificates/generate: a leaf of the active CA that
// is kept nowhere (facts §3.19).
func (f *Foundation) generateCertificate(c *call) response {
	var body struct {
		Domains []string `json:"domains"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return badRequest("the body is not JSON")
	}
	active := f.active()
	if len(body.Domains) == 0 || active == nil {
		return problems(http.StatusUnprocessableEntity, "domains must be a list of names, and there must be an active certificate authority")
	}
	late, err := f.signLeaf(signRequest{
		by: active.cert, with: active.key, commonName: body.Domains[0], names: body.Domains,
		from: f.clock.now(), validity: f.opts.LeafValidity,
	})
	if err != nil {
		return f.refused(err, nil)
	}
	made, err := late.get()
	if err != nil {
		return f.refused(err, nil)
	}
	key, _ := made.PrivateKey.(*rsa.PrivateKey) // signLeaf makes no other
	return ok(map[string]any{
		"certificate": certPEM(made.Leaf),
		"key":         string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})),
	})
}
