package cli_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// noticed is what a notice left.
type noticed struct {
	ran
	text  string
	lines []string
	Said  struct {
		Foundation, Target, Phase, State, Code, Remedy, Link string
		Evidence                                             []string
	}
}

// notice asks for one of west, which has to succeed.
func (f *foundation) notice(args ...string) noticed {
	GinkgoHelper()
	folder := filepath.Join(GinkgoT().TempDir(), "notice")
	n := noticed{ran: run(f.environ, append([]string{"notice", "--foundation", "west", "--to", folder}, args...)...)}
	Expect(n.code).To(Equal(0), n.stderr)
	n.read(folder)
	Expect(n.stdout).To(Equal(n.text), "the build's log has it as well")
	return n
}

// read reads the files, of which each says the same.
func (n *noticed) read(folder string) {
	GinkgoHelper()
	files := map[string][]byte{}
	entries, err := os.ReadDir(folder)
	Expect(err).NotTo(HaveOccurred())
	for _, entry := range entries {
		files[entry.Name()], err = os.ReadFile(filepath.Join(folder, entry.Name()))
		Expect(err).NotTo(HaveOccurred())
	}
	Expect(files).To(And(HaveLen(3), HaveKey("text"), HaveKey("message.json"), HaveKey("notice.json")))
	n.text = string(files["text"])
	n.lines = strings.Split(strings.TrimSuffix(n.text, "\n"), "\n")
	Expect(len(n.lines)).To(BeNumerically("<=", 5), n.text)
	var message map[string]string
	Expect(json.Unmarshal(files["message.json"], &message)).To(Succeed())
	Expect(message).To(Equal(map[string]string{"text": strings.NewReplacer("<", "‹", ">", "›").Replace(n.text)}))
	decoder := json.NewDecoder(strings.NewReader(string(files["notice.json"])))
	decoder.DisallowUnknownFields()
	Expect(decoder.Decode(&n.Said)).To(Succeed())
	Expect(n.lines[len(n.lines)-2:]).To(Equal([]string{"What to do: " + n.Said.Remedy, n.Said.Link}))
	Expect(n.Said.Remedy).NotTo(BeEmpty())
	Expect(n.Said.Evidence).NotTo(BeEmpty())
}

var _ = Describe("notice", func() {
	failing := func(product string) func(*foundation) {
		return func(f *foundation) {
			f.fault(faults.Fault{Effect: faults.FailProduct, Product: product})
			Expect(f.Operator(sim.Action{Do: "apply", Wait: true})).NotTo(Succeed())
		}
	}
	doing := func(deeds ...string) func(*foundation) {
		return func(f *foundation) { f.operate(deeds...) }
	}
	staging := func(f *foundation) { Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed()) }

	DescribeTable("says by code what a phase is refused for, and changes nothing",
		func(o sim.Options, prepare func(*foundation), news, code, state, evidence, remedy string, args ...string) {
			f := serve(o)
			if prepare != nil {
				prepare(f)
			}
			n := f.notice(args...)
			Expect(n.lines[0]).To(HavePrefix("west: " + news + " (" + code + "); state " + state))
			if state != "blocked" {
				Expect(n.lines[0]).To(MatchRegexp(`, active CA [0-9a-f]{8}…$`))
			}
			Expect(n.lines[1]).To(ContainSubstring(evidence))
			Expect(n.Said.Foundation).To(Equal("west"))
			Expect(n.Said.Target).To(MatchRegexp(`^127\.0\.0\.1:\d+$`))
			Expect(n.Said.State).To(Equal(state))
			Expect(n.Said.Code).To(Equal(code))
			Expect(n.Said.Remedy).To(ContainSubstring(remedy))
			Expect(n.Said.Link).To(HaveSuffix("docs/troubleshooting.md#" + code))
			if phase, _, is := strings.Cut(news, " is refused"); is && phase != "apply-changes" {
				Expect(n.Said.Phase).To(Equal(phase))
			}
			Expect(f.changes()).To(BeEmpty())
		},
		Entry("what is staged", sim.Options{}, staging, "generate is refused", "pending-changes", "settled", "TAS", `add "pending-changes" to accept`),
		Entry("what is staged, the phase named", sim.Options{}, staging, "generate is refused", "pending-changes", "settled", "TAS", `apply or revert them first`, "--phase", "generate"),
		Entry("a failed installation", sim.Options{}, failing("cf"), "generate is refused", "installation-failed", "settled", "TAS failed in installation", "mend the cause"),
		Entry("an upgrade", sim.Options{}, func(f *foundation) {
			Expect(f.Operator(sim.Action{Do: "upgrade", Version: "3.1.3-build.9"})).To(Succeed())
		}, "generate is refused", "ops-manager-upgraded", "settled", "3.1.3-build.9", "run apply changes on all products"),
		Entry("old stemcells", sim.Options{OldStemcells: true}, nil, "generate is refused", "recreate-needed", "settled", "", "recreate"),
		Entry("a customer's CA", sim.Options{CustomerCA: true}, nil, "generate is refused", "customer-cas", "settled", "/customer/tls_ca", "exclude_from_rotation"),
		Entry("a certificate of an operator", sim.Options{ConfigurableLeaf: true}, nil, "generate is refused", "configurable-certificates-ahead", "settled", "", "to accept"),
		Entry("BOSH DNS by itself", sim.Options{AutoRotateDNS: true}, nil, "generate is refused", "dns-auto-rotation", "settled", "", "to accept"),
		Entry("a login that only looks", sim.Options{Scope: "opsman.full_view"}, nil, "generate is refused", "no-write-scope", "settled", "", ""),
		Entry("a director that is not ready", sim.Options{DirectorVerifiers: []sim.Verifier{{Type: "AvailabilityZonesVerifier", Errors: []string{"there is none"}}}}, nil,
			"generate is refused", "pre-deploy-check", "settled", "there is none", "to accept"),
		Entry("an old apply changes", sim.Options{}, func(f *foundation) { f.Advance(31 * 24 * time.Hour) }, "generate is refused", "full-apply-missing", "settled", "30 days", "apply changes", "--require-full-apply"),
		Entry("a turn that has not come", sim.Options{}, nil, "delete is refused", "too-early", "settled", "delete is for state replaced", "generate begins a rotation", "--phase", "delete"),
		Entry("a proof that is not there", sim.Options{}, doing("generate"), "activate is refused", "not-reached", "generated", "TAS", "run apply changes on all products", "--phase", "activate"),
		Entry("an apply changes that comes next", sim.Options{}, doing("generate"), "the rotation waits for an apply changes", "not-reached", "generated", "missing: BOSH Director", "run apply changes on all products"),
		Entry("a CA that is not trusted", sim.Options{SafetyChecks: new(bool)}, doing("generate", "activate"), "regenerate is refused", "activated-untrusted", "activated", "not every product trusts it", ""),
		Entry("three CAs", sim.Options{}, doing("generate", "generate"), "no phase runs", "too-many-cas", "blocked", "lists 3 certificate authorities", ""),
		Entry("three CAs, the phase named", sim.Options{}, doing("generate", "generate"), "verify is refused", "too-many-cas", "blocked", "lists 3 certificate authorities", "", "--phase", "verify"),
		Entry("leaf certificates alone", sim.Options{}, staging, "regenerate is refused", "pending-changes", "settled", "TAS", "", "--leaf-only"),
	)

	It("names the installation that failed where an apply changes comes next", func() {
		f := serve(sim.Options{})
		f.operate("generate")
		failing("cf")(f)
		n := f.notice("--phase", "verify")
		Expect(n.lines[0]).To(HavePrefix("west: the rotation waits for an apply changes (not-reached); state generated, active CA "))
		Expect(n.lines[2]).To(MatchRegexp(`^what failed may be the apply changes; the last: installation \d+ failed at TAS$`))
		Expect(n.Said.Evidence).To(HaveLen(2))
		Expect(n.Said.Remedy).To(MatchRegexp(`^mend what installation \d+ failed at, then start the job again`))
		Expect(n.Said.Link).To(HaveSuffix("#installation-failed"))

		By("or that ended well before")
		f = serve(sim.Options{})
		f.operate("generate")
		n = f.notice()
		Expect(n.lines[2]).To(MatchRegexp(`; the last: installation \d+: succeeded$`))
		Expect(n.Said.Link).To(HaveSuffix("#not-reached"))
	})

	It("says that the cause is gone", func() {
		f := serve(sim.Options{})
		for _, c := range []struct{ news, phase string }{
			{"west: generate was refused or failed, and would run now (ready); state settled, active CA ", "generate"},
			{"west: a job failed, and generate would run now (ready); state settled, active CA ", ""},
			{"west: verify was refused or failed, and would succeed now and change nothing (proven); state settled, active CA ", "verify"},
			{"west: activate was refused or failed, and would succeed now and change nothing (no-rotation); state settled, active CA ", "activate"},
		} {
			var args []string
			if c.phase != "" {
				args = append(args, "--phase", c.phase)
			}
			if c.phase == "activate" {
				args = append(args, "--if-rotating")
			}
			n := f.notice(args...)
			Expect(n.lines[0]).To(HavePrefix(c.news))
			Expect(n.Said.Remedy).To(HavePrefix("the build's log has the reason: mend it, then run the job again"))
		}
		Expect(f.notice("--phase", "generate", "--expires-within", "1d").lines[0]).To(ContainSubstring("would succeed now and change nothing (not-due)"))

		By("or the phase done")
		f.operate("generate")
		n := f.notice("--phase", "generate")
		Expect(n.lines[0]).To(HavePrefix("west: generate was refused or failed, and would succeed now and change nothing (already-done); state generated, active CA "))
		Expect(n.Said.Remedy).To(ContainSubstring("; next: run apply changes on all products"))
	})

	It("says that Ops Manager does not answer, or takes no login", func() {
		f := serve(sim.Options{})
		f.environ[2] = "OM_PASSWORD=wrong"
		n := f.notice("--phase", "generate")
		Expect(n.lines).To(HaveLen(4))
		Expect(n.lines[0]).To(Equal("west: generate was refused or failed, and Ops Manager could not be asked why (bad-credentials)"))
		Expect(n.lines[1]).To(ContainSubstring("bad credentials"))
		Expect(n.lines[3]).To(HaveSuffix("#bad-credentials"))
		Expect(n.Said.State).To(BeEmpty())

		f = serve(sim.Options{})
		f.fault(faults.Fault{Path: "/api/v0/certificate_authorities", Effect: faults.Answer, Status: 403, Body: "<b>no</b>\n<!channel>", Times: faults.Forever})
		n = f.notice()
		Expect(n.lines[0]).To(HavePrefix("west: a job failed, and Ops Manager could not be asked why"))
		Expect(n.lines).To(HaveLen(4), "an answer of two lines is one")
	})

	It("calls the foundation by its host where it has no name", func() {
		f := serve(sim.Options{})
		folder := GinkgoT().TempDir()
		r := run(append(f.environ, "ENV_FILE=", "FOUNDATION=", "PHASE=", "FROM=", "TO="+folder), "notice")
		Expect(r.code).To(Equal(0), r.stderr)
		target, err := url.Parse(strings.TrimPrefix(f.environ[0], "OM_TARGET="))
		Expect(err).NotTo(HaveOccurred())
		n := noticed{}
		n.read(folder)
		Expect(n.Said.Foundation).To(Equal(target.Host))
		Expect(n.lines[0]).To(HavePrefix(target.Host + ": a job failed, and generate would run now"))
	})

	It("goes by the version handed over, and says where there is none", func() {
		f := serve(sim.Options{})
		n := f.notice("--from", from(`{"state":"settled","active":"aaaa18f34f2a7a9403c3"}`), "--phase", "generate")
		Expect(n.Said.Code).To(Equal("finished-rotation"))
		for _, folder := range []string{filepath.Join(GinkgoT().TempDir(), "ca"), GinkgoT().TempDir(), from(`{"state":`)} {
			n = f.notice("--from", folder, "--phase", "generate")
			Expect(n.lines[0]).To(ContainSubstring("would run now (ready)"))
			Expect(n.lines[2]).To(HavePrefix("looked at without a version: --from "))
		}
	})

	It("takes the options of the put that failed", func() {
		f := serve(sim.Options{AutoRotateDNS: true, CustomerCA: true})
		n := f.notice("--accept", "dns-auto-rotation", "--exclude-from-rotation", "/customer/tls_ca")
		Expect(n.lines[0]).To(ContainSubstring("generate would run now"))
	})

	DescribeTable("takes what each put accepts for that phase alone",
		func(accepts, code string) {
			f := serve(sim.Options{})
			staging(f)
			Expect(f.notice("--accepts", accepts).Said.Code).To(Equal(code))
		},
		Entry("generate's", `{"generate": ["pending-changes"], "verify": []}`, "ready"),
		Entry("another's", `{"generate": [], "verify": ["pending-changes"]}`, "pending-changes"),
	)

	DescribeTable("fails for bad input, and leaves nothing", func(code int, wanted string, environ []string, args ...string) {
		f := serve(sim.Options{})
		folder := filepath.Join(GinkgoT().TempDir(), "notice")
		r := run(append(f.environ, append(environ, "TO="+folder)...), append([]string{"notice"}, args...)...)
		Expect(r.code).To(Equal(code))
		Expect(r.stderr).To(ContainSubstring(wanted))
		Expect(filepath.Join(folder, "text")).NotTo(BeAnExistingFile())
		Expect(f.asked()).To(BeEmpty())
	},
		Entry("a flag", 2, "unknown flag --fase", nil, "--fase", "generate"),
		Entry("a phase", 2, `the environment variable PHASE: "apply" is not a phase: expected generate, activate, regenerate, delete or verify`, []string{"PHASE=apply"}),
		Entry("a code", 1, `ACCEPT "all" cannot be accepted`, []string{"ACCEPT=all"}),
		Entry("a phase that accepts", 1, `ACCEPTS has the key "settle": expected generate, activate, regenerate, delete, verify or apply`, []string{`ACCEPTS={"settle": []}`}),
		Entry("a code of a phase", 1, `"all" cannot be accepted`, []string{`ACCEPTS={"verify": ["all"]}`}),
		Entry("codes without a phase", 1, "ACCEPTS is no map of lists in JSON", []string{`ACCEPTS=["pending-changes"]`}),
		Entry("codes given twice", 1, "ACCEPTS and ACCEPT are both given", []string{`ACCEPTS={}`, "ACCEPT=pending-changes"}),
		Entry("a path", 1, "EXCLUDE_FROM_ROTATION has", []string{"EXCLUDE_FROM_ROTATION=/corp/*"}),
		Entry("no login", 1, "no credentials", []string{"OM_PASSWORD=", "OM_USERNAME="}),
	)

	It("stays short for 40 products", func() {
		o := sim.Options{}
		for i := range 40 {
			o.Tiles = append(o.Tiles, sim.Tile{Identifier: fmt.Sprintf("tile-%02d", i), Label: fmt.Sprintf("Tile %02d (of many, new)", i), Version: "1.0.0", Jobs: []sim.Job{{Name: "job", Instances: 1}}})
		}
		f := serve(o)
		for i := range 40 {
			Expect(f.Operator(sim.Action{Do: "stage", Product: fmt.Sprintf("tile-%02d", i)})).To(Succeed())
		}
		n := f.notice()
		Expect(n.Said.Code).To(Equal("pending-changes"))
		Expect(n.lines[1]).To(MatchRegexp(`: update of Tile 00 [^;]*, update of Tile 02 \([^)]*\) and 37 more$`))
		Expect(len(n.text)).To(BeNumerically("<", 800))
		Expect(n.Said.Evidence[0]).To(ContainSubstring("Tile 39"), "for machines all of it")

		f = serve(o)
		f.operate("generate")
		n = f.notice()
		Expect(n.Said.Code).To(Equal("not-reached"))
		Expect(n.lines[1]).To(MatchRegexp(`; missing: BOSH Director \([^)]*\), Tile 00 [^;]*, Tile 01 [^;]* and 38 more$`))
		Expect(len(n.text)).To(BeNumerically("<", 900))
	})

	It("leaves no secret that a server echoes, in full or in part", func() {
		// The line is cut short in the middle of it.
		long := strings.Repeat("x", 496-len("changes are staged that the next apply changes would deploy together with the CA: update of "))
		f := serve(sim.Options{Tiles: []sim.Tile{{Identifier: "cf", Label: long + password, Version: "6.0.3", Jobs: []sim.Job{{Name: "router", Instances: 1}}}}})
		staging(f)
		n := f.notice("--foundation", "west of "+password)
		Expect(n.Said.Code).To(Equal("pending-changes"))
		Expect(n.Said.Foundation).To(HavePrefix("west of "))
		expectNone := func(n noticed) {
			GinkgoHelper()
			all := n.stdout + n.stderr + n.text + strings.Join(n.Said.Evidence, "") + n.Said.Foundation
			Expect(all).To(ContainSubstring("[redacted]"))
			Expect(all).NotTo(ContainSubstring(password[:4]))
		}
		expectNone(n)

		f.fault(faults.Fault{Path: "/api/v0/certificate_authorities", Effect: faults.Answer, Status: 403, Body: `{"errors":["no, ` + password + `"]}`, Times: faults.Forever})
		n = f.notice()
		Expect(n.Said.Code).To(Equal("call-refused"))
		expectNone(n)
	})
})
