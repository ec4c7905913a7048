package cli_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// finding is one of a preflight's JSON.
type finding struct {
	Code, Name, Status, Message string
	Next                        *string
	Acceptable                  *bool
}

// flown is a preflight's JSON.
type flown struct {
	OpsManager string `json:"ops_manager"`
	State, At  string
	Findings   []finding
	MayBegin   bool `json:"may_begin"`
}

func (p flown) codes(status string) []string {
	all := []string{}
	for _, f := range p.Findings {
		if f.Status == status {
			all = append(all, f.Code)
		}
	}
	return all
}

func (f *foundation) preflight(args ...string) (flown, ran) {
	GinkgoHelper()
	r := run(f.environ, append([]string{"preflight", "--json"}, args...)...)
	var p flown
	decoder := json.NewDecoder(strings.NewReader(r.stdout))
	decoder.DisallowUnknownFields()
	Expect(decoder.Decode(&p)).To(Succeed(), r.stdout+r.stderr)
	Expect(p.MayBegin).To(Equal(r.code == 0))
	Expect(p.codes("refuses")).To(HaveLen(len(p.Findings) - len(p.codes("unknown")) - len(p.codes("accepted")) - len(p.codes("note")) - len(p.codes("passes"))))
	for _, x := range p.Findings {
		Expect(x.Name).NotTo(BeEmpty())
		Expect(x.Message).NotTo(BeEmpty())
		Expect(x.Next).NotTo(BeNil(), "the keys are stable")
		Expect(x.Acceptable).NotTo(BeNil())
	}
	return p, r
}

// asked are the requests so far with a token.
func (f *foundation) asked() []string {
	var all []string
	for _, r := range f.Ledger().Requests {
		if !strings.HasPrefix(r.Path, "/uaa/") {
			all = append(all, r.Method+" "+r.Path)
		}
	}
	return all
}

var _ = Describe("preflight", func() {
	It("passes a healthy foundation, and lists what passes", func() {
		f := serve(sim.Options{})
		p, r := f.preflight()
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(p.State).To(Equal("settled"))
		Expect(p.OpsManager).To(Equal("3.1.2-build.5"))
		Expect(time.Parse(time.RFC3339, p.At)).NotTo(BeZero())
		Expect(p.codes("passes")).To(ContainElements("ready", "installation-running", "installation-failed", "pending-changes", "recreate-needed", "customer-cas", "dns-auto-rotation", "pre-deploy-check", "no-write-scope"))
		Expect(p.codes("note")).To(ContainElements("backup", "other-pipelines", "duration", "way-back"))
		Expect(f.changes()).To(BeEmpty())

		r = run(f.environ, "preflight")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(And(
			HavePrefix("preflight state settled, Ops Manager 3.1.2-build.5, "), MatchRegexp(`\na rotation may begin: \d+ to know, \d+ passed\n`),
			MatchRegexp(`\nnote: backup \(backup\)\n    no API tells .*\n    → om export-installation`), ContainSubstring("\npasses: stemcells (recreate-needed)\n    every VM takes new certificates"),
		))
		Expect(r.stderr).NotTo(ContainSubstring("error:"))
	})

	DescribeTable("passes the reference foundation with no accept", func(version string) {
		o := sim.ReferenceFoundation()
		o.Version = version
		f := serve(o)
		p, r := f.preflight()
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(p.codes("refuses")).To(BeEmpty())
		Expect(p.codes("accepted")).To(BeEmpty())
		Expect(p.codes("note")).To(ContainElement("pre-deploy-check"), "its verifier that fails can be ignored")
	}, Entry(nil, "3.1.2-build.5"), Entry(nil, "2.10.60-build.1"))

	DescribeTable("refuses by code, as generate does, and changes nothing",
		func(o sim.Options, codes []string, args ...string) {
			f := serve(o)
			p, r := f.preflight(args...)
			Expect(r.code).To(Equal(1))
			Expect(p.codes("refuses")).To(ConsistOf(codes))
			Expect(r.stderr).To(ContainSubstring("error: a rotation must not begin (" + strings.Join(p.codes("refuses"), ", ") + "): "))
			Expect(strings.Count(r.stderr, "error:")).To(Equal(1))
			Expect(r.stderr).To(ContainSubstring("docs/troubleshooting.md#" + codes[0]))
			generate := run(f.environ, append([]string{"generate"}, args...)...)
			Expect(generate.code).To(Equal(1))
			Expect(generate.stderr).To(ContainSubstring("generate refused (" + p.codes("refuses")[0] + ")"))
			Expect(f.changes()).To(BeEmpty())
		},
		Entry("old stemcells", sim.Options{OldStemcells: true}, []string{"recreate-needed"}),
		Entry("an old Ops Manager", sim.Options{Version: "2.10.10-build.1"}, []string{"recreate-needed"}),
		Entry("a customer's CA", sim.Options{CustomerCA: true}, []string{"customer-cas"}),
		Entry("a customer's CA, another one named", sim.Options{CustomerCA: true}, []string{"customer-cas"}, "--exclude-from-rotation", "/another"),
		Entry("a certificate of an operator", sim.Options{ConfigurableLeaf: true}, []string{"configurable-certificates-ahead"}),
		Entry("BOSH DNS by itself", sim.Options{AutoRotateDNS: true}, []string{"dns-auto-rotation"}),
		Entry("a login that only looks", sim.Options{Scope: "opsman.full_view"}, []string{"no-write-scope"}),
		Entry("a CA below the root that has expired", sim.Options{SubCAs: []sim.SubCA{{Path: "/cf_ca", Left: -time.Hour}}}, []string{"expired-ca"}),
		Entry("a director that is not ready", sim.Options{DirectorVerifiers: []sim.Verifier{{Type: "AvailabilityZonesVerifier", Errors: []string{"there is none"}}}}, []string{"pre-deploy-check"}),
		Entry("all at once", sim.Options{OldStemcells: true, CustomerCA: true, ConfigurableLeaf: true}, []string{"customer-cas", "recreate-needed", "configurable-certificates-ahead"}),
	)

	DescribeTable("passes with the option that sets it right, or accepts it",
		func(o sim.Options, status, code string, args ...string) {
			f := serve(o)
			p, r := f.preflight(args...)
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(p.codes(status)).To(ContainElement(code))
			plan := run(f.environ, append([]string{"plan"}, args...)...)
			Expect(plan.code).To(Equal(0))
			Expect(plan.stdout).NotTo(ContainSubstring("in the way"))
		},
		Entry("recreate", sim.Options{OldStemcells: true}, "note", "recreate-needed", "--recreate-vms"),
		Entry("exclude", sim.Options{CustomerCA: true}, "passes", "certificates-unknown", "--exclude-from-rotation", "/customer/tls_ca"),
		Entry("accept", sim.Options{ConfigurableLeaf: true}, "accepted", "configurable-certificates-ahead", "--accept", "configurable-certificates-ahead"),
	)

	It("demands a recent apply changes of all products where that is asked, of generate, plan and rotate as well", func() {
		f := serve(withServices())
		f.Advance(31 * 24 * time.Hour)
		p, r := f.preflight()
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(p.codes("note")).To(ContainElement("full-apply-missing"))
		p, r = f.preflight("--require-full-apply")
		Expect(r.code).To(Equal(1))
		Expect(p.codes("refuses")).To(Equal([]string{"full-apply-missing"}))
		for _, environ := range [][]string{f.environ, append(slices.Clone(f.environ), "ENV_FILE=", "REQUIRE_FULL_APPLY=true")} {
			args := []string{"generate"}
			if len(environ) == len(f.environ) {
				args = append(args, "--require-full-apply")
			}
			r = run(environ, args...)
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(And(ContainSubstring("generate refused (full-apply-missing): no successful deployment within 30 days is known of BOSH Director"), ContainSubstring("docs/troubleshooting.md#full-apply-missing")))
		}
		r = run(f.environ, "plan", "--require-full-apply")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(ContainSubstring("no successful deployment within 30 days is known of BOSH Director"))
		r = f.rotate("--dry-run", "--require-full-apply")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(MatchRegexp(`1 +next +apply +settled +no successful deployment within 30 days`))
		Expect(f.changes()).To(BeEmpty())

		By("which an apply changes with the upgrade-all errands is")
		Expect(f.Operator(sim.Action{Do: "errand", Product: "p.mysql", Errand: "upgrade-all-service-instances", On: true})).To(Succeed())
		Expect(f.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
		before := len(f.asked())
		p, r = f.preflight("--require-full-apply")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(p.codes("passes")).To(ContainElement("full-apply-missing"))
		Expect(f.asked()[before:]).To(ContainElement(HaveSuffix("/logs")))
	})

	It("refuses for what any phase is refused for, all of it at once", func() {
		f := serve(withServices())
		f.fault(faults.Fault{Effect: faults.FailProduct, Product: "cf"})
		Expect(f.Operator(sim.Action{Do: "apply", Wait: true})).NotTo(Succeed())
		Expect(f.Operator(sim.Action{Do: "stage", Product: "p.mysql"})).To(Succeed())
		Expect(f.Operator(sim.Action{Do: "upgrade", Version: "3.1.3-build.9"})).To(Succeed())
		p, r := f.preflight()
		Expect(r.code).To(Equal(1))
		Expect(p.codes("refuses")).To(ContainElements("installation-failed", "pending-changes", "ops-manager-upgraded"))
		Expect(r.stderr).To(MatchRegexp(`error: a rotation must not begin \(installation-failed, .*pending-changes.*\): each finding says what to do`))
	})

	It("says that a rotation is under way, and which way back there is", func() {
		f := serve(sim.Options{})
		f.operate("generate")
		before := len(f.asked())
		p, r := f.preflight()
		Expect(r.code).To(Equal(1))
		Expect(p.State).To(Equal("generated"))
		Expect(p.codes("refuses")).To(Equal([]string{"rotation-under-way"}))
		Expect(p.codes("note")).To(Equal([]string{"way-back"}))
		Expect(r.stderr).To(And(ContainSubstring("error: preflight is for before generate (rotation-under-way): a rotation is under way already: state generated, "), ContainSubstring("go on with it: run apply changes on all products")))
		Expect(f.asked()[before:]).NotTo(ContainElement(HaveSuffix("pre_deploy_check")))
	})

	It("says why a foundation is blocked", func() {
		f := serve(sim.Options{})
		f.operate("generate", "generate")
		p, r := f.preflight()
		Expect(r.code).To(Equal(1))
		Expect(p.State).To(Equal("blocked"))
		Expect(p.codes("refuses")).To(Equal([]string{"too-many-cas"}))
		Expect(r.stderr).To(ContainSubstring("error: a rotation must not begin (too-many-cas): Ops Manager lists 3 certificate authorities"))
	})

	It("refuses a version of another CA", func() {
		f := serve(sim.Options{})
		_, r := f.preflight("--from", from(`{"state":"settled","active":"aaaa18f34f2a7a9403c3"}`))
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("error: a rotation must not begin (finished-rotation): "))
	})

	It("names the flag, and in a task the variable, with which a refusal is accepted", func() {
		f := serve(sim.Options{AutoRotateDNS: true})
		Expect(run(f.environ, "preflight").stdout).To(ContainSubstring(`; or, if you know better, add "dns-auto-rotation" to --accept`))
		r := run(append(f.environ, "ENV_FILE="), "preflight")
		Expect(r.stdout).To(ContainSubstring(`add "dns-auto-rotation" to ACCEPT`))
		Expect(r.stderr).To(ContainSubstring(`add "dns-auto-rotation" to ACCEPT`))
	})

	It("names all that is wrong with its options, before anything is asked", func() {
		f := serve(sim.Options{})
		r := run(append(f.environ, "ACCEPT=all", "EXCLUDE_FROM_ROTATION=/corp/*"), "preflight")
		Expect(r.code).To(Equal(1))
		Expect(r.stdout).To(BeEmpty())
		Expect(r.stderr).To(And(ContainSubstring(`error: ACCEPT "all" cannot be accepted`), ContainSubstring("error: EXCLUDE_FROM_ROTATION has")))
		Expect(f.asked()).To(BeEmpty())
	})

	It("costs Ops Manager what docs/resource.md says", func() {
		f := serve(sim.Options{})
		f.preflight()
		requests := f.asked()
		checks := slices.DeleteFunc(slices.Clone(requests), func(r string) bool { return !strings.HasSuffix(r, "pre_deploy_check") })
		Expect(checks).To(HaveLen(2), "the director and TAS")
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", "resource.md"))
		Expect(err).NotTo(HaveOccurred())
		Expect(len(requests) - len(checks) + 1).To(Equal(9))
		Expect(string(page)).To(MatchRegexp("(?m)^\\| `preflight`[^|]*\\| 9, and one pre-deploy check"))

		By("with one log more where tiles have service instances")
		f = serve(sim.Options{Tiles: []sim.Tile{
			sim.ServiceTile("p.mysql", "MySQL", "2.10.16", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1}),
			sim.ServiceTile("p.redis", "Redis", "3.2.0", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "redis", Instances: 1}),
		}})
		f.preflight()
		logs := slices.DeleteFunc(f.asked(), func(r string) bool { return !strings.HasSuffix(r, "/logs") })
		Expect(logs).To(HaveLen(1), "one installation ran the errands of both")
		Expect(string(page)).To(MatchRegexp("(?m)^\\| `preflight`[^|]*\\|[^|]*; where tiles have service instances, 1 log of an installation as a rule, and 5 at most"))
	})

	DescribeTable("names the tile, and how many, where the last upgrade errand passed by service instances; generate and rotate refuse for it as well",
		func(version string) {
			mysql := sim.ServiceTile("p.mysql", "MySQL", "2.10.16", 3, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1})
			redis := sim.ServiceTile("p.redis", "Redis", "3.2.0", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "redis", Instances: 1})
			mysql.Orphans = 2
			f := serve(sim.Options{Version: version, Tiles: []sim.Tile{mysql, redis}})
			const said = "MySQL: upgrade-all-service-instances of installation 2 says that it passed by 2 that Cloud Foundry does not know any more"
			for _, args := range [][]string{{"preflight"}, {"plan"}, {"report", "--preflight"}} {
				Expect(run(f.environ, args...).stdout).To(And(ContainSubstring("orphaned-instances"), ContainSubstring(said), Not(ContainSubstring("Redis: upgrade-all-service-instances of"))), args[0])
			}
			Expect(run(f.environ, "preflight").code).To(Equal(1))
			r := run(f.environ, "generate")
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(And(ContainSubstring("generate refused (orphaned-instances)"), ContainSubstring(said), ContainSubstring(`add "orphaned-instances" to --accept`)))
			Expect(run(f.environ, "preflight", "--accept", "orphaned-instances").code).To(Equal(0))
			Expect(run(f.environ, "generate", "--dry-run", "--accept", "orphaned-instances").code).To(Equal(0))

			By("until an operator has deleted them, and an errand that ran since says so")
			Expect(f.Operator(sim.Action{Do: "delete-orphans", Product: "p.mysql"})).To(Succeed())
			Expect(run(f.environ, "preflight").code).To(Equal(1))
			f.operate("apply")
			r = run(f.environ, "preflight")
			Expect(r.code).To(Equal(0), r.stdout)
			Expect(r.stdout).To(ContainSubstring("the upgrade-all errands passed by none the last time: MySQL (installation 3), Redis (installation 3)"))
		},
		Entry("without certificates v1", "2.10.60-build.1"), Entry("with them", "3.1.2-build.5"),
	)

	DescribeTable("shows no secret that a server echoes", func(args ...string) {
		f := serve(sim.Options{Tiles: []sim.Tile{{Identifier: "cf", Label: "TAS of " + password, Version: "6.0.3", Jobs: []sim.Job{{Name: "router", Instances: 1}}}}, OldStemcells: true, ConfigurableLeaf: true})
		r := run(f.environ, args...)
		Expect(r.stdout).To(ContainSubstring("TAS of "))
		Expect(r.stdout + r.stderr).NotTo(ContainSubstring(password))
	},
		Entry(nil, "preflight"), Entry(nil, "preflight", "--json"), Entry(nil, "plan"), Entry(nil, "plan", "--json"),
		Entry(nil, "report", "--preflight"), Entry(nil, "report", "--preflight", "--json"), Entry(nil, "report", "--preflight", "--html"), Entry(nil, "report", "--preflight", "--markdown"),
	)
})

var _ = Describe("what preflight finds", func() {
	It("is in the plan as long as no rotation has begun, and the way back before the activation", func() {
		f := serve(sim.Options{OldStemcells: true, CustomerCA: true})
		r := run(f.environ, "plan")
		Expect(r.code).To(Equal(0), "a plan is an answer")
		Expect(r.stdout).To(And(
			ContainSubstring("in the way (customer-cas): "), ContainSubstring("refuses: stemcells (recreate-needed)"), MatchRegexp(`before it begins \d+ passed \(preflight lists them\)`), ContainSubstring("note: backup (backup)"),
			Not(ContainSubstring("passes: ")), Not(ContainSubstring("refuses: CAs of customers")),
		))
		var plan struct {
			Obstacles []struct{ Reason string }
			Findings  []finding
			WayBack   *finding `json:"way_back"`
		}
		Expect(json.Unmarshal([]byte(run(f.environ, "plan", "--json").stdout), &plan)).To(Succeed())
		Expect(plan.Obstacles).To(ConsistOf(HaveField("Reason", "customer-cas")))
		Expect(plan.Findings).To(ContainElements(
			And(HaveField("Code", "customer-cas"), HaveField("Status", "refuses")), And(HaveField("Code", "recreate-needed"), HaveField("Status", "refuses")), HaveField("Status", "passes"),
		))
		Expect(plan.WayBack).To(BeNil())

		f.operate("generate")
		r = run(f.environ, "plan")
		Expect(r.stdout).To(And(Not(ContainSubstring("before it begins")), ContainSubstring("\nway back there is none: ")))
		Expect(json.Unmarshal([]byte(run(f.environ, "plan", "--json").stdout), &plan)).To(Succeed())
		Expect(plan.Findings).To(BeEmpty())
		Expect(plan.WayBack.Code).To(Equal("way-back"))
	})

	It("never leaves a plan, a status or a dry run saying that nothing is in the way of what generate refuses", func() {
		for name, o := range map[string]sim.Options{
			"recreate-needed": {Version: "2.10.60-build.1", OldStemcells: true, NoPendingStemcells: true}, "dns-auto-rotation": {AutoRotateDNS: true},
			"pre-deploy-check": {DirectorVerifiers: []sim.Verifier{{Type: "AvailabilityZonesVerifier", Errors: []string{"there is none"}}}},
		} {
			f := serve(o)
			Expect(run(f.environ, "plan").stdout).To(ContainSubstring("in the way ("+name+")"), name)
			Expect(run(f.environ, "status").stdout).To(Or(ContainSubstring("in the way ("+name+")"), ContainSubstring("generate begins a rotation, and preflight says before it whether one may begin")), name)
			r := run(f.environ, "generate", "--dry-run")
			Expect(r.code).To(Equal(1), name)
			Expect(r.stderr).To(ContainSubstring("generate refused ("+name+")"), name)
			r = f.rotate("--dry-run")
			Expect(r.code).To(Equal(1), name)
			Expect(r.stdout).To(ContainSubstring("in the way ("+name+")"), name)
			Expect(r.stderr).To(ContainSubstring("refused ("+name+")"), name)
			Expect(f.changes()).To(BeEmpty(), name)
		}
	})

	DescribeTable("stops rotate before it applies changes for a rotation that must not begin",
		func(o sim.Options, code string) {
			o.Tiles = withServices().Tiles
			f := serve(o)
			f.fault(faults.Fault{Effect: faults.FailProduct, Product: "cf"})
			Expect(f.Operator(sim.Action{Do: "apply", Wait: true})).NotTo(Succeed())
			r := f.rotate()
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(ContainSubstring("error: generate refused (" + code + "): "))
			Expect(f.changes()).To(BeEmpty())
		},
		Entry(nil, sim.Options{CustomerCA: true}, "customer-cas"), Entry(nil, sim.Options{OldStemcells: true}, "recreate-needed"),
		Entry(nil, sim.Options{ConfigurableLeaf: true}, "configurable-certificates-ahead"), Entry(nil, sim.Options{AutoRotateDNS: true}, "dns-auto-rotation"),
		Entry(nil, sim.Options{Scope: "opsman.full_view"}, "no-write-scope"),
	)

	It("lets rotate deploy first what is staged and accepted, which may be the newer stemcells", func() {
		f := serve(sim.Options{OldStemcells: true})
		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		r := f.rotate("--accept", "pending-changes")
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("refused (recreate-needed): "))
		Expect(f.changes()).To(Equal([]string{"POST installations"}))
	})

	It("says in the status whether there is a way back, with its commands, until the candidate is active", func() {
		off := false
		for _, checks := range []*bool{nil, &off} {
			o := sim.Options{SafetyChecks: checks}
			if checks != nil {
				o.Tiles = []sim.Tile{sim.TKGITile(1)}
			}
			f := serve(o)
			Expect(run(f.environ, "status").stdout).NotTo(ContainSubstring("way back"))
			f.operate("generate")
			wanted := ContainSubstring("\nway back there is none: CredHub Maestro's checks are on")
			if checks != nil {
				wanted = ContainSubstring("→ om delete-certificate-authority --id " + f.Dump().CAs[1].GUID + " && om apply-changes\n")
			}
			Expect(run(f.environ, "status").stdout).To(wanted, "generated")
			if checks == nil {
				f.operate("apply")
				Expect(run(f.environ, "status").stdout).To(And(HavePrefix("state trusted\n"), wanted))
				f.operate("activate")
				Expect(run(f.environ, "status").stdout).NotTo(ContainSubstring("way back"))
			}
		}
	})

	It("is a section of the report for who wants it, in every form", func() {
		f := serve(sim.Options{OldStemcells: true})
		plain := len(f.asked())
		Expect(run(f.environ, "report").stdout).NotTo(ContainSubstring("before a rotation"))
		Expect(f.asked()[plain:]).To(HaveLen(5), "none more than before")
		folder := filepath.Join(GinkgoT().TempDir(), "report")
		r := run(append(f.environ, "PREFLIGHT=true", "REPORT_TO="+folder), "report")
		Expect(r.code).To(Equal(0), "a report is an answer")
		Expect(r.stdout).To(ContainSubstring("\nbefore a rotation:\nrefuses: stemcells (recreate-needed)\n"))
		for name, wanted := range map[string]string{
			"report.html": "<dt>refuses: stemcells (<code>recreate-needed</code>)</dt>", "report.md": "\n## Before a rotation\n\n| status | ", "report.json": `"code": "recreate-needed"`,
		} {
			content, err := os.ReadFile(filepath.Join(folder, name))
			Expect(err).NotTo(HaveOccurred())
			Expect(string(content)).To(ContainSubstring(wanted), name)
		}
		for _, one := range f.Ledger().Requests {
			Expect(one.Method == http.MethodGet || strings.HasPrefix(one.Path, "/uaa/")).To(BeTrue(), "%s %s", one.Method, one.Path)
		}
	})
})
