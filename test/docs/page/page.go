// Package page reads what a reader of a page is told to type.
package page

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Block is a fenced block of commands.
type Block struct {
	Line   int    // that of its first command
	Text   string // the commands, with a line end behind each
	NotRun string // why it is not run, from the mark <!-- not run: … -->
	Fails  string // why it has to fail, from the mark <!-- fails: … -->
	Output string // what the page shows of its output
}

var (
	mark  = regexp.MustCompile(`^\s*<!-- (not run|fails):\s*(.*?)\s*-->$`)
	fence = regexp.MustCompile("^(\\s*)```+\\s*([a-z]*)")
)

// Blocks are those of a page, in order. A mark stands on the line before its block;
// the block without a language that comes next behind one shows its output.
func Blocks(text string) ([]Block, error) {
	var (
		all      []Block
		problems []error
		kind     string // of the mark before
		reason   string
		shown    = true // whether the last block has its output, or cannot have one
	)
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		opened := fence.FindStringSubmatch(lines[i])
		language := ""
		if len(opened) > 0 {
			language = opened[2]
		}
		if kind != "" && language != "sh" {
			problems = append(problems, fmt.Errorf("line %d: %q is not followed by a block that begins with ```sh", i, lines[i-1]))
			kind = ""
		}
		if m := mark.FindStringSubmatch(lines[i]); m != nil {
			if kind, reason = m[1], m[2]; reason == "" {
				problems = append(problems, fmt.Errorf("line %d: %q gives no reason, as in <!-- not run: needs a Concourse -->", i+1, lines[i]))
			}
		}
		if opened == nil {
			continue
		}
		first := i + 1
		for i = first; i < len(lines) && strings.TrimSpace(lines[i]) != "```"; i++ {
		}
		if i == len(lines) {
			problems = append(problems, fmt.Errorf("line %d: the block has no end", first))
		}
		body := ""
		for _, line := range lines[first:i] {
			body += strings.TrimPrefix(line, opened[1]) + "\n"
		}
		switch language {
		case "sh":
			b := Block{Line: first + 1, Text: body}
			switch kind {
			case "not run":
				b.NotRun = reason
			case "fails":
				b.Fails = reason
			}
			all, kind, shown = append(all, b), "", b.NotRun != ""
		case "":
			if !shown {
				all[len(all)-1].Output = body
			}
			shown = true
		case "bash", "shell", "console", "zsh":
			problems = append(problems, fmt.Errorf("line %d: commands stand in ```sh, not in ```%s, which is read by no test", first, language))
		}
	}
	return all, errors.Join(problems...)
}

// Inline are the commands within a page's text, outside of blocks, of these programs,
// as blocks that are not run.
func Inline(text string, programs ...string) []Block {
	var all []Block
	inside := false
	for i, line := range strings.Split(text, "\n") {
		if fence.MatchString(line) {
			inside = !inside
		}
		if inside {
			continue
		}
		for _, span := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(line, -1) {
			for _, program := range programs {
				if strings.HasPrefix(span[1], program+" ") {
					all = append(all, Block{Line: i + 1, Text: span[1] + "\n", NotRun: "stands in the text"})
				}
			}
		}
	}
	return all
}
