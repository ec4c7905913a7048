package cli_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/cli"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

const password = "geheim-8c1f"

// ran is how the command ended.
type ran struct {
	code           int
	stdout, stderr string
}

func run(environ []string, args ...string) ran {
	var stdout, stderr bytes.Buffer
	code := cli.Main(context.Background(), cli.Environment{Stdout: &stdout, Stderr: &stderr, Args: args, Environ: environ})
	GinkgoWriter.Println(stdout.String(), stderr.String())
	return ran{code, stdout.String(), stderr.String()}
}

// foundation is a simulated one, and how to reach it.
type foundation struct {
	*sim.Foundation
	environ []string
}

func serve(o sim.Options) *foundation {
	GinkgoHelper()
	o.KeyBits, o.VMDelay, o.Password = 1024, cmp.Or(o.VMDelay, -1), password
	if o.Tiles == nil {
		o.Tiles = []sim.Tile{{Identifier: "cf", Label: "TAS", Version: "6.0.3", Jobs: []sim.Job{{Name: "router", Instances: 1}}}}
	}
	f, err := sim.New(o)
	Expect(err).NotTo(HaveOccurred())
	server, err := sim.Serve(f)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	return &foundation{f, []string{"OM_TARGET=" + server.URL, "OM_USERNAME=admin", "OM_PASSWORD=" + password, "OM_CA_CERT=" + server.CAPEM}}
}

// operate does what a second operator clicks.
func (f *foundation) operate(deeds ...string) {
	GinkgoHelper()
	for _, do := range deeds {
		Expect(f.Operator(sim.Action{Do: do, Wait: true})).To(Succeed())
	}
}

// from is a folder with this version in it.
func from(version string) string {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	Expect(os.WriteFile(filepath.Join(folder, "version.json"), []byte(version), 0o600)).To(Succeed())
	return folder
}

var _ = Describe("opsman-ca", func() {
	DescribeTable("helps",
		func(args []string, wanted ...string) {
			r := run(nil, args...)
			Expect(r.code).To(Equal(0))
			Expect(r.stderr).To(BeEmpty())
			for _, text := range wanted {
				Expect(r.stdout).To(ContainSubstring(text))
			}
		},
		Entry(nil, []string{"--help"}, "status", "plan", "apply-changes", "--env", "--skip-ssl-validation", "OM_PASSWORD"),
		Entry(nil, []string{"-h"}, "Usage: opsman-ca <command>"),
		Entry(nil, []string{"status", "--help"}, "--from", "--json"),
		Entry(nil, []string{"preflight", "--help"}, "--from", "--json", "--accept", "--exclude-from-rotation", "--recreate-vms", "--require-full-apply", "--ignore-installation"),
		Entry(nil, []string{"apply-changes", "--help"}, "--recreate-vms", "--config", "--attempts"),
	)

	It("has no flag for a secret, and shows none that is refused in its help", func() {
		for _, args := range [][]string{{"--help"}, {"status", "--help"}, {"apply-changes", "--help"}, {"rotate", "--help"}, {"generate", "--help"}, {"preflight", "--help"}, {"notice", "--help"}, {"report", "--help"}, {"metrics", "--help"}, {"serve-metrics", "--help"}} {
			help := run(nil, args...).stdout
			Expect(help).NotTo(MatchRegexp("--(password|client-secret|decryption-passphrase|product-name|skip-deploy)"))
		}
	})

	It("begins the help of every command with an example and its own flags", func() {
		for _, command := range []string{"status", "plan", "report", "metrics", "serve-metrics", "preflight", "notice", "apply-changes", "generate", "activate", "regenerate", "delete", "verify", "rotate"} {
			help := run(nil, command, "--help").stdout
			Expect(help).To(MatchRegexp(`(?s)^Usage: .*For example:\n\n    opsman-ca `+command+` --env .*\nFlags:\n.*\n      --[^\n]*\n.*\nFlags of every command:\n.*--target`), command)
		}
		Expect(run(nil, "generate", "--help").stdout).To(MatchRegexp(`some of:\s+pending-changes,`))
	})

	It("prints its version on command as well", func() {
		r := run(nil, "version")
		Expect(r).To(Equal(run(nil, "--version")))
	})

	It("prints its version", func() {
		r := run(nil, "--version")
		Expect(r.code).To(Equal(0))
		Expect(r.stdout).To(HavePrefix("opsman-ca "))
		Expect(r.stderr).To(BeEmpty())
	})

	DescribeTable("ends with 2 when its command line cannot be understood",
		func(wanted string, args ...string) {
			r := run(nil, args...)
			Expect(r).To(Equal(ran{2, "", "error: " + wanted + "\nRun opsman-ca --help for the commands.\n"}))
		},
		Entry("nothing", `expected one of "status", "plan", "report", "metrics", "serve-metrics", ...`),
		Entry("an unknown flag", "unknown flag --frim, did you mean \"--from\"?", "status", "--frim", "ca"),
		Entry("a secret", "unknown flag --password: secrets are not taken from arguments, which everybody can read; set OM_PASSWORD instead", "--password=geheim", "status"),
		Entry("a log level", `--log-level: "all" is not a log level: expected debug, info, warn or error`, "--log-level=all", "status"),
	)

	It("ends with 1 when credentials are missing, and says where they come from", func() {
		r := run([]string{"OM_TARGET=https://opsman.example.com"}, "status")
		Expect(r.code).To(Equal(1))
		Expect(r.stdout).To(BeEmpty())
		Expect(r.stderr).To(And(ContainSubstring("error: no credentials: "), ContainSubstring("OM_CLIENT_SECRET"), ContainSubstring("--env")))
	})

	It("ends with 1 when the login is refused", func() {
		f := serve(sim.Options{})
		f.environ[2] = "OM_PASSWORD=wrong"
		r := run(f.environ, "status")
		Expect(r.code).To(Equal(1))
		Expect(r.stdout).To(BeEmpty())
		Expect(r.stderr).To(MatchRegexp(`\nerror: cannot ask Ops Manager for its certificate authorities: bad credentials: .*username "admin".*\nwhat to do: .*#bad-credentials\n$`))
	})

	It("logs every request when asked to", func() {
		f := serve(sim.Options{})
		r := run(f.environ, "--log-level", "debug", "status")
		Expect(r.stderr).To(And(ContainSubstring("path=/api/v0/certificate_authorities"), Not(ContainSubstring(password))))
		Expect(run(f.environ, "status").stderr).NotTo(ContainSubstring("path="))
	})

	It("colours when asked to, and not with NO_COLOR", func() {
		f := serve(sim.Options{})
		Expect(run(f.environ, "--color=always", "status").stdout).To(ContainSubstring("\x1b["))
		Expect(run(f.environ, "status").stdout).NotTo(ContainSubstring("\x1b["))
		Expect(run(append(f.environ, "NO_COLOR=1"), "--color=always", "status").stdout).NotTo(ContainSubstring("\x1b["))
	})
})

var _ = Describe("status", func() {
	It("shows the state, the CAs, and what comes next", func() {
		f := serve(sim.Options{})
		r := run(f.environ, "status")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(And(HavePrefix("state settled\nOps Manager 3.1.2-build.5\n"), ContainSubstring(f.Dump().CAs[0].GUID), ContainSubstring("\nnext ")))
		Expect(r.stdout).NotTo(ContainSubstring("reached since"))
	})

	It("shows what a candidate has reached, and what stands in the way", func() {
		f := serve(sim.Options{})
		f.operate("generate")
		r := run(f.environ, "status")
		Expect(r.stdout).To(And(
			HavePrefix("state generated\n"), MatchRegexp(`candidate +`), MatchRegexp(`TAS +not deployed since`),
			ContainSubstring("next run apply changes on all products"), Not(ContainSubstring("in the way")),
		))
		f.operate("apply")
		r = run(f.environ, "status")
		Expect(r.stdout).To(And(HavePrefix("state trusted\n"), MatchRegexp(`TAS +installation 3`), Not(ContainSubstring("in the way"))))
	})

	It("shows why a foundation is blocked", func() {
		f := serve(sim.Options{})
		f.operate("generate", "generate")
		r := run(f.environ, "status")
		Expect(r.code).To(Equal(0), "a blocked foundation is an answer, not a failure of the command")
		Expect(r.stdout).To(HavePrefix("state blocked\ntoo-many-cas Ops Manager lists 3 certificate authorities"))
	})

	It("answers machines with JSON alone", func() {
		f := serve(sim.Options{})
		f.operate("generate")
		r := run(f.environ, "status", "--json")
		Expect(r.code).To(Equal(0), r.stderr)
		var status struct {
			State       string
			OpsManager  string `json:"ops_manager"`
			Version     map[string]string
			Authorities []struct{ GUID, Role string } `json:"certificate_authorities"`
			Proof       struct {
				Complete bool
				Products []struct{ Product, Missing string }
			}
			Phase     string
			Obstacles []struct{ Reason, Message, Next string }
		}
		Expect(json.Unmarshal([]byte(r.stdout), &status)).To(Succeed(), r.stdout)
		Expect(status.State).To(Equal("generated"))
		Expect(status.OpsManager).To(Equal("3.1.2-build.5"))
		Expect(status.Version).To(HaveKeyWithValue("candidate", f.Dump().CAs[1].GUID))
		Expect(status.Authorities).To(HaveLen(2))
		Expect(status.Proof.Complete).To(BeFalse())
		Expect(status.Proof.Products).To(HaveLen(2))
		Expect(status.Phase).To(Equal("activate"))
		Expect(status.Obstacles).To(ConsistOf(HaveField("Reason", "not-reached")))
	})

	It("goes by the version of an earlier get", func() {
		f := serve(sim.Options{})
		first := f.Dump().CAs[0].GUID
		f.operate("generate", "apply", "activate", "regenerate", "apply", "delete")
		known := from(`{"state":"replaced","active":"` + f.Dump().CAs[0].GUID + `","retiring":"` + first + `","installation":"4"}`)
		Expect(run(f.environ, "status").stdout).To(HavePrefix("state settled\n"), "one CA, and nothing known")
		r := run(f.environ, "status", "--from", known)
		Expect(r.stdout).To(HavePrefix("state retired\n"), r.stderr)
	})

	It("sends nothing that changes anything", func() {
		f := serve(sim.Options{})
		f.operate("generate")
		run(f.environ, "status")
		run(f.environ, "plan", "--json")
		for _, r := range f.Ledger().Requests {
			Expect(r.Method == http.MethodGet || strings.HasPrefix(r.Path, "/uaa/")).To(BeTrue(), "%s %s", r.Method, r.Path)
		}
	})
})

var _ = Describe("plan", func() {
	It("shows the whole rotation ahead", func() {
		f := serve(sim.Options{})
		f.operate("generate")
		r := run(f.environ, "plan")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(And(
			HavePrefix("plan from state generated\n"), MatchRegexp(`1 +done +generate +generated `), MatchRegexp(`2 +next +apply +trusted `),
			MatchRegexp(`3 +later +activate +activated `), MatchRegexp(`7 +later +apply +settled `), ContainSubstring("next run apply changes on all products"),
		))
	})

	It("answers machines with JSON alone", func() {
		f := serve(sim.Options{})
		r := run(f.environ, "plan", "--json")
		var plan struct {
			State string
			Legs  []struct{ Name, To, Status string }
		}
		Expect(json.Unmarshal([]byte(r.stdout), &plan)).To(Succeed(), r.stdout)
		Expect(plan.State).To(Equal("settled"))
		Expect(plan.Legs).To(HaveLen(7))
		Expect(plan.Legs[0]).To(And(HaveField("Name", "generate"), HaveField("Status", "next")))
	})
})

var _ = Describe("apply-changes", func() {
	It("refuses a selective deploy, by a flag as by a variable", func() {
		f := serve(sim.Options{})
		for _, r := range []ran{
			run(f.environ, "apply-changes", "--om", "true", "-n", "cf"),
			run(f.environ, "apply-changes", "--om", "true", "--skip-deploy-products"),
			run(append(f.environ, "OM_PRODUCT_NAME=cf"), "apply-changes", "--om", "true"),
		} {
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(ContainSubstring("error: a selective deploy is refused ("))
		}
		Expect(f.Ledger().Requests).To(BeEmpty())
	})

	It("does nothing when nothing is outstanding, and says so", func() {
		f := serve(sim.Options{})
		r := run(f.environ, "apply-changes", "--om", "true", "--from", from(`{"state":"settled","active":"`+f.Dump().CAs[0].GUID+`"}`))
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(ContainSubstring("the rotation is at settled, which waits for no apply changes"))
		Expect(f.Dump().Installations).To(HaveLen(2))
	})

	It("with a version leaves alone what is staged where the rotation waits for nothing", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		args := append([]string{"apply-changes", "--from", from(`{"state":"settled","active":"` + f.Dump().CAs[0].GUID + `"}`)}, quickly()...)
		r := run(f.environ, args...)
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(And(ContainSubstring("nothing was applied: the rotation is at settled"), ContainSubstring("changes are staged for TAS, and left as they are: to deploy them, apply changes without a version (--from), or with force (--force)")))
		Expect(f.Dump().Installations).To(HaveLen(2))
		Expect(run(f.environ, append(args, "--force")...).code).To(Equal(0))
		Expect(f.Dump().Installations).To(HaveLen(3))
	})

	It("with a version deploys what is staged where the rotation waits, and says so", func() {
		f := serve(sim.Options{})
		folder := GinkgoT().TempDir()
		Expect(run(f.environ, "generate", "--to", folder).code).To(Equal(0))
		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		r := run(f.environ, append([]string{"apply-changes", "--from", folder}, quickly()...)...)
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(ContainSubstring("changes of another operator are staged, and Ops Manager deploys them together with the rotation's: update of TAS"))
	})

	DescribeTable("is refused for a version that is not this rotation's", func(active, reason string, force ...string) {
		f := serve(sim.Options{})
		first := f.Dump().CAs[0].GUID
		f.operate("generate", "apply", "activate", "regenerate", "apply", "delete", "apply")
		known := from(`{"state":"settled","active":"` + strings.ReplaceAll(active, "FIRST", first) + `"}`)
		before := len(f.Dump().Installations)
		r := run(f.environ, append(append([]string{"apply-changes", "--from", known}, quickly()...), force...)...)
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(ContainSubstring("error: apply-changes refused ("+reason+"): "), ContainSubstring("give it the newest version"), ContainSubstring("run it without a version (--from)")))
		Expect(f.Dump().Installations).To(HaveLen(before))
	},
		Entry("of a finished one", "FIRST", "finished-rotation"), Entry("of a finished one, forced", "FIRST", "finished-rotation", "--force"),
	)

	It("is refused while the foundation is blocked", func() {
		f := serve(sim.Options{})
		f.operate("generate", "generate")
		r := run(f.environ, "apply-changes", "--om", "true")
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("apply-changes refused (too-many-cas): "))
		Expect(f.Dump().Installations).To(HaveLen(2))
	})

	It("fails before anything when om is not there", func() {
		f := serve(sim.Options{})
		r := run(f.environ, "apply-changes", "--om", "/nowhere/om")
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("error: the om binary was not found: "))
	})
})
