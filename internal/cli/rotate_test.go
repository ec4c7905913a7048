package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/cli"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// withServices are TAS and a tile with a service instance.
func withServices() sim.Options {
	return sim.Options{Tiles: []sim.Tile{
		{Identifier: "cf", Label: "TAS", Version: "6.0.3", Jobs: []sim.Job{{Name: "router", Instances: 1}}},
		sim.ServiceTile("p.mysql", "MySQL", "3.2.0", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1}),
	}}
}

// quickly are the flags that make om and the supervision quick.
func quickly() []string {
	GinkgoHelper()
	om, err := filepath.Abs(filepath.Join("..", "..", "bin", "om-quick"))
	Expect(err).NotTo(HaveOccurred())
	Expect(om).To(BeAnExistingFile(), "the real om is missing: run `make bin/om-quick`")
	return []string{"--om", om, "--poll", "20ms", "--heartbeat", "1s"}
}

func (f *foundation) rotate(args ...string) ran {
	GinkgoHelper()
	return run(f.environ, append(append([]string{"rotate"}, quickly()...), args...)...)
}

// changes are the requests so far that change something, but for errands and
// logins.
func (f *foundation) changes() []string {
	var all []string
	for _, r := range f.Ledger().Requests {
		if r.Method != http.MethodGet && !strings.HasPrefix(r.Path, "/uaa/") {
			all = append(all, r.Method+" "+strings.TrimPrefix(r.Path, "/api/v0/"))
		}
	}
	return all
}

func (f *foundation) fault(ft faults.Fault) {
	GinkgoHelper()
	_, err := f.AddFault(ft)
	Expect(err).NotTo(HaveOccurred())
}

func version(folder string) map[string]string {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(folder, "version.json"))
	Expect(err).NotTo(HaveOccurred())
	var v map[string]string
	Expect(json.Unmarshal(text, &v)).To(Succeed())
	return v
}

const wholeTable = `(?s)leg +state +took.*generate +generated.*apply changes, verify +trusted.*activate +activated.*regenerate +regenerated.*` +
	`apply changes, verify +replaced.*delete +retired.*apply changes, verify +settled`

var _ = Describe("rotate", func() {
	It("goes to the end past a customer's CA that is named", func() {
		f := serve(sim.Options{CustomerCA: true})
		r := f.rotate("--exclude-from-rotation", "/customer/tls_ca")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(And(MatchRegexp(wholeTable), ContainSubstring("note: excluded from this rotation: /customer/tls_ca (as wanted), /services/tls_ca (always)")))
		Expect(f.Dump().Broken).To(BeEmpty())
	})

	It("runs the whole procedure, service instances and all, without an outage", func() {
		f := serve(withServices())
		first, to := f.Dump().CAs[0].GUID, GinkgoT().TempDir()
		r := f.rotate("--to", to)
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(BeEmpty())
		state := f.Dump()
		Expect(state.Broken).To(BeEmpty())
		Expect(state.CAs).To(ConsistOf(HaveField("GUID", Not(Equal(first)))))
		Expect(f.changes()).To(Equal([]string{
			"POST certificate_authorities/generate", "POST installations",
			"POST certificate_authorities/" + state.CAs[0].GUID + "/activate", "POST certificate_authorities/active/regenerate", "POST installations",
			"DELETE certificate_authorities/" + first, "POST installations",
		}))
		Expect(r.stderr).To(And(MatchRegexp(wholeTable), ContainSubstring("▼ activate: "), MatchRegexp(`p\.mysql +upgrade-all-service-instances +runs `)))
		Expect(version(to)).To(And(HaveKeyWithValue("state", "settled"), HaveKeyWithValue("removed", first)))
		Expect(filepath.Join(to, "retiring.pem")).NotTo(BeAnExistingFile())
	})

	It("works on 2.10, which cannot list outdated deployments", func() {
		o := withServices()
		o.Version = "2.10.63-build.1"
		f := serve(o)
		r := f.rotate("--recreate-vms")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(f.Dump().Broken).To(BeEmpty())
		Expect(r.stderr).To(And(MatchRegexp(wholeTable), MatchRegexp(`p\.mysql +recreate-all-service-instances +runs `)))
	})

	DescribeTable("applies changes first where it requires a recent apply changes of all products and none is shown",
		func(plain bool) {
			o := withServices()
			o.PlainLogs = plain
			f := serve(o)
			f.Advance(31 * 24 * time.Hour)
			r := f.rotate("--require-full-apply")
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(f.Dump().Broken).To(BeEmpty())
			Expect(r.stderr).To(ContainSubstring("▼ apply changes before the rotation"))
			Expect(strings.Count(r.stderr, "▼ apply changes")).To(Equal(4))
			Expect(strings.Contains(r.stderr, "is shown by the record that our own apply changes left")).To(Equal(plain))
		},
		Entry("by its log", false),
		Entry("by the record of its own, where the log does not tell", true),
	)

	It("refuses to begin where the apply changes before it did not upgrade service instances", func() {
		f := serve(withServices())
		f.Advance(31 * 24 * time.Hour)
		Expect(f.Operator(sim.Action{Do: "errand", Product: "p.mysql", Errand: "upgrade-all-service-instances"})).To(Succeed())
		r := f.rotate("--require-full-apply", "--no-service-errands")
		Expect(r.code).To(Equal(1), r.stderr)
		Expect(r.stderr).To(ContainSubstring("generate refused (full-apply-missing): nothing shows that service instances were upgraded lately"))
		Expect(f.changes()).NotTo(ContainElement(ContainSubstring("certificate_authorities")))
	})

	It("refuses to deploy what another operator staged, and changes nothing", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		for _, args := range [][]string{nil, {"--dry-run"}} {
			r := f.rotate(args...)
			Expect(r.code).To(Equal(1), r.stderr)
			Expect(r.stderr).To(And(ContainSubstring("error: rotate refused (pending-changes): "), ContainSubstring("update of TAS"), ContainSubstring(`add "pending-changes" to --accept`)))
			Expect(f.changes()).To(BeEmpty())
		}
	})

	// Each of these alone is answered by an apply changes before the rotation.
	DescribeTable("refuses to deploy it for something else, too",
		func(disturb func(f *foundation)) {
			f := serve(withServices())
			disturb(f)
			Expect(f.Operator(sim.Action{Do: "stage", Product: "p.mysql"})).To(Succeed())
			r := f.rotate()
			Expect(r.code).To(Equal(1), r.stderr)
			Expect(r.stderr).To(And(ContainSubstring("error: rotate refused (pending-changes): "), ContainSubstring("update of MySQL"), ContainSubstring("one has to come first, for ")))
			Expect(f.changes()).To(BeEmpty())
			r = f.rotate("--accept", "pending-changes")
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(f.changes()[:2]).To(Equal([]string{"POST installations", "POST certificate_authorities/generate"}))
			Expect(f.Dump().Broken).To(BeEmpty())
		},
		Entry("an installation that failed", func(f *foundation) {
			f.fault(faults.Fault{Effect: faults.FailProduct, Product: "cf"})
			Expect(f.Operator(sim.Action{Do: "apply", Wait: true})).NotTo(Succeed())
		}),
		Entry("an upgrade of Ops Manager", func(f *foundation) {
			Expect(f.Operator(sim.Action{Do: "upgrade", Version: "3.1.3-build.9"})).To(Succeed())
		}),
	)

	DescribeTable("stops in the middle at what another operator staged, until it is accepted or reverted",
		func(leg int, phase string) {
			f := serve(withServices())
			f.fault(faults.Fault{Effect: faults.FailProduct, Product: "cf", Skip: leg})
			to := GinkgoT().TempDir()
			Expect(f.rotate("--to", to).code).To(Equal(1))
			Expect(version(to)).To(HaveKeyWithValue("state", phase))
			Expect(f.Operator(sim.Action{Do: "stage", Product: "p.mysql"})).To(Succeed())
			before := f.changes()
			for _, args := range [][]string{{"--from", to}, {"--from", to, "--dry-run"}} {
				r := f.rotate(args...)
				Expect(r.code).To(Equal(1), r.stderr)
				Expect(r.stderr).To(And(ContainSubstring("rotate refused (pending-changes): "), ContainSubstring("update of MySQL; revert them, or deploy them"), ContainSubstring(`add "pending-changes" to --accept`)))
				Expect(f.changes()).To(Equal(before))
			}
			r := f.rotate("--from", to, "--accept", "pending-changes")
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(r.stderr).To(ContainSubstring("Ops Manager deploys them together with the rotation's: update of MySQL"))
			Expect(f.Dump().Broken).To(BeEmpty())
		},
		Entry("at the first apply", 0, "generated"), Entry("at the second apply", 1, "regenerated"), Entry("at the third apply", 2, "retired"),
	)

	It("takes no call of its own for another operator's change, where Ops Manager shows CA calls as updates", func() {
		o := withServices()
		o.CAChangesPending = true
		f := serve(o)
		r := f.rotate()
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(f.Dump().Broken).To(BeEmpty())
	})

	It("shows in the plan what would be deployed before the rotation", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		r := f.rotate("--dry-run", "--accept", "pending-changes")
		Expect(r.code).To(Equal(0), r.stderr)
		shown := MatchRegexp(`1 +next +apply +settled +before the rotation, deploys what is staged: update of TAS`)
		Expect(r.stdout).To(And(shown, MatchRegexp(`2 +later +generate `), ContainSubstring("accepted (pending-changes): "), Not(ContainSubstring("in the way")), Not(ContainSubstring("if you know better"))))
		Expect(run(f.environ, "plan").stdout).To(And(shown, MatchRegexp(`8 +later +apply `), ContainSubstring("in the way (pending-changes)")))
		Expect(f.changes()).To(BeEmpty())
	})

	It("applies first what is pending, when that is accepted", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		r := f.rotate("--accept", "pending-changes")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(f.changes()[:2]).To(Equal([]string{"POST installations", "POST certificate_authorities/generate"}))
		Expect(r.stderr).To(ContainSubstring("▼ apply changes before the rotation"))
	})

	DescribeTable("stopped anywhere, goes on when it is run again",
		func(fault faults.Fault, leg string, from bool) {
			f := serve(withServices())
			first := f.Dump().CAs[0].GUID
			folder := GinkgoT().TempDir()
			f.fault(fault)
			r := f.rotate("--to", folder)
			Expect(r.code).To(Equal(1), r.stderr)
			Expect(r.stderr).To(And(ContainSubstring(`error: rotate stopped at "`+leg+`"`), ContainSubstring("run it again"), ContainSubstring("stopped in ")))
			args := []string{}
			if from {
				args = []string{"--from", folder, "--to", folder}
			}
			r = f.rotate(args...)
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(f.Dump().CAs).To(ConsistOf(HaveField("GUID", Not(Equal(first)))))
			Expect(f.Dump().Broken).To(BeEmpty())
			Expect(strings.Count(strings.Join(f.changes(), " "), "/generate")).To(Equal(1), "one candidate")
		},
		Entry("at the first apply", faults.Fault{Effect: faults.FailProduct, Product: "cf"}, "apply changes, verify", false),
		Entry("at the first apply, with a version", faults.Fault{Effect: faults.FailProduct, Product: "cf"}, "apply changes, verify", true),
		Entry("at the second apply", faults.Fault{Effect: faults.FailProduct, Product: "cf", Skip: 1}, "apply changes, verify", false),
		Entry("at the second apply, with a version", faults.Fault{Effect: faults.FailProduct, Product: "cf", Skip: 1}, "apply changes, verify", true),
		Entry("at activate", faults.Fault{Method: "POST", Path: "/api/v0/certificate_authorities/*/activate", Effect: faults.Answer, Status: 422, Body: `{"errors":["no"]}`}, "activate", false),
		Entry("at delete", faults.Fault{Method: "DELETE", Path: "/api/v0/certificate_authorities/*", Effect: faults.Answer, Status: 422, Body: `{"errors":["no"]}`}, "delete", true),
		Entry("at the last apply, with a version", faults.Fault{Effect: faults.FailProduct, Product: "cf", Skip: 2}, "apply changes, verify", true),
	)

	It("ends an earlier run's rotation when its last apply may be outstanding, and begins none", func() {
		f := serve(sim.Options{})
		f.fault(faults.Fault{Effect: faults.FailProduct, Product: "cf", Skip: 2})
		Expect(f.rotate().code).To(Equal(1))
		Expect(f.Dump().CAs).To(HaveLen(1))
		r := f.rotate()
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(And(ContainSubstring("note: the last apply changes of its rotation may be outstanding"), ContainSubstring("no new rotation was begun")))
		Expect(f.Dump().CAs).To(HaveLen(1))
		Expect(f.changes()[len(f.changes())-1]).To(Equal("POST installations"))
		r = f.rotate("--expires-within", "30d")
		Expect(r.stderr).To(ContainSubstring("nothing to do: not due"), "now it is known to be complete")
		Expect(f.rotate().stderr).To(ContainSubstring("nothing to do: the active CA " + f.Dump().CAs[0].GUID + " was created less than a week ago"))
		Expect(f.Dump().CAs).To(HaveLen(1))
	})

	It("goes on with the rotation that is due behind the one that it ends", func() {
		for name, unfinished := range map[string]func(*foundation){
			"its last apply changes is outstanding": func(f *foundation) {
				f.fault(faults.Fault{Effect: faults.FailProduct, Product: "cf", Skip: 2})
				Expect(f.rotate().code).To(Equal(1))
				Expect(f.Dump().CAs).To(HaveLen(1))
			},
			"its former CA was never deleted": func(f *foundation) {
				f.fault(faults.Fault{Method: "DELETE", Path: "/api/v0/certificate_authorities/*", Effect: faults.Answer, Status: 422, Body: `{"errors":["no"]}`})
				Expect(f.rotate().code).To(Equal(1))
				Expect(f.Dump().CAs).To(HaveLen(2))
			},
		} {
			By(name)
			f := serve(sim.Options{CAValidity: 400 * 24 * time.Hour, LeafValidity: 4000 * 24 * time.Hour, CAAge: 300 * 24 * time.Hour, LeafAge: 24 * time.Hour})
			unfinished(f)
			f.Advance(350 * 24 * time.Hour)
			was := f.Dump().CAs
			r := f.rotate("--expires-within", "3m")
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(r.stderr).To(And(ContainSubstring("note: the rotation before has ended, and another is due within 3m"), ContainSubstring("the rotation is complete")))
			now := f.Dump().CAs
			Expect(now).To(HaveLen(1))
			for _, ca := range was {
				Expect(now[0].GUID).NotTo(Equal(ca.GUID))
			}
			Expect(f.Dump().Broken).To(BeEmpty())
		}
	})

	It("waits for the installation of another operator before it begins", func() {
		f := serve(sim.Options{VMDelay: 100 * time.Millisecond})
		Expect(f.Operator(sim.Action{Do: "apply"})).To(Succeed())
		r := f.rotate()
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(ContainSubstring("waiting for it to end"))
		Expect(f.changes()[0]).To(Equal("POST certificate_authorities/generate"))
	})

	It("does nothing when nothing is due, says so, and hands the version on", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		to := GinkgoT().TempDir()
		r := f.rotate("--expires-within", "30d", "--to", to)
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(ContainSubstring("nothing to do: not due: nothing that a rotation replaces expires within 30d"))
		Expect(f.changes()).To(BeEmpty())
		Expect(version(to)).To(HaveKeyWithValue("state", "settled"))
	})

	DescribeTable("begins nothing with an errand configuration that its apply changes would refuse", func(config, why string) {
		f := serve(withServices())
		file := filepath.Join(GinkgoT().TempDir(), "errands.yml")
		Expect(os.WriteFile(file, []byte(config), 0o600)).To(Succeed())
		r := f.rotate("--config", file)
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring(why))
		Expect(f.changes()).To(BeEmpty())
	},
		Entry("of a product that is not staged", "errands: {p.mysqll: {run_post_deploy: {smoke-tests: false}}}", "p.mysqll"),
		Entry("that cannot be read", "errands: [", "cannot be read"),
	)

	It("shows the plan in a dry run", func() {
		f := serve(withServices())
		r := f.rotate("--dry-run")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(And(HavePrefix("plan from state settled"), ContainSubstring("upgrade-all-service-instances")))
		Expect(r.stderr).To(ContainSubstring("dry run: nothing was changed"))
		Expect(f.changes()).To(BeEmpty())
	})

	It("leaves what is known alone in a dry run", func() {
		f := serve(withServices())
		f.fault(faults.Fault{Effect: faults.FailProduct, Product: "cf", Skip: 2})
		to := GinkgoT().TempDir()
		Expect(f.rotate("--to", to).code).To(Equal(1))
		known := version(to)
		Expect(known).To(HaveKeyWithValue("state", "retired"))
		Expect(f.rotate("--dry-run", "--to", to).stderr).To(ContainSubstring("changes would be applied, and no rotation would begin"))
		Expect(version(to)).To(Equal(known))
		Expect(f.rotate("--dry-run", "--from", to, "--to", to).code).To(Equal(0))
		Expect(version(to)).To(Equal(known))
	})

	It("refuses before anything, and lists every problem", func() {
		f := serve(sim.Options{})
		f.environ = append(f.environ, "PRODUCT_NAMES=cf")
		r := f.rotate("--accept", "not-reached", "--certificate", "cert.pem", "--from", "/nowhere")
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(ContainSubstring("error: a selective deploy is refused (the environment variable PRODUCT_NAMES)"),
			ContainSubstring(`error: --accept "not-reached" cannot be accepted`), ContainSubstring("error: --private-key is missing"), ContainSubstring(`error: --from "/nowhere" does not exist`)))
		Expect(f.Ledger().Requests).To(BeEmpty())
	})

	It("does not go on from another foundation's version, or in a blocked one", func() {
		f := serve(sim.Options{})
		r := f.rotate("--from", from(`{"state":"settled","active":"0123456789abcdef0123"}`))
		Expect(r.stderr).To(ContainSubstring("error: rotate refused (finished-rotation): "), "one CA, another one: its rotation is over or not this foundation's")
		f.operate("generate", "generate")
		r = f.rotate()
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("error: rotate refused (too-many-cas): "))
		Expect(f.changes()).To(BeEmpty())
	})

	It("leaves the installation alone when it is told to end, and says how to go on", func(ctx SpecContext) {
		f := serve(sim.Options{VMDelay: 300 * time.Millisecond})
		stopped, stop := context.WithCancel(ctx)
		defer stop()
		out := &watched{until: "Updating instance", then: stop}
		code := cli.Main(stopped, cli.Environment{Stdout: out, Stderr: out, Args: append([]string{"rotate"}, quickly()...), Environ: f.environ})
		Expect(code).To(Equal(1))
		Expect(out.String()).To(And(MatchRegexp(`error: interrupted: installation \d+ goes on`), ContainSubstring(`rotate stopped at "apply changes, verify", in state generated`)))
		f.SetVMDelay(0)
		Expect(f.rotate().code).To(Equal(0))
		Expect(f.Dump().Broken).To(BeEmpty())
	})
})

// watched does something when a text is written.
type watched struct {
	mu    sync.Mutex
	text  bytes.Buffer
	until string
	then  func()
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.text.Write(p)
	if bytes.Contains(w.text.Bytes(), []byte(w.until)) {
		w.then()
	}
	return n, err
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}
