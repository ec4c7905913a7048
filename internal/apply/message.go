package apply

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

var (
	// logTime is what Go's logger puts before a line.
	logTime = regexp.MustCompile(`(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `)
	// dump is an HTTP answer as om prints it: status line, headers, body.
	dump   = regexp.MustCompile(`(?s)HTTP/[\d.]+ (\d{3}[^\r\n]*)\r?\n(?:[^\r\n]+\r?\n)*\r?\n(.*)`)
	spaces = regexp.MustCompile(`\s+`)
)

// messageSize limits a message to what a person reads.
const messageSize = 1000

// sentence is what om said on standard error, as one line: without time
// stamps, and of an HTTP answer only its status and what its body complains
// of (headers carry cookies).
func sentence(said string, exit error) string {
	said = logTime.ReplaceAllString(said, "")
	said = dump.ReplaceAllStringFunc(said, func(answer string) string {
		parts := dump.FindStringSubmatch(answer)
		return "HTTP " + strings.TrimSpace(parts[1]) + ": " + complaints(parts[2])
	})
	said = strings.TrimSpace(spaces.ReplaceAllString(said, " "))
	if len(said) > messageSize {
		said = strings.ToValidUTF8(said[:messageSize], "") + "…"
	}
	switch {
	case exit == nil:
		return said
	case said == "":
		return fmt.Sprintf("om ended with %s and said nothing", exit)
	}
	return fmt.Sprintf("%s (%s)", said, exit)
}

// complaints are the texts of a JSON body, or the body as it is. om may add a
// tip after it.
func complaints(body string) string {
	var value any
	decoder := json.NewDecoder(strings.NewReader(body))
	if decoder.Decode(&value) != nil {
		return body
	}
	texts := leaves(value)
	if len(texts) == 0 {
		return body
	}
	return strings.Join(texts, "; ") + " " + body[decoder.InputOffset():]
}

// leaves are the strings within a JSON value.
func leaves(value any) []string {
	var texts []string
	switch v := value.(type) {
	case string:
		texts = append(texts, v)
	case []any:
		for _, e := range v {
			texts = append(texts, leaves(e)...)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			texts = append(texts, leaves(v[key])...)
		}
	}
	return texts
}
