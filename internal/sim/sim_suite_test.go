package sim_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

func TestSim(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(20 * time.Second)
	RunSpecs(t, "Simulator")
}

// smallTiles keep specs fast: 8 VMs with the director.
func smallTiles() []sim.Tile {
	return []sim.Tile{
		{
			Identifier: "cf", Label: "TAS", Version: "2.13.35", Jobs: []sim.Job{{Name: "router", Instances: 2}, {Name: "compute", Instances: 1}},
			Errands: []sim.ErrandSpec{{Name: "smoke_tests", PostDeploy: true}},
		},
		sim.ServiceTile("p.mysql", "MySQL", "2.10.16", 2, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1}),
	}
}

// opsman is a foundation with a client that is logged in.
type opsman struct {
	*sim.Foundation
	server *sim.Server
	client *http.Client
	token  string
}

func start(o sim.Options) *opsman {
	GinkgoHelper()
	if o.Tiles == nil {
		o.Tiles = smallTiles()
	}
	if o.KeyBits == 0 {
		o.KeyBits = 1024
	}
	o.VMDelay = -1
	f, err := sim.New(o)
	Expect(err).NotTo(HaveOccurred())
	server, err := sim.Serve(f)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	roots := x509.NewCertPool()
	Expect(roots.AppendCertsFromPEM([]byte(server.CAPEM))).To(BeTrue())
	om := &opsman{Foundation: f, server: server, client: &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}}
	DeferCleanup(om.client.CloseIdleConnections)
	return om
}

func loggedIn(o sim.Options) *opsman {
	GinkgoHelper()
	om := start(o)
	om.login()
	return om
}

func (o *opsman) login() {
	GinkgoHelper()
	status, body := o.tokenFor(passwordGrant("admin", "admin"))
	Expect(status).To(Equal(http.StatusOK), "%v", body)
	o.token = text(body["access_token"])
}

func passwordGrant(user, password string) url.Values {
	return url.Values{"grant_type": {"password"}, "client_id": {"opsman"}, "username": {user}, "password": {password}, "token_format": {"jwt"}}
}

func (o *opsman) tokenFor(form url.Values) (int, map[string]any) {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, o.server.URL+"/uaa/oauth/token", strings.NewReader(form.Encode()))
	Expect(err).NotTo(HaveOccurred())
	request.SetBasicAuth(form.Get("client_id"), form.Get("client_secret"))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := o.client.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = answer.Body.Close() }()
	var body map[string]any
	_ = json.NewDecoder(answer.Body).Decode(&body)
	return answer.StatusCode, body
}

// answer is a reply: its status, its body as text and, if it is JSON, decoded.
type answer struct {
	status int
	text   string
	body   map[string]any
	header http.Header
}

func (o *opsman) try(ctx context.Context, method, path string, body any) (answer, error) {
	GinkgoHelper()
	var sent io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		Expect(err).NotTo(HaveOccurred())
		sent = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, o.server.URL+path, sent)
	Expect(err).NotTo(HaveOccurred())
	request.Header.Set("Authorization", "Bearer "+o.token)
	request.Header.Set("Content-Type", "application/json")
	got, err := o.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = got.Body.Close() }()
	text, err := io.ReadAll(got.Body)
	a := answer{status: got.StatusCode, text: string(text), header: got.Header}
	_ = json.Unmarshal(text, &a.body)
	return a, err
}

func (o *opsman) call(method, path string, body any) answer {
	GinkgoHelper()
	a, err := o.try(context.Background(), method, path, body)
	Expect(err).NotTo(HaveOccurred())
	return a
}

func (o *opsman) get(path string) answer { GinkgoHelper(); return o.call(http.MethodGet, path, nil) }

func (o *opsman) mustPost(path string, body any) answer {
	GinkgoHelper()
	a := o.call(http.MethodPost, path, body)
	Expect(a.status).To(Equal(http.StatusOK), a.text)
	return a
}

// startApply posts an installation and gives its id.
func (o *opsman) startApply(body map[string]any) int {
	GinkgoHelper()
	a := o.mustPost("/api/v0/installations", body)
	id, isNumber := object(a.body["install"])["id"].(float64)
	Expect(isNumber).To(BeTrue(), a.text)
	return int(id)
}

// apply applies all changes and waits.
func (o *opsman) apply() error {
	GinkgoHelper()
	return o.Wait(o.startApply(map[string]any{"deploy_products": "all", "ignore_warnings": "false"}))
}

const cas = "/api/v0/certificate_authorities"

func (o *opsman) authorities() []map[string]any {
	GinkgoHelper()
	var all []map[string]any
	for _, ca := range items(o.get(cas).body["certificate_authorities"]) {
		all = append(all, object(ca))
	}
	return all
}

func (o *opsman) generate() string {
	GinkgoHelper()
	return text(o.mustPost(cas+"/generate", nil).body["guid"])
}

func violations(a answer) []string {
	var all []string
	list, _ := a.body["safety_violations"].([]any)
	for _, v := range list {
		all = append(all, text(object(v)["violation"]))
	}
	return all
}

// startUAA ends a restart of UAA that has no end of its own.
func (o *opsman) startUAA() {
	GinkgoHelper()
	Expect(o.Operator(sim.Action{Do: "restart-uaa", For: 1})).To(Succeed())
}

func off() *bool { no := false; return &no }

func fault(o *opsman, f faults.Fault) string {
	GinkgoHelper()
	id, err := o.AddFault(f)
	Expect(err).NotTo(HaveOccurred())
	return id
}

func soon() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	DeferCleanup(cancel)
	return ctx
}

func activatePath(guid string) string { return fmt.Sprintf("%s/%s/activate", cas, guid) }

// text, items and object are what a decoded JSON value has to be.
func text(v any) string           { GinkgoHelper(); return as[string](v) }
func items(v any) []any           { GinkgoHelper(); return as[[]any](v) }
func object(v any) map[string]any { GinkgoHelper(); return as[map[string]any](v) }

func as[T any](v any) T {
	GinkgoHelper()
	value, is := v.(T)
	Expect(is).To(BeTrue(), "%#v", v)
	return value
}
