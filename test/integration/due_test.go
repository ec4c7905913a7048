package integration_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
)

// watcher is a resource of the same pipeline that only triggers, with every version
// that it was given.
type watcher struct {
	*pipeline
	key, span string
	told      []version
}

func (p *pipeline) watcher(key, span string) *watcher {
	return &watcher{pipeline: p, key: key, span: span}
}

// look is a check; it gives the version that is news, nil for none.
func (w *watcher) look(ctx context.Context) version {
	GinkgoHelper()
	var known version
	if len(w.told) > 0 {
		known = w.told[len(w.told)-1]
	}
	o := program{w.of(w.Build, known).Checking()}.run(ctx)
	Expect(o.code).To(Equal(0), o.stderr)
	var versions []version
	Expect(json.Unmarshal([]byte(o.stdout), &versions)).To(Succeed(), o.stdout)
	if known == nil && len(versions) == 0 {
		Expect(o.stdout).To(Equal("[]\n"))
		return nil
	}
	if known != nil {
		Expect(versions[0]).To(Equal(known), "check has to echo its cursor")
		versions = versions[1:]
	}
	if len(versions) == 0 {
		return nil
	}
	Expect(versions).To(HaveLen(1))
	Expect(w.told).NotTo(ContainElement(versions[0]), "a version was given a second time")
	w.told = append(w.told, versions[0])
	return versions[0]
}

// of is the resource, with a build's folder and the version that is known.
func (w *watcher) of(build string, v version) *concourse.Pipeline {
	source := params{w.key: w.span}
	maps.Copy(source, w.Source)
	return &concourse.Pipeline{Source: source, Build: build, Version: v}
}

// waitFor lets time pass until there is news.
func (w *watcher) waitFor(ctx context.Context, most time.Duration) version {
	GinkgoHelper()
	const step = 20 * day
	for waited := time.Duration(0); waited < most; waited += step {
		w.Advance(step)
		if v := w.look(ctx); v != nil {
			return v
		}
	}
	Fail("nothing was due within " + most.String())
	return nil
}

// got are the files of a get.
func (w *watcher) got(ctx context.Context, v version) (answer, map[string]string) {
	GinkgoHelper()
	build := GinkgoT().TempDir()
	a := program{w.of(build, v).Getting(v, nil)}.run(ctx).answer()
	folder := filepath.Join(build, concourse.Folder)
	Expect(a.Version).To(Equal(v))
	entries, err := os.ReadDir(folder)
	Expect(err).NotTo(HaveOccurred())
	files := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		Expect(err).NotTo(HaveOccurred())
		files[e.Name()] = string(content)
	}
	for key, value := range v {
		Expect(files).To(HaveKeyWithValue(key, value))
	}
	Expect(files["version.json"]).To(MatchJSON(encode(v)))
	return a, files
}

var _ = Describe("A resource with rotate_before", func() {
	DescribeTable("triggers once for every rotation that is due",
		func(ctx SpecContext, o sim.Options) {
			p := newPipeline(o)
			w := p.watcher("rotate_before", "6m")
			Expect(w.look(ctx)).To(BeNil(), "nothing is due at first")
			for range 2 {
				due := w.waitFor(ctx, 4*365*day)
				w.got(ctx, due)
				w.Advance(10 * day)
				Expect(w.look(ctx)).To(BeNil(), "it is the same that is due")

				old := p.active()
				p.rotate(ctx, old, func(ctx context.Context, phase string) {
					GinkgoHelper()
					more := params{}
					if phase == "generate" {
						more["expires_within"] = "6m"
					}
					Expect(p.putWith(ctx, phase, more).Datum("outcome")).NotTo(HavePrefix("not-due"))
					Expect(w.look(ctx)).To(BeNil(), "news after "+phase)
				})
				p.expectKept(old)
				Expect(w.look(ctx)).To(BeNil())

				before := len(p.writes())
				Expect(p.putWith(ctx, "generate", params{"expires_within": "6m"}).Datum("outcome")).To(HavePrefix("not-due"))
				Expect(p.writes()).To(HaveLen(before))
			}
			Expect(w.told).To(HaveLen(2))
		},
		Entry("of certificates", sim.Options{CAAge: 30 * day, LeafAge: 30 * day}),
		Entry("of certificates on 2.10, which has v0 alone", sim.Options{Version: "2.10.63-build.1260", CAAge: 30 * day, LeafAge: 30 * day}),
		Entry("of the CA", sim.Options{CAAge: 30 * day, LeafAge: 30 * day, CAValidity: 365 * day, DateOnly: true}),
	)

	It("finds due exactly what generate with expires_within begins for", func(ctx SpecContext) {
		p := newPipeline(sim.Options{CAAge: 30 * day, LeafAge: 30 * day, LeafValidity: 100 * day})
		p.look(ctx)
		for _, span := range []string{"60d", "9w", "1m", "71d", "11w", "3m", "1y"} {
			due := p.watcher("rotate_before", span).look(ctx) != nil
			generate := p.out("generate", params{"expires_within": span, "dry_run": true}).run(ctx).answer().Datum("outcome")
			Expect(generate).To(HavePrefix(map[bool]string{true: "dry run, nothing was changed", false: "not-due: "}[due]), span)
		}
	})
})

var _ = Describe("A resource with expiring", func() {
	It("alerts of certificates that no rotation of ours renews, and names who has to act", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.finish(ctx, p.first)
		w := p.watcher("expiring", "90d")
		alert := w.look(ctx)
		Expect(alert).To(HaveKeyWithValue("first", "/services/tls_ca"))
		a, files := w.got(ctx, alert)
		Expect(a.Datum("who has to act")).To(ContainSubstring("you, with Maestro or CredHub: 1"))
		Expect(files["summary.md"]).To(ContainSubstring("| `/services/tls_ca` | CA |"))
		Expect(files["certificates.json"]).To(And(ContainSubstring(`"of_version": true`), ContainSubstring(`"category": "services-tls-ca"`)))

		By("once for every set")
		w.Advance(day)
		Expect(w.look(ctx)).To(BeNil())
		Expect(w.waitFor(ctx, 4*365*day)["set"]).NotTo(Equal(alert["set"]))
	})
})
