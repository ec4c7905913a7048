package report

import (
	"fmt"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/console"
)

// soonDays is what is coloured as soon.
const soonDays = 90

var columns = []string{"certificate", "kind", "product", "expires", "days left"}

// InventoryText is the inventory for a terminal.
func InventoryText(style console.Styles, i Inventory) string {
	var page strings.Builder
	fmt.Fprintf(&page, "%s %s, Ops Manager %s\n", style.Heading("certificates"), i.At, i.OpsManager)
	if i.Unknown != "" {
		fmt.Fprintf(&page, "%s %s\n", style.Error("Ops Manager did not list its certificates:"), i.Unknown)
	}
	if i.Due != nil {
		page.WriteString(dueText(style, i.Due))
	}
	for _, g := range i.Groups {
		who := style.OK(g.Who)
		if !g.Rotated {
			who = style.Warn(g.Who)
		}
		fmt.Fprintf(&page, "\n%s %s\n", style.Heading(g.Procedure+":"), who)
		if g.URL != "" {
			fmt.Fprintf(&page, "%s\n", style.Muted(g.URL))
		}
		var rows [][]string
		for _, c := range g.Certificates {
			rows = append(rows, []string{c.Name, c.Kind, c.Product, c.Expires, colored(style, c)})
		}
		fmt.Fprintf(&page, "%s\n", style.Table(columns, rows))
	}
	return page.String()
}

func dueText(style console.Styles, d *Due) string {
	if len(d.Certificates) == 0 {
		return "\n" + style.OK(d.heading()) + "\n"
	}
	var rows [][]string
	for _, c := range d.Certificates {
		rows = append(rows, []string{c.Name, c.Kind, c.Product, c.Expires, colored(style, c.Entry), c.Who})
	}
	return fmt.Sprintf("\n%s\n%s\n", style.Error(d.heading()+":"), style.Table(dueColumns, rows))
}

func colored(style console.Styles, c Entry) string {
	switch {
	case c.DaysLeft == nil:
		return style.Warn("unknown")
	case *c.DaysLeft < 0:
		return style.Error("expired")
	case *c.DaysLeft < soonDays:
		return style.Warn(c.left())
	}
	return c.left()
}

func (e Entry) left() string {
	if e.DaysLeft == nil {
		return "unknown"
	}
	return fmt.Sprint(*e.DaysLeft)
}

// InventoryMarkdown is the inventory as a page.
func InventoryMarkdown(i Inventory) string {
	var page strings.Builder
	fmt.Fprintf(&page, "# Certificates\n\n%s, Ops Manager %s\n", i.At, i.OpsManager)
	if i.Unknown != "" {
		fmt.Fprintf(&page, "\n**Ops Manager did not list its certificates:** %s\n", i.Unknown)
	}
	if i.Due != nil {
		page.WriteString(dueMarkdown(i.Due))
	}
	for _, g := range i.Groups {
		name := cell(g.Procedure)
		if g.URL != "" {
			name = "[" + name + "](" + g.URL + ")"
		}
		fmt.Fprintf(&page, "\n## %s\n\n%s.\n\n| %s |\n|%s\n", name, g.Who, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
		for _, c := range g.Certificates {
			fmt.Fprintf(&page, "| `%s` | %s | %s | %s | %s |\n", cell(c.Name), c.Kind, cell(c.Product), c.Expires, c.left())
		}
	}
	return page.String()
}

func dueMarkdown(d *Due) string {
	if len(d.Certificates) == 0 {
		return fmt.Sprintf("\n**%s.**\n", d.heading())
	}
	var page strings.Builder
	fmt.Fprintf(&page, "\n## %s\n\n| %s |\n|%s\n", d.heading(), strings.Join(dueColumns, " | "), strings.Repeat("---|", len(dueColumns)))
	for _, c := range d.Certificates {
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s | %s | %s |\n", cell(c.Name), c.Kind, cell(c.Product), c.Expires, c.left(), cell(c.Who))
	}
	return page.String()
}

// cell keeps a text within its cell.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "`", "'").Replace(text)
}
