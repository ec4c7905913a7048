package cli_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/opsman-ca/opsman-ca/internal/sim/cli"
)

// deadline is generous: it is only reached when something hangs.
const deadline = 30 * time.Second

func TestCLI(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(deadline)
	RunSpecs(t, "opsman-sim")
}

// opsmanSim runs a command to its end.
func opsmanSim(args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	err = cli.Run(context.Background(), args, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), err
}

// serving starts a simulator and gives its URL and the file of its CA.
func serving(args ...string) (url, caFile string, stderr *gbytes.Buffer) {
	GinkgoHelper()
	dir := GinkgoT().TempDir()
	caFile, urlFile := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "url")
	ctx, cancel := context.WithCancel(context.Background())
	stderr = gbytes.NewBuffer()
	ended := make(chan error, 1)
	go func() {
		ended <- cli.Run(ctx, append([]string{"serve", "--addr", "127.0.0.1:0", "--ca-file", caFile, "--url-file", urlFile}, args...), nil, gbytes.NewBuffer(), stderr)
	}()
	DeferCleanup(func() {
		cancel()
		Eventually(ended).WithTimeout(deadline).Should(Receive(BeNil()))
	})
	Eventually(stderr).WithTimeout(deadline).Should(gbytes.Say("Ctrl-C ends it"))
	address, err := os.ReadFile(urlFile)
	Expect(err).NotTo(HaveOccurred())
	return strings.TrimSpace(string(address)), caFile, stderr
}

var _ = Describe("opsman-sim", func() {
	It("serves and dumps a foundation, and says how to use it", func() {
		url, caFile, stderr := serving("--version", "2.10.60-build.1", "--tkgi", "--date-only", "--days-left", "20", "--password", "hidden-password")
		Expect(string(stderr.Contents())).To(And(ContainSubstring(url), ContainSubstring("om --target"), ContainSubstring("2.10.60")))
		Expect(string(stderr.Contents())).NotTo(ContainSubstring("hidden-password"))
		out, _, err := opsmanSim("dump", url, "--ca-file", caFile)
		Expect(err).NotTo(HaveOccurred())
		Expect(out).To(And(ContainSubstring(`"version": "2.10.60-build.1"`), ContainSubstring("pivotal-container-service")))
		for what, want := range map[string]string{"ledger": `"good_handshakes"`, "handshakes": `"broken": 0`} {
			out, _, err = opsmanSim("dump", url, "--what", what)
			Expect(err).NotTo(HaveOccurred())
			Expect(out).To(ContainSubstring(want))
		}
	})

	It("has a web certificate for the names that others reach it by", func() {
		url, caFile, stderr := serving("--host", "sim.example.com", "--host", "192.0.2.7")
		_, port, _ := strings.Cut(strings.TrimPrefix(url, "https://"), ":")
		Expect(string(stderr.Contents())).To(ContainSubstring("is simulated at https://sim.example.com:" + port + ","))
		text, err := os.ReadFile(caFile)
		Expect(err).NotTo(HaveOccurred())
		block, _ := pem.Decode(text)
		certificate, err := x509.ParseCertificate(block.Bytes)
		Expect(err).NotTo(HaveOccurred())
		for _, host := range []string{"sim.example.com", "192.0.2.7", "127.0.0.1", "localhost"} {
			Expect(certificate.VerifyHostname(host)).To(Succeed())
		}
	})

	It("serves an imported foundation, at its version or another one, and says what was assumed", func() {
		url, _, stderr := serving("--import", fixture("2.10"), "--vms", "cf=9", "--version", "2.10.60-build.1")
		Expect(string(stderr.Contents())).To(And(ContainSubstring("taken over"), ContainSubstring("9 VMs, as told"), ContainSubstring("Ops Manager 2.10.60-build.1 is simulated")))
		out, _, err := opsmanSim("dump", url)
		Expect(err).NotTo(HaveOccurred())
		Expect(out).To(And(ContainSubstring(`"guid": "f7bc18f34f2a7a9403c3"`), ContainSubstring(`"broken_handshakes": []`)))
	})

	It("can start locked", func() {
		url, _, _ := serving("--locked")
		out, _, err := opsmanSim("dump", url)
		Expect(err).NotTo(HaveOccurred())
		Expect(out).To(ContainSubstring(`"locked": true`))
	})

	It("reads the shape of the foundation from a file", func() {
		path := filepath.Join(GinkgoT().TempDir(), "tiles.yml")
		Expect(os.WriteFile(path, []byte(`tiles:
- {identifier: cf, label: TAS, version: 2.13.35, jobs: {router: 2, compute: 3}}
- {identifier: redis, label: Redis, version: 1.0.0, depends_on: [cf], jobs: {broker: 1}, service_instances: 2, instance_jobs: {redis: 3}}
`), 0o600)).To(Succeed())
		_, _, stderr := serving("--tiles", path)
		Expect(string(stderr.Contents())).To(ContainSubstring("with 13 VMs"))
	})

	DescribeTable("refuses", func(want string, tiles string, args ...string) {
		path := filepath.Join(GinkgoT().TempDir(), "tiles.yml")
		Expect(os.WriteFile(path, []byte(tiles), 0o600)).To(Succeed())
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "TILES", path)
		}
		_, _, err := opsmanSim(args...)
		Expect(err).To(MatchError(ContainSubstring(want)))
	},
		Entry("no command", "expected one of", ""),
		Entry("an unknown flag", "unknown flag --speed", "", "serve", "--speed", "9"),
		Entry("a bad duration", "vm-delay", "", "serve", "--vm-delay", "slow"),
		Entry("a bad version", "3.0.25-build.1261", "", "serve", "--version", "newest", "--addr", "127.0.0.1:0"),
		Entry("an address that cannot be", "listen on", "", "serve", "--addr", "nowhere:x"),
		Entry("unknown keys in tiles", "expected for example", "tiles: [{name: cf}]", "serve", "--tiles", "TILES"),
		Entry("a tile without jobs", "needs identifier and jobs", "tiles: [{identifier: cf}]", "serve", "--tiles", "TILES"),
		Entry("jobs without numbers", "router: 3", "tiles: [{identifier: cf, jobs: {router: many}}]", "serve", "--tiles", "TILES"),
		Entry("tiles that are not there", "--tiles", "", "serve", "--tiles", "/nowhere"),
		Entry("a dump of nothing", "no simulator answers", "", "dump", "https://127.0.0.1:1"),
		Entry("a CA file that is none", "holds no PEM certificate", "tiles: []", "dump", "https://127.0.0.1:1", "--ca-file", "TILES"),
	)

	It("says which build it is, by command and by flag", func() {
		out, _, err := opsmanSim("version")
		Expect(err).NotTo(HaveOccurred())
		Expect(out).To(MatchRegexp(`^opsman-sim \S+ \(.+, go.+\)\n$`))

		flag, _, err := opsmanSim("--version")
		Expect(err).NotTo(HaveOccurred())
		Expect(flag).To(Equal(out))
	})

	It("explains itself", func() {
		out, _, err := opsmanSim("--help")
		Expect(err).NotTo(HaveOccurred())
		Expect(out).To(ContainSubstring("serve"))
	})
})
