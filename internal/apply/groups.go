package apply

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// groups puts a heading before each part of an installation's log that is about
// another product than the part before. Ops Manager marks parts by the commands
// that it runs (===== 2019-10-15 04:38:44 UTC Running "…/bosh …
// --deployment=cf-7b6a32f059ba9157bb8f deploy …") and by steps
// ({"type":"step_started","id":"bosh_product.deploying",…}); neither is
// documented, so a log without them simply has no headings. The log itself passes
// unchanged.
type groups struct {
	out io.Writer
	// names are the products by GUID.
	names   map[string]string
	heading func(guid string) string
	current string
}

// Write takes whole lines.
func (g *groups) Write(p []byte) (int, error) {
	var text strings.Builder
	for line := range strings.Lines(string(p)) {
		if guid := g.product(line); guid != "" && guid != g.current {
			g.current = guid
			text.WriteString(g.heading(guid) + "\n")
		}
		text.WriteString(line)
	}
	if _, err := io.WriteString(g.out, text.String()); err != nil {
		return 0, err //nolint:wrapcheck // the console's own, which is complete
	}
	return len(p), nil
}

// product is the product, by GUID, that a mark is about; empty for a line that is
// no mark, or a mark of none.
func (g *groups) product(line string) string {
	if !strings.HasPrefix(line, "===== ") && !strings.HasPrefix(line, `{"type":"step_started"`) {
		return ""
	}
	// The longest first: one GUID may be the beginning of another.
	for _, guid := range slices.SortedFunc(maps.Keys(g.names), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	}) {
		director := strings.HasPrefix(guid, evidence.Director+"-") && (strings.Contains(line, " create-env ") || strings.Contains(line, `"bosh_product.`))
		if director || guid != "" && strings.Contains(line, guid) {
			return guid
		}
	}
	return ""
}
