package opsman_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestOpsman(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(20 * time.Second)
	RunSpecs(t, "opsman")
}

// proxy must be in the environment before the first request of the process:
// net/http reads it once. Requests to 127.0.0.1 never use a proxy, so only the
// proxy's own specs see it.
var proxy = startProxy()

// company has signed certificates that the system trusts. The environment names its
// file, and Go reads that once.
var company = newIdentity()

var _ = BeforeSuite(func() {
	folder := GinkgoT().TempDir()
	file := filepath.Join(folder, "company.pem")
	Expect(os.WriteFile(file, []byte(company.pem), 0o600)).To(Succeed())
	GinkgoT().Setenv("SSL_CERT_FILE", file)
	GinkgoT().Setenv("SSL_CERT_DIR", folder)
})

func init() {
	for _, key := range []string{"NO_PROXY", "no_proxy", "https_proxy"} {
		_ = os.Unsetenv(key)
	}
	_ = os.Setenv("HTTPS_PROXY", "http://"+proxy.address())
}
