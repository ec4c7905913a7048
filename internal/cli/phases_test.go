package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

var _ = Describe("the phases", func() {
	DescribeTable("fail behind a call that was carried out in part, have written that down, and every command from there refuses",
		func(part, method, path, was string, way ...string) {
			f := serve(sim.Options{})
			to := GinkgoT().TempDir()
			does := func(args ...string) {
				GinkgoHelper()
				r := run(f.environ, args...)
				Expect(r.code).To(Equal(0), r.stderr)
			}
			apply := append([]string{"apply-changes"}, quickly()...)
			does("verify", "--to", to)
			for _, step := range way {
				if step == "verify" {
					does(append(apply, "--from", to)...)
				}
				does(step, "--from", to, "--to", to)
			}
			reason := "partial-" + map[string]string{"generate": "generation", "activate": "activation", "delete": "deletion"}[part]
			f.fault(faults.Fault{Method: method, Path: path, Effect: faults.FailEntries})
			r := run(f.environ, part, "--from", to, "--to", to)
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(And(ContainSubstring("error: "+part+" was carried out only in part, it failed for /opsmgr/bosh_dns/tls_ca"), ContainSubstring("#"+reason)))
			Expect(version(to)).To(And(HaveKeyWithValue("state", "blocked"), HaveKeyWithValue("reason", reason), HaveKeyWithValue("was", was)))

			sent := f.changes()
			for _, command := range [][]string{{part}, {"verify"}, append([]string{"rotate"}, quickly()...), apply} {
				r = run(f.environ, append(command, "--from", to)...)
				Expect(r.code).To(Equal(1), command[0])
				Expect(r.stderr).To(ContainSubstring("refused ("+reason+")"), command[0])
			}
			Expect(f.changes()).To(Equal(sent))
			Expect(run(f.environ, "status", "--from", to).stdout).To(ContainSubstring(reason))

			By("accepted")
			accept := []string{"--from", to, "--accept", reason}
			if part != "activate" {
				does(append(apply, accept...)...)
				Expect(f.changes()).To(HaveLen(len(sent) + 1))
			}
			does(append([]string{"verify", "--to", to}, accept...)...)
			Expect(version(to)).To(HaveKeyWithValue("state", map[string]string{"generate": "trusted", "activate": "activated", "delete": "settled"}[part]))
		},
		Entry(nil, "generate", "POST", "/api/v0/certificate_authorities/generate", "generated"),
		Entry(nil, "activate", "POST", "/api/v0/certificate_authorities/*/activate", "activated", "generate", "verify"),
		Entry(nil, "delete", "DELETE", "/api/v0/certificate_authorities/*", "retired", "generate", "verify", "activate", "regenerate", "verify"),
	)

	It("go on from one another's folders, like a put from a get's", func() {
		f := serve(sim.Options{})
		first, folder := f.Dump().CAs[0].GUID, GinkgoT().TempDir()
		phase := func(name, state string) {
			GinkgoHelper()
			args := []string{name, "--to", folder}
			if name != "generate" {
				args = append(args, "--from", folder)
			}
			r := run(f.environ, args...)
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(r.stdout).To(BeEmpty())
			Expect(version(folder)).To(HaveKeyWithValue("state", state))
			Expect(os.ReadFile(filepath.Join(folder, "state"))).To(BeEquivalentTo(state))
		}
		phase("generate", "generated")
		Expect(filepath.Join(folder, "candidate.pem")).To(BeARegularFile())
		f.operate("apply")
		phase("verify", "trusted")
		phase("activate", "activated")
		Expect(filepath.Join(folder, "candidate.pem")).NotTo(BeAnExistingFile(), "there is none any more")
		Expect(filepath.Join(folder, "candidate")).NotTo(BeAnExistingFile())
		phase("regenerate", "regenerated")
		f.operate("apply")
		phase("verify", "replaced")
		phase("delete", "retired")
		f.operate("apply")
		phase("verify", "settled")
		Expect(f.Dump().CAs).To(ConsistOf(HaveField("GUID", Not(Equal(first)))))
		Expect(f.Dump().Broken).To(BeEmpty())
	})

	It("take what Ops Manager shows without a version, and refuse what is too early", func() {
		f := serve(sim.Options{})
		f.operate("generate")
		to := filepath.Join(GinkgoT().TempDir(), "ca")
		r := run(f.environ, "activate", "--to", to)
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(MatchRegexp(`(?m)^error: activate refused \(not-reached\): .*TAS`))
		Expect(to).NotTo(BeAnExistingFile())
		Expect(f.changes()).To(BeEmpty())
	})

	It("change nothing in a dry run, nor when nothing is due", func() {
		f := serve(sim.Options{})
		Expect(run(f.environ, "generate", "--dry-run").stderr).To(ContainSubstring("dry run: nothing was changed"))
		Expect(run(f.environ, "generate", "--expires-within", "30d").stderr).To(ContainSubstring("not-due: not due"))
		Expect(f.changes()).To(BeEmpty())
	})

	DescribeTable("write nothing in a dry run, for Ops Manager alone does not tell everything",
		func(name string) {
			f := serve(sim.Options{})
			folder := from(`{"state":"retired","active":"` + f.Dump().CAs[0].GUID + `","removed":"0123456789abcdef0123","installation":"1"}`)
			before := version(folder)
			r := run(f.environ, name, "--dry-run", "--accept", "pending-changes", "--to", folder)
			Expect(r.stderr).To(MatchRegexp("dry run: |refused|done: "))
			Expect(version(folder)).To(Equal(before))
			fresh := filepath.Join(GinkgoT().TempDir(), "ca")
			run(f.environ, name, "--dry-run", "--to", fresh)
			Expect(fresh).NotTo(BeAnExistingFile())
		},
		Entry(nil, "generate"), Entry(nil, "activate"), Entry(nil, "regenerate"), Entry(nil, "delete"), Entry(nil, "verify"),
	)

	It("succeed without a rotation only when they are told to", func() {
		f := serve(sim.Options{})
		for _, name := range []string{"activate", "regenerate", "delete", "verify"} {
			r := run(f.environ, name, "--if-rotating")
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(r.stderr).To(ContainSubstring("done: nothing to do: no rotation is under way"))
		}
		Expect(run(f.environ, "activate").stderr).To(ContainSubstring("activate refused (too-early)"))
		Expect(run(f.environ, "generate", "--if-rotating").code).To(Equal(2))
	})

	It("take a refusal upon themselves where it is named", func() {
		f := serve(sim.Options{})
		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		Expect(run(f.environ, "generate").stderr).To(ContainSubstring("generate refused (pending-changes)"))
		r := run(f.environ, "generate", "--accept", "pending-changes,candidate-expires-soon")
		Expect(r.code).To(Equal(0), r.stderr)
	})

	It("leave a customer's CAs alone that are named", func() {
		f := serve(sim.Options{CustomerCA: true})
		environ := append(f.environ, "EXCLUDE_FROM_ROTATION=/customer/tls_ca, /other/ca")
		r := run(environ, "generate")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(ContainSubstring("note: excluded from this rotation: /customer/tls_ca, /other/ca (as wanted), /services/tls_ca (always)\n"))
		for _, command := range []string{"generate", "rotate"} {
			r = run(append(f.environ, "EXCLUDE_FROM_ROTATION=/customer/tls_ca,customer"), command)
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(ContainSubstring(`error: EXCLUDE_FROM_ROTATION has "customer", which is no path in CredHub: expected the paths of CAs, each of which begins with /`))
			r = run(f.environ, command, "--exclude-from-rotation", "/customer/*")
			Expect(r.stderr).To(ContainSubstring(`error: --exclude-from-rotation has "/customer/*", and Ops Manager knows no patterns`))
		}
		r = run([]string{"OM_TARGET=opsman.example.com", "EXCLUDE_FROM_ROTATION=x"}, "rotate")
		Expect(r.stderr).To(And(ContainSubstring("error: no credentials"), ContainSubstring(`error: EXCLUDE_FROM_ROTATION has "x"`)))
		Expect(f.changes()).To(HaveLen(1))
	})

	It("name what is wrong with a CA of one's own", func() {
		f := serve(sim.Options{})
		folder := GinkgoT().TempDir()
		broken := filepath.Join(folder, "broken.pem")
		Expect(os.WriteFile(broken, []byte("nothing"), 0o600)).To(Succeed())
		r := run(f.environ, "generate", "--certificate", broken, "--private-key", broken)
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(ContainSubstring("error: --certificate is not PEM"), ContainSubstring("error: --private-key is not PEM")))
		pasted := append(f.environ, "CA_CERTIFICATE_FILE="+broken, "CA_PRIVATE_KEY_FILE=-----BEGIN RSA PRIVATE KEY-----geheim")
		Expect(run(pasted, "generate").stderr).To(And(ContainSubstring("error: CA_PRIVATE_KEY_FILE holds PEM: expected the path of a file with it"), Not(ContainSubstring("geheim"))))
		r = run(f.environ, "generate", "--certificate", broken, "--private-key", "/nowhere.pem")
		Expect(r.stderr).To(ContainSubstring(`error: --private-key "/nowhere.pem" cannot be read`))
	})
})

var _ = Describe("variables in the place of flags", func() {
	It("are Platform Automation's names, and an empty one is not set", func() {
		f := serve(withServices())
		f.environ = append(f.environ, "RECREATE=true", "IGNORE_WARNINGS=", "FORCE_LATEST_VARIABLES=", "ERRAND_CONFIG_FILE=", "FROM=", "EXPIRES_WITHIN=", "DRY_RUN=", "ACCEPT=", "NO_SERVICE_ERRANDS=false", "WAIT_FOR=", "ATTEMPTS=")
		r := run(f.environ, "plan")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(And(ContainSubstring("upgrade-all-service-instances"), ContainSubstring("recreate-all-service-instances")))
		Expect(run(append(f.environ, "DRY_RUN=true"), "generate").stderr).To(ContainSubstring("dry run: "))
		Expect(run(append(f.environ, "EXPIRES_WITHIN=30d"), "generate").stderr).To(ContainSubstring("not due"))
		Expect(run(append(f.environ, "IF_ROTATING=true"), "activate").code).To(Equal(0))
		Expect(f.changes()).To(BeEmpty())
	})

	It("give way to a flag", func() {
		f := serve(sim.Options{})
		Expect(run(append(f.environ, "EXPIRES_WITHIN=30d"), "generate", "--expires-within=1y", "--dry-run").stderr).To(ContainSubstring("go: generate may run"))
	})

	DescribeTable("that say nothing usable are named",
		func(variable, wanted string, command ...string) {
			Expect(run([]string{variable}, command...)).To(Equal(ran{2, "", "error: the environment variable " + wanted + "\nRun opsman-ca --help for the commands.\n"}))
		},
		Entry(nil, "RECREATE=yes", `RECREATE is "yes": expected true, false or nothing, for example true`, "apply-changes"),
		Entry(nil, "IF_ROTATING=1", `IF_ROTATING is "1": expected true, false or nothing, for example true`, "verify"),
	)

	DescribeTable("of a form are named, with the form",
		func(variable, wanted string, command ...string) {
			r := run([]string{variable}, command...)
			Expect(r.code).To(Equal(2))
			Expect(r.stderr).To(MatchRegexp("^error: the environment variable " + wanted + "[^\n]*\nRun opsman-ca"))
		},
		Entry(nil, "EXPIRES_WITHIN=soon", `EXPIRES_WITHIN: "soon" is not a span: expected`, "generate"),
		Entry(nil, "WAIT_FOR=long", `WAIT_FOR: "long" is not a duration above 0: expected a number with its unit, h, m or s, for example 12h`, "apply-changes"),
		Entry(nil, "WAIT_FOR=12", `WAIT_FOR: "12" is not a duration above 0`, "rotate"),
		Entry(nil, "PATIENCE=-1h", `PATIENCE: "-1h" is not a duration above 0`, "rotate"),
		Entry(nil, "STUCK_AFTER=0s", `STUCK_AFTER: "0s" is not a duration above 0`, "rotate"),
		Entry(nil, "ATTEMPTS=many", `ATTEMPTS: "many" is not a whole number above 0: expected for example 3`, "rotate"),
		Entry(nil, "ATTEMPTS=0", `ATTEMPTS: "0" is not a whole number above 0`, "apply-changes"),
		Entry(nil, "ATTEMPTS=-2", `ATTEMPTS: "-2" is not a whole number above 0`, "apply-changes"),
		Entry(nil, "IGNORE_INSTALLATION=12, abc", `IGNORE_INSTALLATION: "abc" is not a whole number above 0`, "rotate"),
	)

	It("are named all at once", func() {
		r := run([]string{"WAIT_FOR=12", "ATTEMPTS=0", "RECREATE=yes", "OPSMAN_CA_COLOR=blue"}, "rotate")
		Expect(r.code).To(Equal(2))
		Expect(r.stderr).To(And(ContainSubstring("WAIT_FOR"), ContainSubstring("ATTEMPTS"), ContainSubstring("RECREATE"), ContainSubstring(`error: the environment variable OPSMAN_CA_COLOR is "blue": expected one of auto, always, never`)))
	})

	It("are named together with credentials that are missing", func() {
		r := run([]string{"OM_TARGET=opsman.example.com", "ACCEPT=everything", "FROM=/nowhere/ca", "CA_CERTIFICATE_FILE=/nowhere.pem", "CA_PRIVATE_KEY_FILE="}, "generate")
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(ContainSubstring("error: no credentials"), ContainSubstring(`error: ACCEPT "everything" cannot be accepted`),
			ContainSubstring(`error: FROM "/nowhere/ca" does not exist`), ContainSubstring("error: CA_PRIVATE_KEY_FILE is missing: a root CA of your own needs CA_CERTIFICATE_FILE and CA_PRIVATE_KEY_FILE")))
	})

	It("are what sentences name, and flags where flags were given", func() {
		f := serve(sim.Options{})
		Expect(run(append(f.environ, "ACCEPT=everything"), "generate").stderr).To(ContainSubstring(`error: ACCEPT "everything" cannot be accepted`))
		Expect(run(append(f.environ, "ACCEPT=everything"), "generate", "--accept=all").stderr).To(ContainSubstring(`error: --accept "all" cannot be accepted`))
		Expect(run(append(f.environ, "OPSMAN_CA_UNROTATED=*"), "status").stderr).To(ContainSubstring(`error: OPSMAN_CA_UNROTATED has "*"`))
		Expect(run(append(f.environ, "CA_CERTIFICATE_FILE=/nowhere.pem", "CA_PRIVATE_KEY_FILE=/nowhere.key"), "generate").stderr).
			To(And(ContainSubstring(`error: CA_CERTIFICATE_FILE "/nowhere.pem" cannot be read`), ContainSubstring(`error: CA_PRIVATE_KEY_FILE "/nowhere.key" cannot be read`)))
		Expect(f.changes()).To(BeEmpty())
	})

	It("find ENV_FILE in the input env, as Platform Automation does", func() {
		f := serve(sim.Options{})
		folder := GinkgoT().TempDir()
		GinkgoT().Chdir(folder)
		Expect(os.Mkdir("env", 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join("env", "env.yml"), []byte("target: "+f.environ[0][len("OM_TARGET="):]+"\nusername: admin\npassword: "+password+"\nskip-ssl-validation: true\n"), 0o600)).To(Succeed())
		for _, name := range []string{"ENV_FILE=env.yml", "ENV_FILE=env/env.yml"} {
			r := run([]string{name}, "status")
			Expect(r.code).To(Equal(0), r.stderr)
		}
		for _, environ := range [][]string{{"ENV_FILE=other.yml"}, {"ENV_FILE=env/other.yml"}, append(f.environ, "ENV_FILE=other.yml")} {
			Expect(run(environ, "status").stderr).To(ContainSubstring("error: the env file env/other.yml does not exist: "), "the input is there")
		}
	})

	It("do without ENV_FILE's default where neither the input nor the file is there, and OM_TARGET is", func() {
		f := serve(sim.Options{})
		GinkgoT().Chdir(GinkgoT().TempDir())
		Expect(run(append(f.environ, "ENV_FILE=env.yml"), "status").code).To(Equal(0))
		Expect(run([]string{"ENV_FILE=env.yml"}, "status").stderr).To(ContainSubstring("error: the env file env/env.yml does not exist: "))
	})

	It("take a CA of one's own from the input certs when the params are there and empty", func() {
		f := serve(sim.Options{})
		GinkgoT().Chdir(GinkgoT().TempDir())
		empty := append(f.environ, "CA_CERTIFICATE_FILE=", "CA_PRIVATE_KEY_FILE=")
		Expect(run(empty, "generate", "--dry-run").code).To(Equal(0), "no such input")
		Expect(os.Mkdir("certs", 0o755)).To(Succeed())
		r := run(empty, "generate", "--dry-run")
		Expect(r.code).To(Equal(1), "never a generated CA in the place of one's own")
		Expect(r.stderr).To(And(MatchRegexp(`error: CA_CERTIFICATE_FILE ".*certs/certificate.pem" cannot be read`), MatchRegexp(`error: CA_PRIVATE_KEY_FILE ".*certs/privatekey.pem" cannot be read`)))
		Expect(run(f.environ, "generate", "--dry-run").code).To(Equal(0), "not in a task")
		Expect(f.changes()).To(BeEmpty())
	})
})

var _ = Describe("the errands of a plan", func() {
	It("are in the JSON, the operator's own and what is added to them", func() {
		f := serve(withServices())
		config := filepath.Join(GinkgoT().TempDir(), "errands.yml")
		Expect(os.WriteFile(config, []byte("errands: {p.mysql: {run_post_deploy: {upgrade-all-service-instances: false}}}"), 0o600)).To(Succeed())
		r := run(f.environ, "plan", "--json", "--recreate-vms", "--config", config)
		Expect(r.code).To(Equal(0), r.stderr)
		var plan struct {
			Errands []struct{ Product, Errand, Run, Why string }
		}
		Expect(json.Unmarshal([]byte(r.stdout), &plan)).To(Succeed())
		Expect(plan.Errands).To(ConsistOf(
			And(HaveField("Product", "p.mysql"), HaveField("Errand", sim.UpgradeAllErrand), HaveField("Run", "false"), HaveField("Why", ContainSubstring("errands.yml"))),
			And(HaveField("Errand", sim.RecreateAllErrand), HaveField("Run", "true")),
		))
		Expect(r.stderr).To(ContainSubstring("its service instances stay behind"))
		Expect(run(f.environ, "plan", "--no-service-errands").stderr).To(ContainSubstring("are switched off"))
	})
})

var _ = Describe("report", func() {
	It("groups every certificate by who has to act", func() {
		f := serve(sim.Options{ConfigurableLeaf: true})
		r := run(f.environ, "report")
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stdout).To(And(ContainSubstring(f.Dump().CAs[0].GUID), MatchRegexp(`root CA, active +[0-9-]+ +\d+`), ContainSubstring("opsman-ca rotates it"), ContainSubstring("Configurable Leaf Procedure: you\n")))

		var inventory struct {
			At         string
			Procedures []struct {
				Procedure, Who string
				Rotated        bool
				Certificates   []struct {
					Name, Kind, Expires string
					DaysLeft            *int `json:"days_left"`
				}
			}
		}
		Expect(json.Unmarshal([]byte(run(f.environ, "report", "--json").stdout), &inventory)).To(Succeed())
		Expect(inventory.At).NotTo(BeEmpty())
		Expect(inventory.Procedures).To(ContainElement(And(HaveField("Rotated", true), HaveField("Certificates", ContainElement(And(HaveField("Kind", "root CA, active"), HaveField("DaysLeft", HaveValue(BeNumerically("~", 60, 1)))))))))
		Expect(inventory.Procedures).To(ContainElement(And(HaveField("Rotated", false), HaveField("Certificates", ContainElement(HaveField("Name", ContainSubstring("networking_poe_ssl_certs")))))))
		Expect(run(f.environ, "report", "--markdown").stdout).To(And(HavePrefix("# Certificates\n"), ContainSubstring("| `"+f.Dump().CAs[0].GUID+"` | root CA, active |")))
		Expect(f.changes()).To(BeEmpty())
	})

	It("fails when anything expires within a span, and begins with it", func() {
		f := serve(sim.Options{ConfigurableLeaf: true})
		guid := f.Dump().CAs[0].GUID
		for _, form := range []string{"", "--json", "--markdown", "--html"} {
			args := append([]string{"report"}, strings.Fields(form)...)
			r := run(append(f.environ, "EXPIRES_WITHIN=3m"), args...)
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(MatchRegexp(`error: \d+ certificates? expires? within 3m: .*; the report says who has to act for each\ntroubleshooting: https://\S+/docs/troubleshooting\.md\n$`))
			Expect(strings.Index(r.stdout, guid)).To(BeNumerically("<", strings.LastIndex(r.stdout, guid)), "once more than without")
			r = run(append(f.environ, "EXPIRES_WITHIN="), append(args, "--expires-within=1d")...)
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(r.stdout).To(Or(ContainSubstring("Nothing expires within 1d"), ContainSubstring(`"certificates": []`)))
		}
		Expect(run(f.environ, "report", "--expires-within=720h").code).To(Equal(2))
		Expect(f.changes()).To(BeEmpty())
	})
})
