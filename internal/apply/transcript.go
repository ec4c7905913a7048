package apply

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// transcript is the output of one run: first om's, then the rest of the log
// as our own client reads it, in one stream of whole lines.
type transcript struct {
	lines *console.Lines
	pulse *console.Heartbeat
	// redact takes secrets out before anything is counted: our client's log comes
	// without them too.
	redact func(string) string

	mu sync.Mutex
	// partial is the beginning of a line that om has not ended yet.
	partial []byte
	// head is the beginning of what om printed: a few lines of its own, then
	// the installation's log from its first byte on.
	head  []byte
	total int
}

// headSize is enough to tell om's own lines from the log that follows.
const headSize = 64 << 10

// Write takes om's standard output.
func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.partial = append(t.partial, p...)
	end := beforeKey(t.partial[:bytes.LastIndexByte(t.partial, '\n')+1])
	text := t.take(end)
	t.mu.Unlock()
	// An output that is gone does not end om either, nor its installation.
	_, _ = t.show(text)
	return len(p), nil
}

// omEnded takes the line that om did not get to end.
func (t *transcript) omEnded() {
	t.mu.Lock()
	text := t.take(len(t.partial))
	t.mu.Unlock()
	_, _ = t.show(text)
}

// take counts the first bytes of partial as printed.
func (t *transcript) take(end int) []byte {
	text := []byte(t.redact(string(t.partial[:end])))
	t.partial = append(t.partial[:0], t.partial[end:]...)
	t.head = append(t.head, text[:min(len(text), headSize-len(t.head))]...)
	t.total += len(text)
	return text
}

func (t *transcript) show(p []byte) (int, error) {
	if len(p) > 0 {
		t.pulse.Touch()
	}
	return t.lines.Write(p)
}

// size is how many bytes om has printed.
func (t *transcript) size() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.total
}

// asked tells whether om has got as far as asking for an installation.
func (t *transcript) asked() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Contains(t.head, []byte(omPosts))
}

// begun tells whether the installation's log has begun, so that om has the
// answer to its POST.
func (t *transcript) begun() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, behind, found := bytes.Cut(t.head, []byte(omPosts))
	_, log, whole := bytes.Cut(behind, []byte("\n"))
	return found && whole && len(log) > 0
}

// printed is how many bytes of the log om has printed already. It finds where
// om's own lines end and the log begins without knowing om's words: what
// follows them is how the log starts. False means that om printed something
// that the log does not start with.
func (t *transcript) printed(log string) (int, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	search := len(t.head)
	if t.total > search {
		// The rest of the head has to be long enough to mean something.
		search /= 2
	}
	for own := range search {
		if strings.HasPrefix(log, string(t.head[own:])) {
			return min(t.total-own, len(log)), true
		}
	}
	return 0, t.total <= len(t.head)
}

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
		return 0, err
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
