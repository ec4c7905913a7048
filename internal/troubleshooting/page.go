// Package troubleshooting knows which entry of docs/troubleshooting.md is about an
// error. Each entry has a stable code; its heading is the code.
package troubleshooting

import "strings"

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
