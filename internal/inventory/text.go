package inventory

import (
	"fmt"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/console"
)

var (
	columns        = []string{"certificate", "kind", "product", "expires", "days left"}
	dueColumns     = []string{"certificate", "kind", "product", "expires", "days left", "who has to act"}
	summaryColumns = []string{"procedure", "certificates", "first expires", "days left", "who has to act"}
)

// Text is the inventory for a terminal.
func Text(style console.Styles, i Inventory) string {
	var page strings.Builder
	fmt.Fprintf(&page, "%s %s, Ops Manager %s\n%s\n", style.Heading("certificates"), i.title(), i.OpsManager, i.sentence())
	if i.Unknown != "" {
		fmt.Fprintf(&page, "%s %s\n", style.Error("Ops Manager did not list its certificates:"), i.Unknown)
	}
	if i.Due != nil {
		page.WriteString(dueText(style, i.Due))
	}
	var rows [][]string
	for _, g := range i.Groups {
		first := g.Certificates[0]
		rows = append(rows, []string{g.Procedure, fmt.Sprint(len(g.Certificates)), first.Expires, colored(style, first), g.actor(style)})
	}
	if len(rows) > 0 {
		fmt.Fprintf(&page, "\n%s\n", table(style, summaryColumns, rows))
	}
	for _, g := range i.Groups {
		fmt.Fprintf(&page, "\n%s %s\n%s\n", style.Heading(g.Procedure+":"), g.actor(style), g.How)
		if g.URL != "" {
			fmt.Fprintf(&page, "%s\n", style.Muted(g.URL))
		}
		var rows [][]string
		for _, c := range g.Certificates {
			rows = append(rows, []string{c.Name, string(c.Kind), c.Of(), c.Expires, colored(style, c)})
		}
		fmt.Fprintf(&page, "%s\n", table(style, columns, rows))
	}
	fmt.Fprintf(&page, "\n%s\n", style.Heading("in no list of Ops Manager:"))
	for _, u := range i.Unlisted {
		fmt.Fprintf(&page, "%s: %s. %s\n", u.What, style.Warn(u.Who), u.How)
	}
	return page.String()
}

// title says which foundation, and when.
func (i Inventory) title() string {
	at := i.At
	if at == "" {
		at = "at a time that Ops Manager did not tell"
	}
	if i.Foundation == "" {
		return at
	}
	return i.Foundation + ", " + at
}

// actor is who has to act, coloured when it is not this product.
func (g Group) actor(style console.Styles) string {
	if g.Rotated {
		return style.OK(g.Who)
	}
	return style.Warn(g.Who)
}

func dueText(style console.Styles, d *Due) string {
	if len(d.Certificates) == 0 {
		return "\n" + style.OK(d.Heading()) + "\n"
	}
	var rows [][]string
	for _, c := range d.Certificates {
		rows = append(rows, []string{c.Name, string(c.Kind), c.Of(), c.Expires, colored(style, c.Entry), c.Who})
	}
	return fmt.Sprintf("\n%s\n%s\n", style.Error(d.Heading()+":"), table(style, dueColumns, rows))
}

func colored(style console.Styles, c Entry) string {
	switch c.Urgency() {
	case Expired, Urgent:
		return style.Error(c.Left())
	case Soon, Undated:
		return style.Warn(c.Left())
	case Fine:
	}
	return c.Left()
}
