package measure

import (
	"context"
	"fmt"
	"strings"

	"github.com/opsman-ca/opsman-ca/test/bench/stage"
)

// shortHistory is how many installations a young foundation has.
const shortHistory = 10

// history measures check where it needs the proof, on a short and on a long
// history, where the server pages and where it does not.
func (b *Bench) history(ctx context.Context) (err error) {
	var all []candidate
	var opened []*walk
	defer func() {
		for _, w := range opened {
			err = w.close(err)
		}
	}()
	for _, version := range []string{"3.1.2-build.5", "2.10.60-build.1"} {
		for _, installations := range []int{shortHistory, b.History} {
			w, failed := b.walk(ctx, stage.Shape{Version: version, History: installations, Small: true})
			if failed != nil {
				return failed
			}
			opened = append(opened, w)
			if err := w.put(ctx, "generate"); err != nil {
				return err
			}
			if err := w.apply(ctx); err != nil {
				return err
			}
			if err := w.proven(ctx, "trusted"); err != nil {
				return err
			}
			if err := w.expect("trusted"); err != nil {
				return err
			}
			c := w.candidate(HistoryName(line(version), installations))
			if installations != shortHistory {
				c.against = "check/" + HistoryName(line(version), shortHistory)
			}
			all = append(all, c)
		}
	}
	return b.sideBySide(ctx, "History", b.Runs, all...)
}

// HistoryName is the situation of a foundation with so many installations.
func HistoryName(version string, installations int) string {
	return fmt.Sprintf("%s-history-%d", version, installations)
}

// line is the release line of a version, "3.1".
func line(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:2], ".")
}
