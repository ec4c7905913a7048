package concourse

import (
	"encoding/json"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/vault"
)

// Secret gives the credential manager a secret of the whole team. Specs run at
// the same time: its name should be of this one alone.
func (c *Concourse) Secret(name string, fields map[string]any) {
	GinkgoHelper()
	c.secret(name, fields)
}

// Secret gives the credential manager a secret of the pipeline.
func (p *Pipeline) Secret(name string, fields map[string]any) {
	GinkgoHelper()
	p.c.secret(p.Name+"/"+name, fields)
}

func (c *Concourse) secret(path string, fields map[string]any) {
	GinkgoHelper()
	text, err := json.Marshal(fields)
	Expect(err).NotTo(HaveOccurred())
	url := c.Vault + "/v1" + vault.Prefix + "/main/" + path
	token := http.Header{"X-Vault-Token": {vault.Token}}
	c.send(http.MethodPut, url, string(text), token)
	DeferCleanup(func() { c.send(http.MethodDelete, url, "", token) })
}
