package inventory

import (
	_ "embed" // the page and its looks
	"fmt"
	"html/template"
	"strings"
	"sync"
)

var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageLooks string
)

// page is the page's template. It is read when the first page is written, and not at
// the program's start: most runs write none.
var page = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page").Funcs(template.FuncMap{
		"px":        func(v float64) string { return fmt.Sprintf("%.1f", v) },
		"anchor":    func(n int) string { return fmt.Sprintf("procedure-%d", n+1) },
		"words":     words,
		"breakable": breakable,
		"short":     func(text string) string { return shortened(text, 80) },
	}).Parse(pageText)
})

// rowSize is about what a certificate takes on the page, in bytes.
const rowSize = 200

// HTML is the inventory as one page that needs nothing but itself: no script, and
// nothing from elsewhere. Everything that Ops Manager says is escaped in it.
func HTML(i Inventory) (string, error) {
	var text strings.Builder
	text.Grow(32<<10 + i.Summary.Total*rowSize)
	form, err := page()
	if err != nil {
		return "", fmt.Errorf("cannot read the form of the page: %w", err)
	}
	err = form.Execute(&text, struct {
		Inventory
		Looks     template.CSS
		Title     string
		Timelines []timeline
	}{i, template.CSS(pageLooks), i.Title(), i.timelines()}) //nolint:gosec // it is our own file, compiled in
	if err != nil {
		return "", fmt.Errorf("cannot write the page of certificates: %w", err)
	}
	return text.String(), nil
}

// words is the rest of a certificate's life in words.
func words(e Entry) string {
	switch u := e.Urgency(); {
	case u == Undated:
		return "unknown"
	case u == Expired && e.gone == 0:
		return "expired"
	case u == Expired:
		return "expired " + days(e.gone) + " ago"
	}
	return days(*e.DaysLeft)
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// places are where a long name may go on in the next line.
var places = strings.NewReplacer("/", "/<wbr>", "_", "_<wbr>", ".", ".<wbr>")

// breakable is a name that wraps where a reader expects it, and not within a word.
func breakable(name string) template.HTML {
	return template.HTML(places.Replace(template.HTMLEscapeString(name))) //nolint:gosec // it is escaped right here
}
