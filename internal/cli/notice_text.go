package cli

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

const (
	// mostNamed is how many of a list a chat is told.
	mostNamed = 3
	// longestEvidence is as long as a line of a chat may get, in runes.
	longestEvidence = 500
)

// text is the notice as two to five lines of a chat.
func (n Notice) text() string {
	lines := []string{n.Foundation + ": " + n.news}
	if n.Code != "" {
		lines[0] += " (" + string(n.Code) + ")"
	}
	if n.about != "" {
		lines[0] += "; " + n.about
	}
	if len(n.Evidence) > 0 {
		lines = append(lines, bounded(n.Evidence[0]))
	}
	if len(n.Evidence) > 1 {
		lines = append(lines, bounded(strings.Join(n.Evidence[1:], "; ")))
	}
	return strings.Join(append(lines, "What to do: "+n.Remedy, n.Link), "\n") + "\n"
}

// marks are what a chat reads as markup, a call of everybody in it among it: names and
// answers of Ops Manager are text.
var marks = strings.NewReplacer("<", "‹", ">", "›")

// files are what the notice is left as. A webhook of Slack, Mattermost or Rocket.Chat
// takes message.json as it is.
func (n Notice) files() (map[string][]byte, error) {
	files := map[string][]byte{"text": []byte(n.text())}
	for name, value := range map[string]any{"message.json": map[string]string{"text": marks.Replace(n.text())}, "notice.json": n} {
		content, err := inLines(value)
		if err != nil {
			return nil, fmt.Errorf("cannot write %s: %w", name, err)
		}
		files[name] = content
	}
	return files, nil
}

// redacted is the notice without secrets, each of its texts one line.
func (n Notice) redacted(filter func(string) string) Notice {
	clean := func(text string) string {
		return strings.Join(strings.Fields(console.Harmless(filter(text))), " ")
	}
	n.Foundation, n.Target, n.Remedy = clean(n.Foundation), clean(n.Target), clean(n.Remedy)
	for i, line := range n.Evidence {
		n.Evidence[i] = clean(line)
	}
	return n
}

// shortened is a GUID as people tell it from another.
func shortened(guid string) string {
	const enough = 8
	if len(guid) <= enough {
		return guid
	}
	return guid[:enough] + "…"
}

// bounded is a sentence with the first of each list in it: of what stands behind a
// colon, and of its parts.
func bounded(sentence string) string {
	parts := apart(sentence, "; ")
	for i, part := range parts {
		if said := apart(part, ": "); len(said) > 1 {
			last := len(said) - 1
			said[last] = first(apart(said[last], ", "), ", ")
			parts[i] = strings.Join(said, ": ")
		}
	}
	text := []rune(first(parts, "; "))
	if len(text) > longestEvidence {
		return string(text[:longestEvidence]) + "…"
	}
	return string(text)
}

// counted is the end of a list that was cut short already.
var counted = regexp.MustCompile(`^(.*) and ([0-9]{1,6}) more$`)

// first lists the first few, and how many there are besides.
func first(items []string, separator string) string {
	if len(items) <= mostNamed {
		return strings.Join(items, separator)
	}
	more := len(items) - mostNamed
	if cut := counted.FindStringSubmatch(items[len(items)-1]); cut != nil {
		already, _ := strconv.Atoi(cut[2]) // digits, and few
		more += already
	}
	return strings.Join(items[:mostNamed], separator) + " " + shorten.More(more)
}

// apart takes a text apart at the separator, but for what stands in brackets.
func apart(text, separator string) []string {
	var parts []string
	depth, from := 0, 0
	for i := range text {
		switch {
		case text[i] == '(':
			depth++
		case text[i] == ')':
			depth--
		case depth <= 0 && i >= from && strings.HasPrefix(text[i:], separator):
			parts = append(parts, text[from:i])
			from = i + len(separator)
		}
	}
	return append(parts, text[from:])
}
