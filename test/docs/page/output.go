package page

import (
	"regexp"
	"strings"
)

var (
	colours = regexp.MustCompile("\x1b\\[[0-9;]*m")
	spaces  = regexp.MustCompile(`\s+`)
)

// Shows tells whether output is as a page shows it: … stands for anything, and
// colours and the widths of columns do not count.
func Shows(shown, output string) bool {
	var parts []string
	for _, part := range strings.Split(plain(shown), "…") {
		parts = append(parts, regexp.QuoteMeta(part))
	}
	return regexp.MustCompile(`(?s)` + strings.Join(parts, ".*")).MatchString(plain(output))
}

// plain leaves … alone between the spaces that it stands between.
func plain(text string) string {
	text = spaces.ReplaceAllString(colours.ReplaceAllString(text, ""), " ")
	return strings.ReplaceAll(strings.TrimSpace(text), " … ", "…")
}
