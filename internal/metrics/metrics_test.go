package metrics_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/metrics"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

func unix(at time.Time) float64 { return float64(at.Unix()) }

var _ = Describe("the metrics", func() {
	It("say when CAs and groups of certificates expire", func() {
		o := settled()
		own := leaf("/cf/own", -3)
		own.Configurable = true
		undated := leaf("/cf/undated", 0)
		undated.ValidUntil = time.Time{}
		dns := leaf("/opsmgr/bosh_dns/tls_ca", 90)
		dns.IsCA = true
		o.certificates.List = append(o.certificates.List, own, undated, dns, leaf("/cf/excluded", 5))
		o.excluded = []string{"/cf/excluded"}
		m := shown(looker(o))
		Expect(values(m["authority_expiry_timestamp_seconds"], "name", "kind")).To(Equal(map[string]float64{
			guidOld + " root CA, active": unix(madeOld.AddDate(4, 0, 0)), "/opsmgr/bosh_dns/tls_ca CA": unix(now.AddDate(0, 0, 90)),
		}))
		Expect(values(m["authority_expiry_seconds"], "name")).To(HaveKeyWithValue("/opsmgr/bosh_dns/tls_ca", 90*86400.0))
		Expect(values(m["group_certificates"], "category", "rotated")).To(Equal(map[string]float64{"rotation true": 4, "configurable false": 1, "excluded false": 1}))
		Expect(values(m["group_certificates_expired"], "category")).To(Equal(map[string]float64{"rotation": 0, "configurable": 1, "excluded": 0}))
		Expect(values(m["group_certificates_undated"], "category")).To(HaveKeyWithValue("rotation", 1.0))
		Expect(values(m["group_expiry_timestamp_seconds"], "category")).To(HaveKeyWithValue("configurable", unix(now.AddDate(0, 0, -3))))
		Expect(values(m["group_expiry_seconds"], "category")).To(And(HaveKeyWithValue("configurable", -3*86400.0), HaveKeyWithValue("rotation", 90*86400.0)))
		Expect(values(m["certificates_known"])).To(Equal(map[string]float64{"": 1}))
		Expect(values(m["up"])).To(Equal(map[string]float64{"": 1}))
		Expect(values(m["look_timestamp_seconds"])).To(Equal(map[string]float64{"": 1_800_000_002}))
		Expect(values(m["look_duration_seconds"])).To(Equal(map[string]float64{"": 1}))
		Expect(values(m["opsman_clock_timestamp_seconds"])).To(Equal(map[string]float64{"": unix(now)}))
		Expect(values(m["opsman_info"], "version")).To(Equal(map[string]float64{"3.1.2-build.5": 1}))
		Expect(values(m["build_info"])).To(Equal(map[string]float64{"": 1}))
	})

	It("come of one question of each kind, also where a certificate is late", func() {
		o := settled()
		late := leaf("/cf/late", 400)
		late.OutdatedDeployments = []string{"cf-1"}
		o.certificates.List = append(o.certificates.List, late)
		o.excluded = []string{"/cf/late"}
		Expect(values(shown(looker(o))["group_certificates"], "category")).To(HaveKeyWithValue("excluded", 1.0))
		Expect(o.asked).To(Equal(7), "CAs, version, products, installations, pending changes, certificates, excluded ones")
	})

	It("do not take an unknown list for a fine one", func() {
		o := settled()
		o.certificates = evidence.Certificates{Unknown: "502 Bad Gateway"}
		m := shown(looker(o))
		Expect(values(m["certificates_known"])).To(Equal(map[string]float64{"": 0}))
		Expect(values(m["group_certificates"], "category")).To(Equal(map[string]float64{"rotation": 1}), "the root CA")
	})

	It("say nothing of a foundation that did not answer but that", func() {
		o := settled()
		o.broken = errGone
		l := looker(o)
		look := l.Look(context.Background())
		Expect(look.Err).To(MatchError(errGone))
		m := shown(l)
		Expect(m).To(HaveLen(4))
		Expect(values(m["up"])).To(Equal(map[string]float64{"": 0}))
		Expect(m).To(And(HaveKey("build_info"), HaveKey("look_timestamp_seconds"), HaveKey("look_duration_seconds")))
	})

	It("have a bounded number of series, root CAs among them, whatever Ops Manager lists", func() {
		o := settled()
		for n := range 500 {
			c := leaf(fmt.Sprintf("/p-bosh/service-instance_%d/pxc_ca", n), n)
			c.IsCA = n%2 == 0
			c.RotationProcedure = fmt.Sprint("P", n)
			o.certificates.List = append(o.certificates.List, c)
		}
		m := shown(looker(o))
		Expect(m["authority_expiry_seconds"].GetMetric()).To(HaveLen(100))
		Expect(values(m["authority_expiry_seconds"], "name")).To(HaveKey(guidOld))
		Expect(values(m["authorities_left_out"])).To(Equal(map[string]float64{"": 151}))
		Expect(len(m["group_certificates"].GetMetric())).To(And(BeNumerically(">", 10), BeNumerically("<", 60)))
		total := 0.0
		for _, n := range values(m["group_certificates"], "category", "procedure", "rotated") {
			total += n
		}
		Expect(total).To(Equal(502.0), "none is lost")
		Expect(values(m["group_expiry_seconds"], "category", "procedure")).To(HaveKeyWithValue("service-instance other", 40*86400.0), "the first of the others")
	})

	It("show hostile names as labels that can be parsed", func() {
		o := settled()
		c := leaf("a\"b\\c\nd\x1b[2J\xff\u202e"+strings.Repeat("x", 500), 5)
		c.IsCA, c.RotationProcedure = true, "P\xff\n\"{}"
		again := c
		again.Name, again.ValidUntil = c.Name+"y", c.ValidUntil.AddDate(0, 0, -1)
		o.certificates.List = append(o.certificates.List, c, again)
		m := shown(looker(o))
		Expect(m["authority_expiry_seconds"].GetMetric()).To(HaveLen(2), "cut to one name, the earlier counts")
		Expect(values(m["authority_expiry_seconds"], "name")).To(ContainElement(4 * 86400.0))
	})

	DescribeTable("say how the newest apply changes ended",
		func(status string) {
			o := settled()
			o.history = append([]evidence.Installation{installed(9, now.Add(-2*time.Hour), status)}, o.history...)
			m := shown(looker(o))
			Expect(values(m["last_apply_result"], "result")).To(And(HaveLen(3), HaveKeyWithValue(status, 1.0)))
			Expect(values(m["last_apply_start_timestamp_seconds"])).To(Equal(map[string]float64{"": unix(now.Add(-2 * time.Hour))}))
			Expect(values(m["last_apply_finish_timestamp_seconds"])).To(Equal(map[string]float64{"": unix(now.Add(-time.Hour))}))
		},
		Entry(nil, evidence.InstallationSucceeded), Entry(nil, evidence.InstallationFailed), Entry(nil, evidence.InstallationRunning))

	DescribeTable("say where the rotation stands, and since when at the earliest",
		func(o *opsManager, cursor *rotation.Version, state rotation.State, since time.Time) {
			l := looker(o)
			l.Cursor = cursor
			m := shown(l)
			states := values(m["state"], "state")
			Expect(states).To(And(HaveLen(9), HaveKeyWithValue(string(state), 1.0)))
			sum := 0.0
			for _, v := range states {
				sum += v
			}
			Expect(sum).To(Equal(1.0), "one at a time")
			if since.IsZero() {
				Expect(m).NotTo(Or(HaveKey("state_start_timestamp_seconds"), HaveKey("state_age_seconds")))
				return
			}
			Expect(values(m["state_start_timestamp_seconds"])).To(Equal(map[string]float64{"": unix(since)}))
			Expect(values(m["state_age_seconds"])).To(Equal(map[string]float64{"": now.Sub(since).Seconds()}))
		},
		Entry("settled", settled(), nil, rotation.Settled, madeOld),
		Entry("settled by a rotation that was watched", settled(), &rotation.Version{State: rotation.Settled, Active: guidOld, Installation: "8"}, rotation.Settled, madeOld.AddDate(1, 0, 0).Add(time.Hour)),
		Entry("renewed", settled(), &rotation.Version{State: rotation.Renewed, Active: guidOld, Installation: "8", Renewed: madeOld.AddDate(1, 1, 0).Format(time.RFC3339)}, rotation.Renewed, madeOld.AddDate(1, 1, 0)),
		Entry("generated", generated(), nil, rotation.Generated, madeNew),
		Entry("trusted", func() *opsManager {
			o := generated()
			o.history = append([]evidence.Installation{installed(9, madeNew.Add(time.Hour), evidence.InstallationSucceeded)}, o.history...)
			return o
		}(), nil, rotation.Trusted, madeNew.Add(2*time.Hour)),
		Entry("blocked", &opsManager{at: now}, nil, rotation.Blocked, time.Time{}),
	)

	It("say why the rotation is blocked, and how far a proof is", func() {
		m := shown(looker(&opsManager{at: now}))
		Expect(values(m["blocked_info"], "reason")).To(Equal(map[string]float64{"no-cas": 1}))
		Expect(m).NotTo(HaveKey("proof_products"))
		m = shown(looker(generated()))
		Expect(m).NotTo(HaveKey("blocked_info"))
		Expect(values(m["proof_products"], "proof")).To(Equal(map[string]float64{"reached": 0, "missing": 1}))
		Expect(values(m["activated_untrusted"])).To(Equal(map[string]float64{"": 0}))
		o := generated()
		o.cas[0].Active, o.cas[1].Active = false, true
		Expect(values(shown(looker(o))["activated_untrusted"])).To(Equal(map[string]float64{"": 1}))
	})

	It("know from one look to the next when a state can have begun", func() {
		o := generated()
		o.history = append([]evidence.Installation{installed(9, madeNew.Add(time.Hour), evidence.InstallationSucceeded)}, o.history...)
		l := looker(o)
		Expect(values(shown(l)["state"], "state")).To(HaveKeyWithValue("trusted", 1.0))
		o.at = now.Add(time.Hour)
		o.cas[0].Active, o.cas[1].Active = false, true
		m := shown(l)
		Expect(values(m["state"], "state")).To(HaveKeyWithValue("activated", 1.0))
		Expect(values(m["state_start_timestamp_seconds"])).To(Equal(map[string]float64{"": unix(now)}), "not before it was trusted still")
		o.at = now.Add(5 * time.Hour)
		Expect(values(shown(l)["state_age_seconds"])).To(Equal(map[string]float64{"": 5 * 3600.0}))
	})

	It("are at most nine calls a look, one at a time", func() {
		o := generated()
		looker(o).Look(context.Background())
		Expect(o.asked).To(BeNumerically("<=", 8), "and the token")
	})

	It("keep secrets that a server echoes out of labels", func() {
		o := settled()
		c := leaf("/x/geheim", 5)
		c.IsCA, c.RotationProcedure = true, "P geheim"
		o.certificates.List = append(o.certificates.List, c)
		l := looker(o)
		l.Redact = func(text string) string { return strings.ReplaceAll(text, "geheim", "[redacted]") }
		text, err := metrics.Text(l.Look(context.Background()))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(And(ContainSubstring(`name="/x/[redacted]"`), ContainSubstring(`procedure="P [redacted]"`), Not(ContainSubstring("geheim"))))
	})
})
