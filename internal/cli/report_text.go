package cli

import (
	"fmt"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
)

// ReportText is the inventory for a terminal.
func ReportText(style console.Styles, i inventory.Inventory) string {
	var page strings.Builder
	fmt.Fprintf(&page, "%s %s, Ops Manager %s\n%s\n", style.Heading("certificates"), i.Title(), i.OpsManager, i.Sentence())
	if i.Unknown != "" {
		fmt.Fprintf(&page, "%s %s\n", style.Error("Ops Manager did not list its certificates:"), i.Unknown)
	}
	if i.Due != nil {
		page.WriteString(dueText(style, i.Due))
	}
	var rows [][]string
	for _, g := range i.Groups {
		first := g.Certificates[0]
		rows = append(rows, []string{g.Label, fmt.Sprint(len(g.Certificates)), first.Expires, colored(style, first), actor(style, g)})
	}
	if len(rows) > 0 {
		fmt.Fprintf(&page, "\n%s\n", terminal.Table(style, inventory.SummaryColumns, rows))
	}
	for _, g := range i.Groups {
		fmt.Fprintf(&page, "\n%s %s\n%s\n", style.Heading(g.Label+":"), actor(style, g), g.How)
		if g.URL != "" {
			fmt.Fprintf(&page, "%s\n", style.Muted(g.URL))
		}
		var rows [][]string
		for _, c := range g.Certificates {
			rows = append(rows, []string{c.Label, string(c.Kind), c.Of(), c.Expires, colored(style, c)})
		}
		fmt.Fprintf(&page, "%s\n", terminal.Table(style, inventory.Columns, rows))
	}
	if len(i.Findings) > 0 {
		fmt.Fprintf(&page, "\n%s\n", style.Heading("before a rotation:"))
		for _, f := range i.Findings {
			page.WriteString(findingText(style, f) + "\n")
		}
	}
	fmt.Fprintf(&page, "\n%s\n", style.Heading("in no list of Ops Manager:"))
	for _, u := range i.Unlisted {
		fmt.Fprintf(&page, "%s: %s. %s\n", u.What, style.Warn(u.Who), u.How)
	}
	return page.String()
}

// actor is who has to act, coloured when it is not this product.
func actor(style console.Styles, g inventory.Group) string {
	if g.Rotated {
		return style.OK(g.Who)
	}
	return style.Warn(g.Who)
}

func dueText(style console.Styles, d *inventory.Due) string {
	unknown := ""
	if note := d.Note(); note != "" {
		unknown = style.Error("unknown:") + " " + note + "\n"
	}
	switch {
	case len(d.Certificates) == 0 && unknown != "":
		return "\n" + style.Warn(d.Heading()) + "\n" + unknown
	case len(d.Certificates) == 0:
		return "\n" + style.OK(d.Heading()) + "\n"
	}
	var rows [][]string
	for _, c := range d.Certificates {
		rows = append(rows, []string{c.Label, string(c.Kind), c.Of(), c.Expires, colored(style, c.Entry), c.Who})
	}
	return fmt.Sprintf("\n%s\n%s\n%s", style.Error(d.Heading()+":"), terminal.Table(style, inventory.DueColumns, rows), unknown)
}

func colored(style console.Styles, c inventory.Entry) string {
	switch c.Urgency() {
	case inventory.Expired, inventory.Urgent:
		return style.Error(c.Left())
	case inventory.Soon, inventory.Undated:
		return style.Warn(c.Left())
	case inventory.Fine:
	}
	return c.Left()
}
