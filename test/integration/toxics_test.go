package integration_test

import (
	"bytes"
	"net/http"
	"net/url"

	"github.com/Shopify/toxiproxy/v2"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

// behindProxy puts a toxiproxy between the pipeline and its Ops Manager.
func (p *pipeline) behindProxy() *toxiproxy.Proxy {
	GinkgoHelper()
	upstream, err := url.Parse(p.server.URL)
	Expect(err).NotTo(HaveOccurred())
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, "opsman", "127.0.0.1:0", upstream.Host)
	Expect(proxy.Start()).To(Succeed())
	DeferCleanup(func(SpecContext) { proxy.Stop() }, NodeTimeout(patience))
	p.Source["target"] = "https://" + proxy.Listen
	return proxy
}

var _ = Describe("A bad network", func() {
	// quick keeps check and out from trying for two minutes.
	const quick = "700ms"

	DescribeTable("that still carries something is endured",
		func(ctx SpecContext, toxic string) {
			p := newPipeline(sim.Options{})
			_, err := p.behindProxy().Toxics.AddToxicJson(bytes.NewBufferString(toxic))
			Expect(err).NotTo(HaveOccurred())
			p.reach(ctx, "trusted")
			Expect(p.Dump().Broken).To(BeEmpty())
			p.expectProper()
		},
		Entry("latency", `{"type": "latency", "attributes": {"latency": 20, "jitter": 10}}`),
		Entry("latency on the way there", `{"type": "latency", "stream": "upstream", "attributes": {"latency": 20}}`),
		Entry("slow to close", `{"type": "slow_close", "attributes": {"delay": 300}}`),
		Entry("small pieces", `{"type": "slicer", "attributes": {"average_size": 200, "size_variation": 100, "delay": 10}}`),
	)

	DescribeTable("that carries nothing to the end fails check and out in a clear sentence, and changes nothing",
		func(ctx SpecContext, toxic string) {
			p := newPipeline(sim.Options{})
			p.Source["retry_for"] = quick
			p.look(ctx)
			proxy := p.behindProxy()
			_, err := proxy.Toxics.AddToxicJson(bytes.NewBufferString(toxic))
			Expect(err).NotTo(HaveOccurred())
			checking, putting := p.checking().start(ctx), p.startPut(ctx, "generate")
			for name, o := range map[string]ending{"check": ended(ctx, checking), "out": ended(ctx, putting)} {
				Expect(o.code).To(Equal(1), name)
				Expect(o.stdout).To(BeEmpty(), name)
				Expect(o.stderr).To(MatchRegexp(`error: .*Ops Manager at https://127\.0\.0\.1:\d+ is not available: .* was tried (once|\d+ times)`), name)
			}
			Expect(p.writes()).To(BeEmpty())

			Expect(proxy.Toxics.RemoveToxic(ctx, "poison")).To(Succeed())
			p.put(ctx, "generate")
			p.expectProper()
		},
		Entry("reset at once", `{"name": "poison", "type": "reset_peer", "attributes": {"timeout": 0}}`),
		Entry("reset after a while", `{"name": "poison", "type": "reset_peer", "attributes": {"timeout": 15}}`),
		Entry("cut in the TLS handshake", `{"name": "poison", "type": "limit_data", "attributes": {"bytes": 300}}`),
		Entry("cut in an answer", `{"name": "poison", "type": "limit_data", "attributes": {"bytes": 2000}}`),
	)

	It("that is cut in the middle of a long answer is asked again", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		proxy := p.behindProxy()
		// Enough for the token and some reads, then the connection is closed; a new
		// one gets as far again.
		_, err := proxy.Toxics.AddToxicJson(bytes.NewBufferString(`{"name": "poison", "type": "limit_data", "attributes": {"bytes": 9000}}`))
		Expect(err).NotTo(HaveOccurred())
		p.look(ctx)
	})

	// Ops Manager may still work at the call of a put that was killed, and nothing
	// shows it: its own safety checks have to refuse the second of the two.
	It("that hides the death of a put leads to no second candidate", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.look(ctx)
		direct, proxy := p.Source["target"], p.behindProxy()
		_, err := proxy.Toxics.AddToxicJson(bytes.NewBufferString(`{"type": "slow_close", "stream": "upstream", "attributes": {"delay": 60000}}`))
		Expect(err).NotTo(HaveOccurred())
		session := p.heldAt(ctx, faults.Fault{Method: http.MethodPost, Path: "/api/v0/certificate_authorities/generate", Effect: faults.HoldBefore}, p.out("generate", nil))
		session.Kill()
		ended(ctx, session)

		p.Source["target"] = direct
		p.put(ctx, "generate")
		Expect(p.Release(heldID)).To(Succeed())
		Eventually(ctx, p.writes).Should(ConsistOf(HaveField("Status", http.StatusOK), HaveField("Status", http.StatusUnprocessableEntity)))
		Expect(p.Dump().CAs).To(HaveLen(2))
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	})

	It("that goes away for good fails at once when nothing listens", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.Source["retry_for"] = quick
		p.behindProxy().Stop()
		o := p.tryCheck(ctx)
		Expect(o.code).To(Equal(1))
		Expect(o.stderr).To(ContainSubstring("connection refused"))
	})
})
