package concourse

import (
	"io"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/concourse/concourse/fly/eventstream"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
)

// Log is what fly watch shows of the build, without colours; it waits until the
// build has ended.
func (b Build) Log() string {
	GinkgoHelper()
	var text strings.Builder
	Expect(b.follow(&text)).To(Succeed())
	return ansi.Strip(text.String())
}

// Says waits until a text is in the build's log.
func (b Build) Says(text string) Build {
	GinkgoHelper()
	said := gbytes.NewBuffer()
	go func() {
		defer GinkgoRecover()
		_ = b.follow(said)
		_ = said.Close()
	}()
	Eventually(func() string { return ansi.Strip(string(said.Contents())) }, Patience, polling).Should(ContainSubstring(text), b.String)
	return b
}

// follow writes the log until the build has ended.
func (b Build) follow(into io.Writer) error {
	events, err := b.p.c.client.BuildEvents(strconv.Itoa(b.ID))
	if err != nil {
		return err
	}
	defer events.Close() //nolint:errcheck // only read
	eventstream.Render(into, events, eventstream.RenderOptions{IgnoreEventParsingErrors: true})
	return nil
}

// tell writes the logs of all builds.
func (p *Pipeline) tell(to io.Writer) {
	jobs, err := p.c.team.ListJobs(p.ref)
	if err != nil {
		return // there is nothing to tell
	}
	for _, job := range jobs {
		builds, _ := p.tryBuilds(job.Name) // what cannot be listed is not shown
		for _, b := range builds {
			status, _ := b.tryStatus() // it is shown as unknown
			_, _ = io.WriteString(to, "━━ "+b.String()+" "+status+"\n")
			if status != "pending" && status != "started" {
				_ = b.follow(to)
			}
		}
	}
}
