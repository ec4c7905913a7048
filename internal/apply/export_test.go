package apply

import (
	"io"
	"os"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Told is what a heartbeat says of an installation, seen just now, where at is Ops
// Manager's clock, and what is said of what is done.
func Told(h evidence.History, i evidence.Installation, at time.Time) (progress, news string) {
	c := newCourse(learn(h), time.Now)
	c.saw(i, at)
	c.now = func() time.Time { return c.at }
	return c.String(), c.news()
}

// Grouped writes a log with a heading for each product.
func Grouped(out io.Writer, names map[string]string) io.Writer {
	return &groups{out: out, names: names, heading: func(guid string) string { return "▸ " + names[guid] }}
}

// GivenToOm is the errand configuration that om gets, empty for none.
func GivenToOm(p ErrandPlan) string {
	path, done, err := p.file("")
	if err != nil || path == "" {
		return ""
	}
	defer done()
	text, _ := os.ReadFile(path)
	return string(text)
}

// SurviveClosedOutput is what Run does first.
func SurviveClosedOutput() { surviveClosedOutput() }

// FileForOm is the errand configuration for om, and how to take it away.
func FileForOm(p ErrandPlan, operators string) (path string, done func(), err error) {
	return p.file(operators)
}
