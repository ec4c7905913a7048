package cli_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("a prerequisite of the vendor", func() {
	// asking gives what a simulator with these flags answers to GET of a path; that
	// of the login for an empty one.
	asking := func(flags ...string) func(path string) string {
		GinkgoHelper()
		address, _, _ := serving(flags...)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		DeferCleanup(client.CloseIdleConnections)
		do := func(method, path, body, authorization string) string {
			GinkgoHelper()
			request, err := http.NewRequestWithContext(context.Background(), method, address+path, strings.NewReader(body))
			Expect(err).NotTo(HaveOccurred())
			request.Header.Set("Authorization", authorization)
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := client.Do(request)
			Expect(err).NotTo(HaveOccurred())
			defer func() { _ = answer.Body.Close() }()
			content, err := io.ReadAll(answer.Body)
			Expect(err).NotTo(HaveOccurred())
			return string(content)
		}
		form := url.Values{"grant_type": {"password"}, "client_id": {"opsman"}, "username": {"admin"}, "password": {"admin"}, "token_format": {"jwt"}}
		login := do(http.MethodPost, "/uaa/oauth/token", form.Encode(), "")
		var token struct {
			Token string `json:"access_token"`
		}
		Expect(json.Unmarshal([]byte(login), &token)).To(Succeed())
		return func(path string) string {
			GinkgoHelper()
			if path == "" {
				return login
			}
			return do(http.MethodGet, path, "", "Bearer "+token.Token)
		}
	}
	const (
		pending  = "/api/v0/staged/pending_changes"
		report   = "/api/v0/diagnostic_report"
		state    = "/simulator/state"
		v0, v1   = "/api/v0/deployed/certificates", "/api/v1/deployed/certificates"
		director = "/api/v0/staged/director"
	)
	type answers map[string][]string

	DescribeTable("is asked for with flags, alone or together", func(want answers, flags ...string) {
		ask := asking(flags...)
		for path, texts := range want {
			for _, text := range texts {
				Expect(ask(path)).To(ContainSubstring(text), path)
			}
		}
	},
		Entry("old stemcells, in the forms that there are", answers{
			pending: {`"os":"ubuntu-jammy","version":"1.5"`, `"version":"2.8.1"`, `"name":"upgrade-all-service-instances","post_deploy":false`},
			report:  {`"added_products":[`, `"stemcell":"bosh-stemcell-1.5-`, `"infrastructure_type":"aws"`},
			"":      {`"scope":"opsman.full_view"`},
		}, "--old-stemcells", "--report-array", "--report-stemcell-names", "--iaas", "aws", "--tile-version", "cf=2.8.1",
			"--errand-off", "p.mysql=upgrade-all-service-instances", "--scope", "opsman.full_view"),
		Entry("stemcells of tiles and of their instances", answers{
			pending: {`"os":"ubuntu-xenial","version":"621.100"`},
			report:  {`"light-bosh-stemcell-1.5-aws-xen-hvm-ubuntu-jammy-go_agent.tgz"`},
			state:   {`"stemcell": "ubuntu-trusty/3586.9"`},
		}, "--stemcell", "cf=xenial/621.100,p.rabbitmq=light-bosh-stemcell-1.5-aws-xen-hvm-ubuntu-jammy-go_agent.tgz", "--instance-stemcell", "p.mysql=trusty/3586.9"),
		Entry("CAs, deployments of no tile, verifiers", answers{
			v0: {`"/customer/tls_ca"`, `"/p-bosh/cf/diego_ca"`, `"/telemetry-ca-cert"`}, v1: {`"concourse"`},
			director + "/properties": {`"automatic_certificate_rotation_enabled":true`}, director + "/pre_deploy_check": {`"ignorable":false`},
			"/api/v0/certificate_authorities": {`"active":false`},
		}, "--customer-ca", "--auto-rotate-dns", "--sub-ca", "/p-bosh/cf/diego_ca=-3", "--server-excludes", "/telemetry-ca-cert", "--leftover-ca",
			"--deployment", "concourse", "--deployments-use-dns", "--verifier", "cf=ignorable,p-bosh=blocking", "--v1-nats-by-deployment", "--hands-on"),
		Entry("service instances that Cloud Foundry does not know any more", answers{
			"/api/v0/installations/2/logs": {`orphans detected so far: 2;`, `orphans detected so far: 0;`},
		}, "--orphans", "p.mysql=2"),
	)

	It("is left out where a flag says so", func() {
		ask := asking("--no-pending-stemcells", "--without-errand", "p.mysql=recreate-all-service-instances,p.rabbitmq=recreate-all-service-instances", "--no-token-scope")
		Expect(ask(pending)).NotTo(Or(ContainSubstring(`"stemcells":`), ContainSubstring("recreate-all-service-instances")))
		Expect(ask("")).NotTo(ContainSubstring(`"scope":`))
	})

	It("of tiles is in their file, too", func() {
		path := filepath.Join(GinkgoT().TempDir(), "tiles.yml")
		Expect(os.WriteFile(path, []byte(`tiles:
- {identifier: cf, label: TAS, version: 2.13.35, jobs: {router: 1, cell: 1}, stemcell: ubuntu-xenial/621.171, job_stemcells: {cell: windows2019/2019.9}}
- {identifier: redis, label: Redis, version: 1.0.0, jobs: {broker: 1}, service_instances: 1, instance_stemcell: bionic/1.9, without_errands: [recreate-all-service-instances]}
`), 0o600)).To(Succeed())
		ask := asking("--tiles", path)
		Expect(ask(state)).To(And(ContainSubstring(`"ubuntu-xenial/621.171"`), ContainSubstring(`"windows2019/2019.9"`), ContainSubstring(`"ubuntu-bionic/1.9"`)))
		Expect(ask(pending)).NotTo(ContainSubstring("recreate-all"))
	})

	DescribeTable("is refused where it cannot be", func(want string, flags ...string) {
		_, _, err := opsmanSim(append([]string{"serve", "--addr", "127.0.0.1:0"}, flags...)...)
		Expect(err).To(MatchError(ContainSubstring(want)))
	},
		Entry("a tile that is not there", "expected one of cf, p.mysql, p.rabbitmq", "--stemcell", "pks=xenial/621.171"),
		Entry("a stemcell that is none", "write it as ubuntu-xenial/621.171", "--stemcell", "cf=newest"),
		Entry("an errand that is not there", "has no errand of that name", "--without-errand", "cf=recreate-all-service-instances"),
		Entry("an errand that cannot be off", "has no errand of that name", "--errand-off", "cf=recreate-all-service-instances"),
		Entry("a verifier of no kind", "expected ignorable or blocking", "--verifier", "cf=maybe"),
		Entry("orphans of a tile that has none", "expected 0 to 0, its service instances", "--orphans", "cf=1"),
		Entry("more orphans than instances", "expected 0 to 3, its service instances", "--orphans", "p.mysql=4"),
		Entry("orphans that are no number", "expected 0 to 3, its service instances", "--orphans", "p.mysql=some"),
		Entry("the imported files", "--sub-ca with --import", "--import", fixture("2.10"), "--sub-ca", "/cf_ca=3"),
	)
})
