// Package troubleshooting knows which entry of docs/troubleshooting.md is about an
// error. Each entry has a stable code; its heading is the code.
package troubleshooting

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/input"
)

// Page is the address of the guide. It is in no version, and in no error's own
// text: it is shown once, where an error is shown.
const Page = "https://github.com/opsman-ca/opsman-ca/blob/main/docs/troubleshooting.md"

// Code is the name of an entry, and its anchor on the page.
type Code string

// Link is the address of an entry.
func (c Code) Link() string { return Page + "#" + string(c) }

// Links says where to read on, a line for each code and one below the other; empty
// for no codes.
func Links(codes []Code) string {
	if len(codes) == 0 {
		return ""
	}
	links := make([]string, 0, len(codes))
	for _, c := range codes {
		links = append(links, c.Link())
	}
	return "what to do: " + strings.Join(links, "\n            ")
}

// Show shows an error, each of joined ones on a line of its own, and the way to the guide.
func Show(to *console.Console, err error) {
	for _, problem := range input.Problems(err) {
		to.Println(to.Error("error:"), problem.Error())
	}
	to.Println(to.Muted(way(err)))
}

// way is what ends every failure: the way to the entries about it, or to the guide
// where its own sentence is all that is known.
func way(err error) string {
	if links := Links(Of(err)); links != "" {
		return links
	}
	return "troubleshooting: " + Page
}

// ours are the guide's address and those of its entries, nothing else.
var ours = sync.OnceValue(func() *regexp.Regexp {
	var codes []string
	for _, c := range Codes() {
		codes = append(codes, regexp.QuoteMeta(string(c)))
	}
	// An expression takes the first that fits, and one code may begin another.
	slices.SortFunc(codes, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return regexp.MustCompile(regexp.QuoteMeta(Page) + "(#(" + strings.Join(codes, "|") + "))?")
})

// Sparing is a filter for secrets that leaves the links to the guide whole, also where
// a password is a word of them. They are the same for everybody, and tell nothing.
func Sparing(filter func(string) string) func(string) string {
	return func(text string) string {
		filtered := filter(text)
		if filtered == text || !strings.Contains(text, Page) {
			return filtered
		}
		var whole strings.Builder
		end := 0
		for _, at := range ours().FindAllStringIndex(text, -1) {
			whole.WriteString(filter(text[end:at[0]]))
			whole.WriteString(text[at[0]:at[1]])
			end = at[1]
		}
		whole.WriteString(filter(text[end:]))
		return whole.String()
	}
}
