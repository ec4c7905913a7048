package foundation_test

import (
	"bytes"
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
)

var _ = Describe("a service instance that is created between generate and activate", func() {
	DescribeTable("is named before activate and behind its refusal, and the way on is what is said", func(ctx SpecContext, version string, do func(path string) []sim.Action) {
		f, err := sim.New(sim.Options{
			Version: version, KeyBits: 1024, VMDelay: -1, BornLater: "p.mysql",
			Tiles: []sim.Tile{sim.ServiceTile("p.mysql", "MySQL", "2.10.16", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1})},
		})
		Expect(err).NotTo(HaveOccurred())
		server, err := sim.Serve(f)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(server.Close)
		client, err := opsman.New(opsman.Config{Target: server.URL, Username: "admin", Password: "admin", CACert: server.CAPEM})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(client.Close)
		said := &bytes.Buffer{}
		runner := foundation.Runner{
			API: client, Console: console.New(said, console.Options{Color: console.ColorNever}),
			Sleep: func(context.Context, time.Duration) error { return nil },
		}
		run := func(p rotation.Phase) error {
			_, err := runner.Run(ctx, foundation.Request{Phase: p})
			return err
		}
		Expect(run(rotation.Generate)).To(Succeed())
		Expect(f.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
		path := ""
		for _, c := range f.Dump().CredHub {
			if strings.HasSuffix(c.Path, "/instance_ca") {
				path = c.Path
			}
		}
		Expect(path).NotTo(BeEmpty())

		for range 2 {
			said.Reset()
			err = run(rotation.Activate)
			Expect(err).To(MatchError(And(
				HavePrefix("activate failed: Ops Manager refused"), ContainSubstring(outcome.LatestNotTransitional),
				ContainSubstring("these came into being after generate, so applying changes alone does not help: "+path+"; run maestro regenerate ca --name "+path))))
			Expect(said.String()).To(ContainSubstring("note: CAs in CredHub came into being after generate, which so gave them no version of their own: " + path + ";"))
			Expect(f.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
		}

		for _, a := range do(path) {
			a.Wait = true
			Expect(f.Operator(a)).To(Succeed())
		}
		Expect(run(rotation.Activate)).To(Succeed(), "Ops Manager's own answer decides")
		Expect(run(rotation.Regenerate)).To(Succeed())
		Expect(f.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
		Expect(f.Broken()).To(BeEmpty())
	},
		Entry("with certificates v1, CredHub Maestro", "3.1.2-build.5", func(path string) []sim.Action {
			return []sim.Action{{Do: "regenerate-ca", Path: path}, {Do: "apply"}}
		}),
		Entry("with certificates v0, CredHub Maestro", "2.10.60-build.1", func(path string) []sim.Action {
			return []sim.Action{{Do: "regenerate-ca", Path: path}, {Do: "apply"}}
		}),
		Entry("deleted", "3.1.2-build.5", func(path string) []sim.Action {
			return []sim.Action{{Do: "delete-instance", Deployment: strings.Split(path, "/")[2]}}
		}),
	)
})
