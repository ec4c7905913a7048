package inventory_test

import (
	"testing"

	"github.com/opsman-ca/opsman-ca/internal/cli"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
)

// BenchmarkForms is a report of 20,000 certificates in each of its forms.
func BenchmarkForms(b *testing.B) {
	e := foundationOf(many(20_000)...)
	for name, form := range map[string]func(inventory.Inventory) int{
		"sorted":   func(i inventory.Inventory) int { return i.Summary.Total },
		"text":     func(i inventory.Inventory) int { return len(cli.ReportText(plain, i)) },
		"markdown": func(i inventory.Inventory) int { return len(inventory.Markdown(i)) },
		"json": func(i inventory.Inventory) int {
			text, err := inventory.JSON(i)
			if err != nil {
				b.Fatal(err)
			}
			return len(text)
		},
		"html": func(i inventory.Inventory) int {
			text, err := inventory.HTML(i)
			if err != nil {
				b.Fatal(err)
			}
			return len(text)
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			written := 0
			for b.Loop() {
				written = form(inventory.Of(e))
			}
			b.ReportMetric(float64(written)/1e6, "MB/report")
		})
	}
}
