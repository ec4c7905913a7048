package scenarios_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

var _ = Describe("Platform Automation's env.yml and params", func() {
	It("mean to our task file what they mean there", func() {
		f := brisk(func(o *sim.Options) { o.Passphrase = "open sesame" })
		asked := listen(f)
		opsman := f.Opsman()
		opsman["target"], opsman["passphrase"] = asked.url, "open sesame"
		p := ci.SetPipeline("manual-rotation", concourse.Opsman(opsman), from("platform-automation.yml"),
			concourse.Value("env", inBase64("env.yml")), concourse.Value("errands", inBase64("errands.yml")))

		By("env.yml alone, of an Ops Manager that a reboot has locked")
		Expect(f.Operator(sim.Action{Do: "lock"})).To(Succeed())
		p.Run("plain").Succeeds()
		plain := last(f)
		Expect(plain.Recreate).To(BeFalse())
		Expect(plain.Force).To(BeFalse())
		vms := f.Dump().VMs
		Expect(errands(plain)).To(And(
			HaveKeyWithValue("cf", ContainElement("smoke_tests")),
			HaveKeyWithValue("p.mysql", ContainElements("register-broker", sim.UpgradeAllErrand)),
			HaveKeyWithValue("p.rabbitmq", Not(ContainElement(sim.RecreateAllErrand))),
		))
		Expect(asked.applies()).To(Equal([]map[string]any{{"ignore_warnings": "false", "force_latest_variables": false}}))

		By("RECREATE, ERRAND_CONFIG_FILE, IGNORE_WARNINGS and FORCE_LATEST_VARIABLES")
		p.Run("with-everything").Succeeds()
		everything := last(f)
		Expect(everything.Recreate).To(BeTrue())
		Expect(everything.Force).To(BeTrue())
		Expect(errands(everything)).To(And(
			HaveKeyWithValue("cf", Not(ContainElement("smoke_tests"))),
			HaveKeyWithValue("p.mysql", And(Not(ContainElement("register-broker")), ContainElements(sim.UpgradeAllErrand, sim.RecreateAllErrand))),
			HaveKeyWithValue("p.rabbitmq", ContainElements("register-broker", sim.RecreateAllErrand)),
		))
		Expect(asked.applies()).To(HaveLen(2))
		Expect(asked.applies()[1]).To(Equal(map[string]any{"ignore_warnings": "true", "force_latest_variables": true}))
		for i, vm := range f.Dump().VMs {
			Expect(vm.Recreations).To(BeNumerically(">", vms[i].Recreations), vm.Name)
		}

		By("SELECTIVE_DEPLOY_PRODUCTS, which is refused")
		p.Run("selective").Fails("a selective deploy is refused", "SELECTIVE_DEPLOY_PRODUCTS")
		Expect(asked.applies()).To(HaveLen(2))
		f.ExpectUnharmed()
	})
})

func inBase64(file string) string {
	GinkgoHelper()
	return base64.StdEncoding.EncodeToString(given(file))
}

// last is the foundation's latest installation.
func last(f *foundation.Foundation) sim.InstallationState {
	all := f.Ledger().Installations
	return all[len(all)-1]
}

// errands are those that an installation ran, by product.
func errands(in sim.InstallationState) map[string][]string {
	ran := map[string][]string{}
	for _, p := range in.Products {
		ran[p.Identifier] = p.Errands
	}
	return ran
}

// listener is an address of a foundation where what is asked of it can be read: the
// ledger has no bodies.
type listener struct {
	url string

	mu     sync.Mutex
	bodies []map[string]any
}

// listen makes one, with a certificate of an unknown authority.
func listen(f *foundation.Foundation) *listener {
	GinkgoHelper()
	target, err := url.Parse(f.Server.URL)
	Expect(err).NotTo(HaveOccurred())
	roots := x509.NewCertPool()
	Expect(roots.AppendCertsFromPEM([]byte(f.Server.CAPEM))).To(BeTrue())
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	l := &listener{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == installations {
			l.hear(r)
		}
		proxy.ServeHTTP(w, r)
	}))
	Expect(server.Listener.Close()).To(Succeed())
	server.Listener, err = new(net.ListenConfig).Listen(GinkgoT().Context(), "tcp", ci.Gateway+":0")
	Expect(err).NotTo(HaveOccurred())
	server.StartTLS()
	DeferCleanup(server.Close)
	l.url = server.URL
	return l
}

func (l *listener) hear(r *http.Request) {
	defer GinkgoRecover()
	text, err := io.ReadAll(r.Body)
	Expect(err).NotTo(HaveOccurred())
	r.Body = io.NopCloser(bytes.NewReader(text))
	var body map[string]any
	Expect(json.Unmarshal(text, &body)).To(Succeed())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bodies = append(l.bodies, body)
}

// applies are the applies that were asked for, as far as their options go.
func (l *listener) applies() []map[string]any {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := []map[string]any{}
	for _, body := range l.bodies {
		all = append(all, map[string]any{"ignore_warnings": body["ignore_warnings"], "force_latest_variables": body["force_latest_variables"]})
	}
	return all
}
