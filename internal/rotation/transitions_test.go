package rotation_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// updateSafety makes the spec write the section instead of comparing it:
// `make safety-states`.
const updateSafety = "UPDATE_SAFETY"

const (
	statesBegin = "<!-- transitions: begin -->\n"
	statesEnd   = "<!-- transitions: end -->"
)

var safetyPage = filepath.Join("..", "..", "docs", "safety.md")

var _ = Describe("docs/safety.md", func() {
	It("shows the states and transitions of the code", func() {
		page, err := os.ReadFile(safetyPage)
		Expect(err).NotTo(HaveOccurred())
		before, rest, found := strings.Cut(string(page), statesBegin)
		Expect(found).To(BeTrue(), "docs/safety.md lacks the line "+statesBegin)
		written, after, found := strings.Cut(rest, statesEnd)
		Expect(found).To(BeTrue(), "docs/safety.md lacks the line "+statesEnd)

		section := diagram() + "\n" + stepTable() + "\n" + setbackTable()
		if os.Getenv(updateSafety) != "" {
			Expect(os.WriteFile(safetyPage, []byte(before+statesBegin+section+statesEnd+after), 0o600)).To(Succeed())
			return
		}
		Expect(written).To(Equal(section), "the section says something else than the code: run `make safety-states`")
	})
})

var _ = Describe("the documentation of the states", func() {
	It("tells of each state how it goes on, as the transitions have it", func() {
		source, err := os.ReadFile("state.go")
		Expect(err).NotTo(HaveOccurred())
		told, _, found := strings.Cut(string(source), "\ntype State string\n")
		Expect(found).To(BeTrue())
		sections := map[string]string{}
		for section := range strings.SplitSeq(told, "\n// # ") {
			title, text, _ := strings.Cut(section, "\n")
			sections[strings.ToLower(title)] = text
		}
		for _, state := range rotation.States() {
			Expect(sections).To(HaveKey(string(state)), "state.go has no section of this state")
		}
		for _, t := range rotation.Moves() {
			Expect(sections[string(t.From)]).To(ContainSubstring("- On: %s → %s.\n", how(t), t.To), "state.go tells %s otherwise", t.From)
		}
		for _, t := range rotation.LeafMoves() {
			by := how(t)
			if t.By == rotation.Regenerate {
				by += " with leaf_only"
			}
			Expect(sections[string(t.From)]).To(ContainSubstring(": %s → %s", by, t.To), "state.go tells %s otherwise", t.From)
		}
	})
})

// how is a move as an operator makes it.
func how(t rotation.Transition) string {
	if t.By == rotation.Verify {
		return "apply changes, verify"
	}
	return string(t.By)
}

func diagram() string {
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n    state \"a rotation\" as rotation {\n        [*] --> settled\n")
	for _, t := range rotation.Moves() {
		fmt.Fprintf(&b, "        %s --> %s: %s\n", t.From, t.To, how(t))
	}
	for _, t := range rotation.LeafMoves() {
		by := how(t)
		if t.By == rotation.Regenerate {
			by += ", leaf-only"
		}
		fmt.Fprintf(&b, "        %s --> %s: %s\n", t.From, t.To, by)
	}
	for _, t := range rotation.Setbacks() {
		fmt.Fprintf(&b, "        %s --> %s: (%s)\n", t.From, t.To, t.Why)
	}
	b.WriteString("    }\n    rotation --> blocked: (an obstacle)\n    blocked --> rotation: (the obstacle is gone)\n```\n")
	return b.String()
}

// stepTable is what each phase comes to in each state, asked of the code where
// nothing else is in the way.
func stepTable() string {
	var b strings.Builder
	b.WriteString("| state |")
	for _, phase := range rotation.Phases() {
		fmt.Fprintf(&b, " `%s` |", phase)
	}
	b.WriteString(" `regenerate`, leaf-only |\n|---|" + strings.Repeat("---|", len(rotation.Phases())+1) + "\n")
	for _, state := range rotation.States() {
		fmt.Fprintf(&b, "| `%s` |", state)
		st := stages[state]()
		for n, phase := range append(rotation.Phases(), rotation.Regenerate) {
			o, target := rotation.Options{}, phase.Target()
			if n == len(rotation.Phases()) {
				o, target = leavesAlone, rotation.Renewed
			}
			d := decide(phase, st.from, st.f, o)
			switch d.Verdict {
			case rotation.Go:
				fmt.Fprintf(&b, " → `%s` |", target)
			case rotation.Done:
				b.WriteString(" done |")
			case rotation.Refuse:
				reason := "`" + string(d.Reason) + "`"
				if state == rotation.Blocked {
					reason = "the obstacle"
				}
				fmt.Fprintf(&b, " refused: %s |", reason)
			default:
				fmt.Fprintf(&b, " %s |", d.Verdict)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func setbackTable() string {
	var b strings.Builder
	b.WriteString("| set back from | to | because |\n|---|---|---|\n")
	for _, t := range rotation.Setbacks() {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", t.From, t.To, t.Why)
	}
	return b.String()
}
