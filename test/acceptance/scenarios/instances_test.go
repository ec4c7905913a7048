package scenarios_test

import (
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/durations"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
	"github.com/opsman-ca/opsman-ca/test/acceptance/load"
)

// Serial: what it reports is how long a rotation takes among others of its own kind.
var _ = Describe("instances of the scheduled rotation", Serial, Label("fleet-of-instances"), func() {
	It("rotate a foundation each, all at once, and every one of them ends settled", func() {
		n := howMany()
		within := 4*time.Minute + time.Duration(n)*20*time.Second // for what goes wrong, as Patience is
		fly, group := ci.LogIn(), "rotation-"+strings.ToLower(rand.Text()[:6])
		var pipelines concourse.Instances
		var foundations []*foundation.Foundation
		var befores []string
		for i := range n {
			f := foundation.New()
			foundations, befores = append(foundations, f), append(befores, f.CA())
			name := fmt.Sprintf("%s-f%02d", group, i+1)
			ci.Secret("opsman-"+name, f.Opsman())
			pipelines = append(pipelines, fly.SetInstance(group, "scheduled-rotation", name))
		}

		By("the first checks of all")
		first, began := load.Begin(ci.Metrics), time.Now()
		for _, p := range pipelines {
			p.Unpause()
		}
		anew := pipelines.Know(within, "ca", "task-image")
		AddReportEntry("first checks", ReportEntryVisibilityAlways,
			fmt.Sprintf("%d pipelines know their versions after %.0f s; checks begun anew: %d\n%s", n, time.Since(began).Seconds(), anew, first.End()))

		By("all schedules at once")
		during := load.Begin(ci.Metrics)
		fired := pipelines.Fire()
		anew = pipelines.Finish(line[len(line)-1], within)
		machine := during.End()

		var all []durations.Rotation
		for i, p := range pipelines {
			all = append(all, durations.Rotation{Triggered: fired[p], Builds: p.Histories(line...), Applies: foundations[i].Applies()})
		}
		AddReportEntry("rotations", ReportEntryVisibilityAlways, fmt.Sprintf("%d at once; checks of a schedule begun anew: %d\n%s\n%s", n, anew, durations.Report(all), machine))

		for i, p := range pipelines {
			foundations[i].ExpectRotated(befores[i])
			Expect(foundations[i].Deeds()).To(Equal(foundation.Rotation()))
			Expect(p.Counts()).To(Equal(once(line...)))
			Expect(p.States("ca")).To(Equal(states))
		}
	})
})

// howMany are the pipelines; `make acceptance-fleet` says how many, and five keep
// the scenario from rotting.
func howMany() int {
	GinkgoHelper()
	text := os.Getenv("INSTANCES")
	if text == "" {
		return 5
	}
	n, err := strconv.Atoi(text)
	Expect(err).NotTo(HaveOccurred(), "INSTANCES is a number")
	Expect(n).To(BeNumerically(">", 0), "INSTANCES")
	return n
}
