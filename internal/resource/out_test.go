package resource_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

const cas = "/api/v0/certificate_authorities"

// customCA puts a root CA of the operator's own into custom-ca/.
func (f *foundation) customCA() {
	GinkgoHelper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	Expect(err).NotTo(HaveOccurred())
	t := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Our Root"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(4, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1, 2, 3, 4},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	Expect(err).NotTo(HaveOccurred())
	Expect(os.MkdirAll(filepath.Join(f.build, "custom-ca"), 0o755)).To(Succeed())
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)},
	} {
		Expect(os.WriteFile(filepath.Join(f.build, "custom-ca", name), pem.EncodeToMemory(block), 0o600)).To(Succeed())
	}
}

// reached goes through a rotation up to the end of the state.
func (f *foundation) reached(state string) answer {
	GinkgoHelper()
	a := f.get(nil)
	Expect(a.Version["state"]).To(Equal("settled"))
	if state == "settled" {
		return a
	}
	a = f.must("generate")
	Expect(a.Version["state"]).To(Equal("generated"))
	if state == "generated" {
		return a
	}
	return f.onward(state)
}

// onward goes on from generated up to the end of the state.
func (f *foundation) onward(state string) (a answer) {
	GinkgoHelper()
	for _, phase := range []struct {
		state string
		run   func() answer
	}{
		{"trusted", func() answer { f.apply(); return f.must("verify") }},
		{"activated", func() answer { return f.must("activate") }},
		{"regenerated", func() answer { return f.must("regenerate") }},
		{"replaced", func() answer { f.apply(); return f.must("verify") }},
		{"retired", func() answer { return f.must("delete") }},
		{"settled again", func() answer { f.apply(); return f.must("verify") }},
	} {
		a = phase.run()
		Expect(a.Version["state"]).To(Equal(strings.TrimSuffix(phase.state, " again")))
		if phase.state == state {
			return a
		}
	}
	return a
}

var _ = Describe("out", func() {
	It("carries a rotation through, one phase at a time, and sends each call once", func() {
		f := serve(sim.Options{})
		first := f.Dump().CAs[0].GUID
		settled := f.reached("settled again")
		state := f.Dump()
		Expect(state.CAs).To(HaveLen(1))
		Expect(state.CAs[0].GUID).NotTo(Equal(first))
		Expect(state.Broken).To(BeEmpty())
		Expect(settled.Version).To(And(HaveKeyWithValue("active", state.CAs[0].GUID), HaveKeyWithValue("removed", first), HaveKey("installation")))
		Expect(f.changing()).To(Equal([]string{"POST /generate", "POST /" + state.CAs[0].GUID + "/activate", "POST /active/regenerate", "DELETE /" + first}))
	})

	It("leaves a customer's CA alone that is named, from the generate to the end", func() {
		f := serve(sim.Options{CustomerCA: true})
		f.get(nil)
		r := f.put(map[string]any{"phase": "generate", "exclude_from_rotation": []string{"/customer/tls_ca"}})
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(MatchRegexp(`note: excluded from this rotation: /customer/tls_ca \(as wanted\), /services/tls_ca \(always\)`))
		Expect(r.stderr).To(ContainSubstring("certificates excluded from rotation: /customer/tls_ca, /services/tls_ca"))
		f.in(decoded(r).Version)
		f.onward("settled again")
		Expect(f.Dump().Broken).To(BeEmpty())
	})

	DescribeTable("names in its advice the params of a put alone",
		func(o sim.Options, name string) {
			f := serve(o)
			f.get(nil)
			r := f.put(map[string]any{"phase": "generate"})
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(And(ContainSubstring(name), Not(MatchRegexp(`RECREATE|EXCLUDE_FROM|--recreate|--exclude`))))
		},
		Entry(nil, sim.Options{OldStemcells: true}, "or set params.recreate: then"),
		Entry(nil, sim.Options{CustomerCA: true}, "name them in params.exclude_from_rotation: /customer/tls_ca"),
	)

	It("demands a recent apply changes of all products of a generate, where that is asked", func() {
		f := serve(sim.Options{})
		f.Advance(31 * 24 * time.Hour)
		f.get(nil)
		demanding := map[string]any{"phase": "generate", "require_full_apply": true}
		r := f.put(demanding)
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(ContainSubstring("generate refused (full-apply-missing): no successful deployment within 30 days is known of BOSH Director"), ContainSubstring("docs/troubleshooting.md#full-apply-missing")))
		Expect(f.changing()).To(BeEmpty())
		Expect(f.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
		r = f.put(demanding)
		Expect(r.code).To(Equal(0), r.stderr)
	})

	It("asks for what a rotation depends on before generate alone", func() {
		f := serve(sim.Options{})
		questions := func() []string {
			var all []string
			for _, r := range f.Ledger().Requests {
				for _, path := range []string{"/diagnostic_report", "/staged/director/properties", "/pre_deploy_check"} {
					if strings.Contains(r.Path, path) {
						all = append(all, path)
					}
				}
			}
			return all
		}
		f.reached("settled")
		f.must("verify")
		Expect(questions()).To(BeEmpty())
		f.must("generate")
		begun := []string{"/staged/director/properties", "/pre_deploy_check", "/pre_deploy_check"}
		Expect(questions()).To(Equal(begun))
		f.must("generate")
		f.onward("regenerated")
		Expect(questions()).To(Equal(begun))
	})

	It("tells in its metadata what was done, what it found, and what comes next", func() {
		f := serve(sim.Options{})
		f.get(nil)
		a := f.must("generate")
		Expect(a.names()).To(Equal([]string{
			"phase", "outcome", "state", "active CA", "candidate CA", "installation", "reached", "certificates changed", "certificates excluded", "Ops Manager", "next",
		}))
		Expect(a.value("phase")).To(Equal("generate"))
		Expect(a.value("outcome")).To(Equal("generate done"))
		Expect(a.value("reached")).To(Equal("0 of 2 products"))
		Expect(a.value("Ops Manager")).To(Equal("3.1.2-build.5"))
		Expect(a.value("next")).To(ContainSubstring("apply changes"))
		target, err := url.Parse(f.server.URL)
		Expect(err).NotTo(HaveOccurred())
		for _, m := range a.Metadata {
			Expect(m.Value).NotTo(Or(BeEmpty(), ContainSubstring(target.Host), ContainSubstring("127.0.0.1"), ContainSubstring(password)), m.Name)
		}
	})

	DescribeTable("run again does nothing twice, and gives the present version",
		func(state, phase string) {
			f := serve(sim.Options{})
			f.reached(state)
			r := f.put(map[string]any{"phase": phase})
			Expect(r.code).To(Equal(0), r.stderr)
			sent := f.changing()
			again := f.put(map[string]any{"phase": phase})
			Expect(again.code).To(Equal(0), again.stderr)
			Expect(f.changing()).To(Equal(sent))
			Expect(decoded(again).Version).To(Equal(decoded(r).Version))
			Expect(decoded(again).value("outcome")).To(HavePrefix("done: nothing to do: " + phase + " is done already"))
			Expect(again.stderr).To(ContainSubstring("done: nothing to do: "))
		},
		Entry(nil, "settled", "generate"), Entry(nil, "trusted", "activate"), Entry(nil, "replaced", "delete"),
	)

	It("regenerates again when it is run again, for nothing shows that it was done, and it does no harm", func() {
		f := serve(sim.Options{})
		f.reached("activated")
		first, second := f.put(map[string]any{"phase": "regenerate"}), f.put(map[string]any{"phase": "regenerate"})
		Expect(second.code).To(Equal(0), second.stderr)
		Expect(decoded(second).Version).To(Equal(decoded(first).Version))
		f.in(decoded(second).Version)
		sent := f.changing()
		Expect(decoded(f.put(map[string]any{"phase": "regenerate"})).value("outcome")).To(HavePrefix("done: nothing to do"))
		Expect(f.changing()).To(Equal(sent), "the version tells")
	})

	DescribeTable("refuses a phase whose turn has not come, says what is missing, and sends nothing",
		func(state, phase, reason, missing string) {
			f := serve(sim.Options{})
			f.reached(state)
			sent := f.changing()
			r := f.put(map[string]any{"phase": phase})
			Expect(r.code).To(Equal(1))
			Expect(r.stdout).To(BeEmpty())
			Expect(r.stderr).To(MatchRegexp(`(?m)^error: ` + phase + ` refused \(` + reason + `\): .*` + missing))
			Expect(f.changing()).To(Equal(sent))
		},
		Entry(nil, "settled", "activate", "too-early", "generate"),
		Entry(nil, "settled", "delete", "too-early", ""),
		Entry(nil, "generated", "verify", "not-reached", "TAS"),
		Entry(nil, "generated", "activate", "not-reached", "TAS"),
		Entry(nil, "generated", "delete", "too-early", ""),
		Entry(nil, "regenerated", "delete", "not-reached", "TAS"),
		Entry(nil, "retired", "verify", "not-reached", "TAS"),
	)

	It("changes nothing in a dry run", func() {
		f := serve(sim.Options{})
		before := f.get(nil)
		r := f.put(map[string]any{"phase": "generate", "dry_run": true})
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(decoded(r).Version).To(Equal(before.Version))
		Expect(decoded(r).value("outcome")).To(HavePrefix("dry run, nothing was changed: "))
		Expect(r.stderr).To(ContainSubstring("dry run: nothing was changed"))
		Expect(f.changing()).To(BeEmpty())
	})

	It("succeeds and changes nothing while nothing expires within the span", func() {
		f := serve(sim.Options{})
		f.get(nil)
		r := f.put(map[string]any{"phase": "generate", "expires_within": "30d"})
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(decoded(r).value("outcome")).To(ContainSubstring("nothing that a rotation replaces expires within 30d"))
		Expect(f.changing()).To(BeEmpty())

		r = f.put(map[string]any{"phase": "generate", "expires_within": "3m"})
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(f.changing()).To(Equal([]string{"POST /generate"}))
	})

	It("succeeds without a rotation where it is wanted only in one, and hands on the same version", func() {
		f := serve(sim.Options{})
		before := f.get(nil)
		for _, phase := range []string{"activate", "regenerate", "delete", "verify"} {
			r := f.put(map[string]any{"phase": phase, "if_rotating": true})
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(decoded(r).Version).To(Equal(before.Version))
			Expect(decoded(r).value("outcome")).To(HavePrefix("done: nothing to do: no rotation is under way"))
		}
		Expect(f.put(map[string]any{"phase": "activate", "if_rotating": false}).stderr).To(ContainSubstring("activate refused (too-early)"))
		Expect(f.put(map[string]any{"phase": "generate", "if_rotating": true}).stderr).To(ContainSubstring("error: params.if_rotating does not belong to phase generate"))
		Expect(f.changing()).To(BeEmpty())
	})

	It("takes a refusal upon itself only where the operator names it", func() {
		f := serve(sim.Options{})
		f.get(nil)
		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		r := f.put(map[string]any{"phase": "generate"})
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("generate refused (pending-changes)"))
		r = f.put(map[string]any{"phase": "generate", "accept": []string{"pending-changes"}})
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(decoded(r).value("notes")).To(ContainSubstring("pending-changes"))
	})

	It("blocks what is behind a call that failed for some certificates, until that is accepted", func() {
		f := serve(sim.Options{})
		f.get(nil)
		phase := func(params map[string]any) version {
			GinkgoHelper()
			v := decoded(f.put(params)).Version
			f.in(v)
			return v
		}
		phase(map[string]any{"phase": "generate"})
		f.apply()
		trusted := phase(map[string]any{"phase": "verify"})
		f.fault(faults.Fault{Method: "POST", Path: "/api/v0/certificate_authorities/*/activate", Effect: faults.FailEntries, Names: []string{"/opsmgr/bosh_dns/tls_ca"}})
		a := decoded(f.put(map[string]any{"phase": "activate"}))
		Expect(a.Version).To(And(HaveKeyWithValue("state", "blocked"), HaveKeyWithValue("reason", "partial-activation"), HaveKeyWithValue("was", "activated")))
		Expect(a.value("outcome")).To(Equal("activate done in part"))
		Expect(a.value("notes")).To(ContainSubstring("failed: /opsmgr/bosh_dns/tls_ca"))
		f.in(a.Version)

		By("for a check as well")
		Expect(f.check(a.Version)).To(Equal([]version{a.Version}))
		Expect(f.check(trusted)).NotTo(ContainElement(a.Version), "what it has not seen it cannot know")
		sent := len(f.changing())
		for _, name := range []string{"activate", "regenerate", "verify"} {
			r := f.put(map[string]any{"phase": name})
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(ContainSubstring(name + " refused (partial-activation): activate was carried out only in part"))
		}
		Expect(f.changing()).To(HaveLen(sent))

		By("accepted")
		on := phase(map[string]any{"phase": "verify", "accept": []string{"partial-activation"}})
		Expect(on).To(And(HaveKeyWithValue("state", "activated"), HaveKeyWithValue("turn", "1")))
		Expect(f.check(on)).To(Equal([]version{on}))
	})

	It("does not make a new version of an old delete, when that is run again on a settled foundation", func() {
		f := serve(sim.Options{})
		f.get(nil)
		phase := func(name string) version {
			GinkgoHelper()
			r := f.put(map[string]any{"phase": name})
			v := decoded(r).Version
			f.in(v)
			return v
		}
		phase("generate")
		f.apply()
		phase("verify")
		phase("activate")
		phase("regenerate")
		f.apply()
		replaced := phase("verify")
		Expect(replaced).To(HaveKeyWithValue("state", "replaced"))
		phase("delete")

		By("before the last apply changes, it is where the version was")
		f.in(replaced)
		Expect(phase("delete")).To(HaveKeyWithValue("state", "retired"))
		f.apply()
		settled := phase("verify")
		Expect(settled).To(HaveKeyWithValue("state", "settled"))

		By("after it")
		f.in(replaced)
		r := f.put(map[string]any{"phase": "delete"})
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("delete refused (finished-rotation): the version handed over is of state replaced"))
		Expect(f.check(settled)).To(Equal([]version{settled}))
	})

	It("refuses a version of other CAs", func() {
		f := serve(sim.Options{})
		Expect(os.MkdirAll(filepath.Join(f.build, "ca"), 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(f.build, "ca", "version.json"), []byte(`{"state":"settled","active":"0123456789abcdef0123"}`), 0o600)).To(Succeed())
		r := f.put(map[string]any{"phase": "generate"})
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(MatchRegexp(`generate refused \((foreign-version|finished-rotation)\): .*0123456789abcdef0123`))
	})

	It("hands over the operator's own CA", func() {
		f := serve(sim.Options{})
		f.get(nil)
		f.customCA()
		r := f.put(map[string]any{"phase": "generate", "certificate": "custom-ca/cert.pem", "private_key": "custom-ca/key.pem"})
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(f.changing()).To(Equal([]string{"POST "}))
		certificate, err := os.ReadFile(filepath.Join(f.build, "custom-ca", "cert.pem"))
		Expect(err).NotTo(HaveOccurred())
		Expect(f.Dump().CAs[1].CertPEM).To(Equal(string(certificate)))
		again := f.put(map[string]any{"phase": "generate", "certificate": "custom-ca/cert.pem", "private_key": "custom-ca/key.pem"})
		Expect(again.code).To(Equal(0), again.stderr)
		Expect(f.changing()).To(HaveLen(1))
	})
})

var _ = Describe("out, with a call that goes wrong,", func() {
	DescribeTable("believes the state when the answer is lost after the work",
		func(state, phase, method, path string) {
			f := serve(sim.Options{})
			f.reached(state)
			f.fault(faults.Fault{Method: method, Path: path, Effect: faults.CloseAfter})
			r := f.put(map[string]any{"phase": phase})
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(r.stderr).To(ContainSubstring("the answer was lost: "))
			Expect(decoded(r).value("notes")).To(Equal("the answer to the call was lost; Ops Manager shows that it was carried out"))
			Expect(f.slept).To(BeEmpty(), "the first look was enough")
		},
		Entry(nil, "settled", "generate", "POST", cas+"/generate"),
		Entry(nil, "trusted", "activate", "POST", cas+"/*/activate"),
		Entry(nil, "replaced", "delete", "DELETE", cas+"/*"),
	)

	It("has regenerate run again when its answer is lost: no state shows what became of it", func() {
		f := serve(sim.Options{})
		f.reached("activated")
		f.fault(faults.Fault{Method: "POST", Path: cas + "/active/regenerate", Effect: faults.CloseAfter})
		r := f.put(map[string]any{"phase": "regenerate"})
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(MatchRegexp(`error: regenerate: POST .* may have been carried out .*; rerun this step, regenerating twice does no harm\n`))
		Expect(f.must("regenerate").Version["state"]).To(Equal("regenerated"))
	})

	It("looks again and again when the answer is lost before the work, then says so", func() {
		f := serve(sim.Options{})
		f.get(nil)
		f.fault(faults.Fault{Method: "POST", Path: cas + "/generate", Effect: faults.CloseBefore})
		r := f.put(map[string]any{"phase": "generate"})
		Expect(r.code).To(Equal(1))
		Expect(r.stdout).To(BeEmpty())
		Expect(r.stderr).To(MatchRegexp(`error: generate has had no effect so far \(state settled.*wait a few minutes, then rerun this step\n`))
		Expect(f.slept).To(HaveLen(24))
		Expect(f.must("generate").Version["state"]).To(Equal("generated"))
	})

	It("does not believe a success that has no effect", func() {
		f := serve(sim.Options{})
		f.get(nil)
		f.fault(faults.Fault{Method: "POST", Path: cas + "/generate", Effect: faults.Drop})
		r := f.put(map[string]any{"phase": "generate"})
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(MatchRegexp(`error: generate was accepted by Ops Manager, which shows state settled all the same.*rerun this step\n`))
	})

	It("looks once more when it is turned away by an expired token", func() {
		f := serve(sim.Options{})
		f.get(nil)
		f.fault(faults.Fault{Method: "POST", Path: cas + "/generate", Effect: faults.Answer, Status: 401})
		r := f.put(map[string]any{"phase": "generate"})
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(ContainSubstring("turned away: "))
		Expect(f.Dump().CAs).To(HaveLen(2))
	})

	It("shows a violation of Ops Manager with its certificates and its remedy", func() {
		f := serve(sim.Options{})
		f.get(nil)
		f.fault(faults.Fault{Method: "POST", Path: cas + "/generate", Effect: faults.Violate})
		r := f.put(map[string]any{"phase": "generate"})
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring("error: generate failed: Ops Manager refused POST /api/v0/certificate_authorities/generate with 422 Unprocessable Entity: "))
		Expect(r.stderr).To(ContainSubstring(outcome.ChildNotLatest))
		Expect(f.Dump().CAs).To(HaveLen(1))
	})

	It("shows warnings, and certificates that could not be renewed", func() {
		f := serve(sim.Options{})
		f.get(nil)
		f.fault(faults.Fault{Method: "POST", Path: cas + "/generate", Effect: faults.Warn, Warnings: []string{"one is odd"}})
		r := f.put(map[string]any{"phase": "generate"})
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(r.stderr).To(ContainSubstring("Ops Manager warns: one is odd"))
		Expect(decoded(r).value("warnings")).To(Equal("one is odd"))
	})
})
