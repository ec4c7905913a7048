package integration_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// Another build of the image differs for this one by the versions that it writes, and
// by nothing else: these specs put the programs of this build behind such versions.

// anotherImage marks them: what they look at does not depend on the image in which the
// programs are, so the builds of images leave them out.
var anotherImage = Label("another-image")

// older is how a build wrote a version before it had these keys.
func older(v version) version {
	v = maps.Clone(v)
	for _, key := range []string{"since", "recreate", "renewed"} {
		delete(v, key)
	}
	return v
}

// byOlder has the programs answer as that build does, from now on until the spec calls
// what it returns.
func (p *pipeline) byOlder(write func(version) version) (bump func()) {
	ours := p.Run
	p.Run = func(ctx context.Context, step process.Program) (process.Ended, error) {
		ended, err := ours(ctx, step)
		if err == nil && ended.OK() {
			ended.Stdout = rewritten(step.Path, ended.Stdout, write)
		}
		return ended, err
	}
	return func() { p.Run = ours }
}

// rewritten is the answer of a step with its versions changed.
func rewritten(step, stdout string, write func(version) version) string {
	GinkgoHelper()
	if step == "check" {
		versions, err := concourse.Versions(stdout)
		Expect(err).NotTo(HaveOccurred())
		for n := range versions {
			versions[n] = write(versions[n])
		}
		return string(encode(versions))
	}
	a := ending{stdout: stdout}.answer()
	a.Version = write(a.Version)
	return string(encode(a))
}

var _ = Describe("An image that is bumped in the middle of a rotation", anotherImage, func() {
	for _, state := range order[:len(order)-1] {
		DescribeTable("goes on at "+state+" from versions of an older build",
			func(ctx SpecContext, o sim.Options) {
				p := newPipeline(o)
				bump := p.byOlder(older)
				p.reach(ctx, state)
				before := len(p.writes())

				bump()
				p.look(ctx)
				Expect(p.writes()).To(HaveLen(before), "a look changed something")
				Expect(p.Version).To(HaveKeyWithValue("state", state))
				p.finish(ctx, p.first)
				p.expectKept(p.first)
			},
			Entry("on 3.1", sim.Options{}),
			Entry("on 3.1 with bare dates", sim.Options{DateOnly: true}),
			Entry("on 2.10 with bare dates", sim.Options{Version: "2.10.63-build.1260", DateOnly: true}),
		)
	}

	DescribeTable("proves trust anew where the older build did not keep since when it is proven",
		func(ctx SpecContext, o sim.Options) {
			p := newPipeline(o)
			bump := p.byOlder(older)
			p.reach(ctx, "generated")
			p.apply(ctx)
			p.operate(sim.Action{Do: "activate"})
			Expect(p.check(ctx)).To(HaveKeyWithValue("state", "activated"))

			bump()
			p.look(ctx)
			Expect(p.put(ctx, "regenerate").Version).To(HaveKeyWithValue("trusted", "3"))
			p.finish(ctx, p.first)
			p.expectKept(p.first)
		},
		Entry("on 3.1", sim.Options{}),
		Entry("on 2.10", sim.Options{Version: "2.10.63-build.1260"}),
	)

	It("takes up versions that call the state phase, and writes them anew", func(ctx SpecContext) {
		for _, state := range order[:len(order)-1] {
			p := newPipeline(sim.Options{})
			p.reach(ctx, state)
			ours := p.Version
			former := maps.Clone(ours)
			delete(former, "state")
			former["phase"] = state
			p.Version, p.Given = former, nil

			Expect(p.tryGet(ctx, former).answer().Version).To(Equal(ours), "the job behind the last put of the older build")
			Expect(p.tryCheck(ctx).stdout).To(MatchJSON(encode([]version{ours})))
			p.Version = ours
			p.finish(ctx, p.first)
			p.expectKept(p.first)
		}
	})
})

// Concourse keeps a resource's history by the image of its type as well.
var _ = Describe("A resource whose history begins anew with another image", anotherImage, func() {
	for _, state := range order[:len(order)-1] {
		DescribeTable("goes on at "+state, func(ctx SpecContext, o sim.Options) {
			p := newPipeline(o)
			p.reach(ctx, state)
			p.Version, p.Given = nil, nil
			p.handOn(ctx, o, state)
			p.expectKept(p.first)
		},
			Entry("on 3.1", sim.Options{}),
			Entry("on 3.1 with bare dates", sim.Options{DateOnly: true}),
			Entry("on 2.10", sim.Options{Version: "2.10.63-build.1260"}),
			Entry("on 2.10 with bare dates", sim.Options{Version: "2.10.63-build.1260", DateOnly: true}),
		)
	}
})

// handOn is what docs/upgrade.md says to do where a version is lost at the state: check
// answers what Ops Manager alone shows, and generate hands it down the line.
func (p *pipeline) handOn(ctx context.Context, o sim.Options, state string) {
	GinkgoHelper()
	v1 := !strings.HasPrefix(o.Version, "2.")
	shown := map[string]string{"regenerated": "activated", "replaced": "activated", "retired": "settled"}
	if o.DateOnly || !v1 {
		shown["trusted"] = "generated"
	}
	before := len(p.writes())
	p.look(ctx)
	Expect(p.Version).To(HaveKeyWithValue("state", cmp.Or(shown[state], state)))
	Expect(p.writes()).To(HaveLen(before), "a look changed something")
	switch state {
	case "settled":
		p.finish(ctx, p.first)
		return
	case "retired":
		// One CA shows nothing of the deletion. An apply changes in any case is the end.
		succeeded(ctx, p.applyChanges("--force"))
		return
	}
	Expect(p.put(ctx, "generate").Datum("outcome")).To(ContainSubstring("generate is done already"))
	Expect(p.writes()).To(HaveLen(before))
	if p.Version["state"] == "activated" {
		p.get(ctx)
		if o.DateOnly && (state != "replaced" || !v1) {
			p.expectRefused(ctx, "regenerate", nil, "trust-unknown")
			succeeded(ctx, p.applyChanges("--from", "ca", "--accept", "trust-unknown"))
			p.get(ctx) // without the record of that apply changes
		}
		Expect(p.put(ctx, "regenerate").Version).To(HaveKey("trusted"))
	}
	p.finish(ctx, p.first)
}

var _ = Describe("An image that is rolled back in the middle of a rotation", anotherImage, func() {
	for _, state := range order[:len(order)-1] {
		DescribeTable("runs nothing at "+state+" from a version that only the newer build can read, and goes on from what Ops Manager shows",
			func(ctx SpecContext, write func(version) version, evidence string) {
				p := newPipeline(sim.Options{})
				p.reach(ctx, state)
				theirs := write(p.Version)
				known, before := p.Version, p.Ledger()

				By("refusing the version in the jobs behind it")
				expectLedTo(p.tryGet(ctx, theirs), "version is not one of this resource: "+evidence)
				Expect(os.ReadDir(p.ca())).To(BeEmpty())
				for _, phase := range []string{"generate", "verify", "activate", "regenerate", "delete"} {
					p.cached(theirs)
					expectLedTo(p.out(phase, nil).run(ctx), `params.from "ca": its version.json is not a version of this resource: `+evidence)
				}
				expectLedTo(p.applyChanges("--from", "ca").run(ctx), `its version.json is not a version of this resource: `+evidence)
				Expect(p.Ledger().Requests).To(HaveLen(len(before.Requests)), "nothing is asked of Ops Manager")

				By("taking it for none in check")
				p.Version = theirs
				looked := p.tryCheck(ctx)
				Expect(looked.code).To(BeZero(), looked.stderr)
				Expect(looked.stderr).To(And(ContainSubstring("taken for no version: version is not one of this resource: "+evidence), ContainSubstring("troubleshooting.md#unreadable-version")))
				p.Version, p.Given = nil, nil
				p.handOn(ctx, sim.Options{}, state)
				p.expectKept(p.first)
				if known["candidate"] != "" || known["retiring"] != "" {
					Expect(p.active()).To(Equal(cmp.Or(known["candidate"], known["active"])), "another rotation was begun")
				}
			},
			Entry("for a key that is new", func(v version) version { v = maps.Clone(v); v["epoch"] = "7"; return v }, `unknown key "epoch"`),
			Entry("for a state that is new", func(v version) version { v = maps.Clone(v); v["state"] += "-anew"; return v }, fmt.Sprintf("state %q is not a state", state+"-anew")),
		)
	}
})

// expectLedTo expects a refusal that says what to do, and nothing else.
func expectLedTo(o ending, words string) {
	GinkgoHelper()
	Expect(o.code).To(Equal(1), o.stderr)
	Expect(o.stdout).To(BeEmpty())
	Expect(o.stderr).To(And(ContainSubstring(words), ContainSubstring("; if a newer build of the image made it, go back to that build"),
		ContainSubstring("what to do: "), HaveSuffix("docs/troubleshooting.md#unreadable-version\n")))
}

// cached leaves a version in ca/ as a get of another build did, which Concourse takes
// from its cache.
func (p *pipeline) cached(v version) {
	GinkgoHelper()
	Expect(p.Empty()).To(Succeed())
	Expect(os.WriteFile(filepath.Join(p.ca(), "version.json"), encode(v), 0o600)).To(Succeed())
}
