package cli_test

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	opsmanca "github.com/opsman-ca/opsman-ca/internal/cli"
)

// asOpsmanCA makes the test binary the opsman-ca of a rehearsal.
const asOpsmanCA = "TEST_AS_OPSMAN_CA"

func TestMain(m *testing.M) {
	if os.Getenv(asOpsmanCA) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	code := opsmanca.Main(ctx, opsmanca.Environment{Stdout: os.Stdout, Stderr: os.Stderr, Args: os.Args[1:], Environ: os.Environ()})
	stop()
	os.Exit(code)
}

// om is the real one, quick.
func om() string {
	GinkgoHelper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "bin", "om-quick"))
	Expect(err).NotTo(HaveOccurred())
	Expect(path).To(BeAnExistingFile(), "the real om is missing: run `make bin/om-quick`")
	return path
}

var broken = regexp.MustCompile(`(\d+) TLS handshakes between VMs, none broken`)

var _ = Describe("opsman-sim rehearse", func() {
	rehearse := func(args ...string) (string, error) {
		GinkgoHelper()
		// What points to a real Ops Manager must not reach opsman-ca.
		for name, value := range map[string]string{
			asOpsmanCA: "1", "NO_COLOR": "1", "OM_TARGET": "https://real.example.com", "OM_CLIENT_ID": "real", "OM_CLIENT_SECRET": "hunter2",
			"OM_SKIP_SSL_VALIDATION": "false", "OPSMAN": `{"target":"https://real.example.com"}`, "ENV_FILE": "/nowhere/env.yml", "FROM": "nowhere", "TO": "nowhere",
		} {
			GinkgoT().Setenv(name, value)
		}
		args = append([]string{"rehearse", "--opsman-ca", os.Args[0], "--vm-delay", "0s"}, args...)
		stdout, stderr, err := opsmanSim(append(args, "--", "--om", om(), "--poll", "20ms")...)
		Expect(stdout + stderr).NotTo(Or(ContainSubstring("hunter2"), ContainSubstring("real.example.com")))
		return stdout + stderr, err
	}

	DescribeTable("rotates an imported foundation with the real opsman-ca and om", func(version, former string) {
		said, err := rehearse("--import", fixture(version), "--vms", "cf=8")
		Expect(err).NotTo(HaveOccurred(), said)
		Expect(said).To(And(ContainSubstring("plan from state settled"), ContainSubstring("settled: the rotation is complete"), ContainSubstring("root CA "+former)))
		Expect(broken.FindStringSubmatch(said)).NotTo(BeNil(), said)
		Expect(regexp.MustCompile(`[0-9a-f]{20} +true +\d{4}-\d\d-\d\d +(\d+) of (\d+) +(\d+) of (\d+)`).FindAllString(said, -1)).To(HaveLen(1), "one CA is left")
		Expect(regexp.MustCompile(former+` +(true|false)`).FindString(said)).To(BeEmpty(), "not the former one")
	},
		Entry("of 2.10", "2.10", "f7bc18f34f2a7a9403c3"),
		Entry("of 3.0 with TKGI", "3.0", "a8ee01e33e3e3e3303e3"),
		Entry("of 3.1", "3.1", "0d1c2b3a49586776a5b4"),
	)

	DescribeTable("refuses what would lead it elsewhere, and runs nothing", func(flag ...string) {
		stdout, stderr, err := opsmanSim(append([]string{"rehearse", "--opsman-ca", os.Args[0], "--", "--recreate-vms"}, flag...)...)
		Expect(err).To(MatchError(ContainSubstring(strings.Split(flag[0], "=")[0] + " behind -- is refused")))
		Expect(stdout + stderr).NotTo(ContainSubstring("opsman-ca plan"))
	},
		Entry(nil, "--target", "https://real.example.com"), Entry(nil, "--target=https://real.example.com"), Entry(nil, "--env=env.yml"),
		Entry(nil, "--ca-cert", "ca.pem"), Entry(nil, "-k"), Entry(nil, "-kthttps://real.example.com"), Entry(nil, "--from", "ca"), Entry(nil, "--client-id=x"),
	)

	It("fails when the program has not asked the simulated foundation anything", func() {
		_, _, err := opsmanSim("rehearse", "--opsman-ca", "/bin/true", "--vm-delay", "0s")
		Expect(err).To(MatchError(ContainSubstring("has not asked the simulated foundation anything")))
	})

	It("rotates the default foundation", func() {
		said, err := rehearse("--days-left", "30")
		Expect(err).NotTo(HaveOccurred(), said)
		Expect(said).To(ContainSubstring("none broken"))
	})

	It("fails as the rotation would, and shows where it stopped", func() {
		said, err := rehearse("--customer-ca")
		Expect(err).To(MatchError(ContainSubstring("opsman-ca rotate: exit status 1")))
		Expect(said).To(And(ContainSubstring("generate refused (customer-cas)"), ContainSubstring("VMs that trust it")))
	})
})
