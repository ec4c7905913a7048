package inventory

import (
	"fmt"
	"net/url"
	"strings"
)

// The columns of the tables: of a procedure, of what is due, of all procedures, and of
// what is found before a rotation.
var (
	Columns        = []string{"certificate", "kind", "product", "expires", "days left"}
	DueColumns     = []string{"certificate", "kind", "product", "expires", "days left", "who has to act"}
	SummaryColumns = []string{"procedure", "certificates", "first expires", "days left", "who has to act"}
	FindingColumns = []string{"status", "what was looked at", "code", "what was found", "what to do"}
)

// Markdown is the inventory as a page of GitHub's Markdown. Whatever Ops Manager
// says stays text in it.
func Markdown(i Inventory) string {
	var page strings.Builder
	page.Grow(8<<10 + i.Summary.Total*rowSize)
	fmt.Fprintf(&page, "# Certificates\n\n%s, Ops Manager %s\n\n%s.\n", inline(i.Title()), inline(i.OpsManager), i.Sentence())
	if i.Unknown != "" {
		fmt.Fprintf(&page, "\n**Ops Manager did not list its certificates:** %s\n", inline(i.Unknown))
	}
	if i.Due != nil {
		page.WriteString(dueMarkdown(i.Due))
	}
	if len(i.Groups) > 0 {
		header(&page, "Procedures", SummaryColumns)
		for _, g := range i.Groups {
			first := g.Certificates[0]
			fmt.Fprintf(&page, "| %s | %d | %s | %s | %s |\n", inline(g.Label), len(g.Certificates), first.Expires, first.Left(), inline(g.Who))
		}
	}
	for _, g := range i.Groups {
		name := inline(g.Label)
		if link := g.Link(); link != "" {
			name = "[" + name + "](<" + link + ">)"
		}
		header(&page, name+"\n\n**"+inline(g.Who)+":** "+inline(g.How), Columns)
		for _, c := range g.Certificates {
			fmt.Fprintf(&page, "| %s | %s | %s | %s | %s |\n", code(c.Label), c.Kind, inline(c.Of()), c.Expires, c.Left())
		}
	}
	if len(i.Findings) > 0 {
		header(&page, "Before a rotation", FindingColumns)
		for _, f := range i.Findings {
			fmt.Fprintf(&page, "| %s | %s | %s | %s | %s |\n", f.Status, inline(f.Name), code(string(f.Code)), inline(f.Message), inline(f.Next))
		}
	}
	page.WriteString("\n## In no list of Ops Manager\n\n")
	for _, u := range i.Unlisted {
		fmt.Fprintf(&page, "- %s. **%s:** %s\n", u.What, u.Who, u.How)
	}
	return page.String()
}

func header(page *strings.Builder, heading string, columns []string) {
	fmt.Fprintf(page, "\n## %s\n\n| %s |\n|%s\n", heading, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
}

func dueMarkdown(d *Due) string {
	unknown := ""
	if note := d.Note(); note != "" {
		unknown = fmt.Sprintf("\n**Unknown:** %s.\n", inline(note))
	}
	if len(d.Certificates) == 0 {
		return fmt.Sprintf("\n**%s.**\n", d.Heading()) + unknown
	}
	var page strings.Builder
	header(&page, d.Heading(), DueColumns)
	for _, c := range d.Certificates {
		fmt.Fprintf(&page, "| %s | %s | %s | %s | %s | %s |\n", code(c.Label), c.Kind, inline(c.Of()), c.Expires, c.Left(), inline(c.Who))
	}
	return page.String() + unknown
}

// Link is the procedure's address where it is one of the web, else empty: what Ops
// Manager says is not trusted to be one.
func (g Group) Link() string {
	address, err := url.Parse(g.URL)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Host == "" || address.User != nil || strings.ContainsAny(address.Host, "<>()|`\"' ") {
		return ""
	}
	return strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", "\n", "", "`", "%60", `\`, "%5C").Replace(address.String())
}

var (
	inlineText = strings.NewReplacer(`\`, `\\`, "|", `\|`, "\r", " ", "\n", " ", "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, "&", `\&`, "~", `\~`, "!", `\!`)
	codeText   = strings.NewReplacer("|", `\|`, "\r", " ", "\n", " ", "`", "'")
)

// inline keeps a text from being markup, and within its cell.
func inline(text string) string { return inlineText.Replace(text) }

// code is a name as it is, within its cell.
func code(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return "`" + codeText.Replace(text) + "`"
}
