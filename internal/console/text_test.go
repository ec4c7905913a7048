package console_test

import "strings"

// lines are the lines of a text without trailing blanks.
func lines(text string) []string {
	split := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range split {
		split[i] = strings.TrimRight(split[i], " ")
	}
	return split
}
