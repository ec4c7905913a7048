// Package shorten cuts what is told down to what a person reads.
package shorten

import (
	"fmt"
	"slices"
	"strings"
)

// Few are the first of a list, and how many there are besides.
func Few[T any](list []T, most int) (first []T, more int) {
	if len(list) <= most {
		return list, 0
	}
	return list[:most:most], len(list) - most
}

// More says how many there are besides.
func More(n int) string { return fmt.Sprintf("and %d more", n) }

// List are the first of a list and, as one more, how many there are besides.
func List(list []string, most int) []string {
	first, more := Few(list, most)
	if more == 0 {
		return list
	}
	return append(slices.Clone(first), More(more))
}

// Join is a list for a sentence: the first of it, and how many there are besides.
func Join(list []string, most int, separator string) string {
	first, more := Few(list, most)
	text := strings.Join(first, separator)
	if more > 0 {
		text += " " + More(more)
	}
	return text
}

// Text is the beginning of a text, so many bytes of it.
func Text(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
