package cli_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/opsman-ca/opsman-ca/internal/cli"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("metrics", func() {
	It("are text on standard output, with the host for the foundation's name", func() {
		f := serve(sim.Options{})
		r := run(f.environ, "metrics")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(And(
			ContainSubstring(`opsman_ca_state{foundation="127.0.0.1",state="settled"} 1`), ContainSubstring(`name="`+f.Dump().CAs[0].GUID+`"`),
			ContainSubstring("# TYPE opsman_ca_group_expiry_timestamp_seconds gauge\n"), Not(ContainSubstring(password))))
		Expect(f.changes()).To(BeEmpty())
	})

	It("take the state from what was known before", func() {
		f := serve(sim.Options{})
		folder := from(`{"state": "retired", "active": "` + f.Dump().CAs[0].GUID + `", "removed": "0123456789abcdef0123", "installation": "99"}`)
		Expect(run(f.environ, "metrics", "--from", folder).stdout).To(ContainSubstring(`state="retired"} 1`))
	})

	It("replace a file as a whole, for everybody to read, and leave nothing beside it", func() {
		f := serve(sim.Options{})
		folder := GinkgoT().TempDir()
		file := filepath.Join(folder, "opsman-ca.prom")
		Expect(os.WriteFile(file, []byte("old"), 0o600)).To(Succeed())
		r := run(append(f.environ, "FOUNDATION=prod-1"), "metrics", "--output", file)
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(BeEmpty())
		Expect(os.ReadFile(file)).To(ContainSubstring(`opsman_ca_up{foundation="prod-1"} 1`))
		info, err := os.Stat(file)
		Expect(err).NotTo(HaveOccurred())
		Expect(info.Mode().Perm()).To(Equal(os.FileMode(0o644)))
		Expect(os.ReadDir(folder)).To(HaveLen(1))
	})

	It("say that Ops Manager did not answer, and fail", func() {
		f := serve(sim.Options{})
		f.environ[2] = "OM_PASSWORD=wrong-7c2e"
		file := filepath.Join(GinkgoT().TempDir(), "opsman-ca.prom")
		r := run(f.environ, "metrics", "--output", file)
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(ContainSubstring("bad credentials"), Not(ContainSubstring("wrong-7c2e"))))
		content, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(content)).To(And(ContainSubstring(`opsman_ca_up{foundation="127.0.0.1"} 0`), Not(ContainSubstring("opsman_ca_state")), Not(ContainSubstring("wrong-7c2e"))))
	})

	It("fail where the file cannot be", func() {
		f := serve(sim.Options{})
		folder := GinkgoT().TempDir()
		r := run(f.environ, "metrics", "--output", filepath.Join(folder, "none", "x.prom"))
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("no such file or directory): expected a file in a folder that is there, for example /var/lib/node_exporter/opsman-ca.prom"))
		Expect(os.Mkdir(filepath.Join(folder, "x.prom"), 0o755)).To(Succeed())
		Expect(run(f.environ, "metrics", "--output", filepath.Join(folder, "x.prom")).code).To(Equal(1))
		Expect(os.ReadDir(folder)).To(HaveLen(1), "nothing is left over")
	})
})

var _ = Describe("serve-metrics", func() {
	It("serves until it is told to end", func() {
		f := serve(sim.Options{})
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		stderr := gbytes.NewBuffer()
		code := make(chan int, 1)
		go func() {
			code <- cli.Main(ctx, cli.Environment{Stdout: io.Discard, Stderr: stderr, Environ: append(f.environ, "LISTEN=127.0.0.1:0", "INTERVAL=1h"), Args: []string{"serve-metrics"}})
		}()
		Eventually(stderr).Should(gbytes.Say(`serving metrics on http://127\.0\.0\.1:\d+/metrics; Ops Manager is looked at every 1h0m0s\n`))
		address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/metrics`).Find(stderr.Contents())
		Eventually(func(g Gomega) {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, string(address), http.NoBody)
			g.Expect(err).NotTo(HaveOccurred())
			answer, err := http.DefaultClient.Do(request)
			g.Expect(err).NotTo(HaveOccurred())
			defer answer.Body.Close() //nolint:errcheck // it is read
			g.Expect(answer).To(HaveHTTPStatus(http.StatusOK))
			g.Expect(answer).To(HaveHTTPBody(And(ContainSubstring(`opsman_ca_state{foundation="127.0.0.1",state="settled"} 1`), Not(ContainSubstring(password)))))
		}).WithTimeout(10 * time.Second).Should(Succeed())
		stop()
		Eventually(code).WithTimeout(5 * time.Second).Should(Receive(Equal(0)))
	})

	DescribeTable("refuses",
		func(wanted string, args ...string) {
			f := serve(sim.Options{})
			r := run(f.environ, append([]string{"serve-metrics"}, args...)...)
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(ContainSubstring(wanted))
			Expect(f.Ledger().Requests).To(BeEmpty())
		},
		Entry("to look all the time", "--interval 5s is too short: ", "--interval=5s"),
		Entry("an address that is none", "--listen \"nowhere\" is no address to listen on (", "--listen=nowhere"),
	)
})
