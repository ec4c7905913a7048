package integration_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
)

// order of the states, and the one behind the last.
var order = []string{"settled", "generated", "trusted", "activated", "regenerated", "replaced", "retired", "settled"}

// next is the job of the present state. Where another operator activated a CA, and it
// is unknown whether every product trusts it, changes are applied first.
func (p *pipeline) next(ctx context.Context) concourse.Job {
	GinkgoHelper()
	j, known := concourse.Jobs[p.Version["state"]]
	Expect(known).To(BeTrue(), "the rotation is at %v", p.Version)
	if p.Version["state"] == "activated" && p.Version["trusted"] == "" {
		p.apply(ctx)
		p.look(ctx)
		Expect(p.Version).To(And(HaveKeyWithValue("state", "activated"), HaveKey("trusted")))
	}
	return j
}

// rotate goes on from whatever state it finds until the foundation is settled on
// another CA than old, as a pipeline does: check at first, then job by job the
// get behind the put before, and what the state asks for. do carries out the put.
func (p *pipeline) rotate(ctx context.Context, old string, do func(ctx context.Context, phase string)) {
	GinkgoHelper()
	p.check(ctx)
	for range 2 * len(order) {
		p.get(ctx)
		if p.Version["state"] == "settled" && p.Version["active"] != old {
			reached := p.Version
			Expect(p.check(ctx)).To(Equal(reached), "check has to see what out left")
			return
		}
		j := p.next(ctx)
		if j.Apply {
			p.apply(ctx)
		}
		do(ctx, j.Put)
	}
	Fail("the rotation does not end")
}

// finish is a rotation with plain puts.
func (p *pipeline) finish(ctx context.Context, old string) {
	GinkgoHelper()
	p.rotate(ctx, old, func(ctx context.Context, phase string) { GinkgoHelper(); p.put(ctx, phase) })
}

// reach goes on until the foundation is at the state, and its version is in ca/.
func (p *pipeline) reach(ctx context.Context, state string) {
	GinkgoHelper()
	p.look(ctx)
	for range order {
		if p.Version["state"] == state {
			break
		}
		j := p.next(ctx)
		if j.Apply {
			p.apply(ctx)
		}
		p.put(ctx, j.Put)
		p.get(ctx)
	}
	Expect(p.Version).To(HaveKeyWithValue("state", state))
}

// active is the GUID of the active CA.
func (p *pipeline) active() string {
	GinkgoHelper()
	guid := p.Dump().Active()
	Expect(guid).NotTo(BeEmpty(), "no CA is active")
	return guid
}

// expectKept holds a finished rotation against all that is promised: one new CA
// that every VM trusts alone and has its leaf from, no broken handshake, and
// nothing done to the CAs by our hand but what the procedure asks for.
func (p *pipeline) expectKept(old string) {
	GinkgoHelper()
	state := p.Dump()
	Expect(state.CAs).To(HaveLen(1))
	Expect(state.CAs[0].Active).To(BeTrue())
	Expect(state.CAs[0].GUID).NotTo(Equal(old))
	Expect(state.Broken).To(BeEmpty(), "handshakes broke")
	Expect(state.Good).To(BeNumerically(">", 0), "nothing shook hands")
	for _, vm := range state.VMs {
		Expect(vm.Trusts).To(Equal([]string{state.CAs[0].GUID}), vm.Name)
		Expect(vm.LeafSigner).To(BeElementOf(state.CAs[0].GUID, ""), vm.Name)
	}
	p.expectProper()
}

// expectProper replays what was done to the CAs: never a second candidate by our
// hand, and nothing deleted but the CA that was active before.
func (p *pipeline) expectProper() {
	GinkgoHelper()
	active, candidate, retiring := p.first, "", ""
	for _, e := range p.Ledger().Events {
		if e.By != "operator" {
			switch e.Kind {
			case "generate", "create":
				Expect(candidate+retiring).To(BeEmpty(), "%s made CA %s beside another inactive one", e.By, e.GUID)
			case "activate":
				Expect(e.GUID).To(Equal(candidate), "%s activated something else than the candidate", e.By)
			case "delete":
				Expect(e.GUID).To(Equal(retiring), "%s deleted something else than the retiring CA", e.By)
			}
		}
		switch e.Kind {
		case "generate", "create":
			candidate = e.GUID
		case "activate":
			active, candidate, retiring = e.GUID, "", active
		case "delete":
			candidate, retiring = "", ""
		}
	}
}

// writes are the requests that could change something, tokens aside.
func (p *pipeline) writes() []sim.Request { return p.Ledger().Writes() }
