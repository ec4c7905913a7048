package inventory_test

import (
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/cli"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
)

// hostile is what no Ops Manager should say.
const hostile = "</code></td><script>alert(1)</script>|`\n# x](javascript:alert(1))\"'&amp;<img src=x onerror=alert(1)>"

func html(i inventory.Inventory) string {
	GinkgoHelper()
	page, err := inventory.HTML(i)
	Expect(err).NotTo(HaveOccurred())
	return page
}

var _ = Describe("the forms", func() {
	soon := func() inventory.Inventory {
		configurable := certificate("/cf/own", -3)
		configurable.Configurable = true
		i := of(configurable, certificate("/cf/router", 12))
		i.Foundation = "production"
		return i
	}

	It("of a terminal begin with the counts, and say for each procedure who has to act how", func() {
		text := cli.ReportText(plain, soon())
		Expect(text).To(HavePrefix("certificates production, 2026-03-02T10:00:00Z, Ops Manager 3.1.2-build.5\n3 certificates: 1 expired, 1 within 30 days, 0 within 90 days, 1 later\n"))
		Expect(text).To(And(
			MatchRegexp(`Configurable certificates +1 +2026-02-27 +expired +you`),
			MatchRegexp(`Root CA rotation +2 +2026-03-14 +12 +opsman-ca rotates it`),
			ContainSubstring("\nConfigurable certificates: you\nReplace it in the tile's settings"),
			MatchRegexp(`/cf/router +leaf +TAS +2026-03-14 +12`), MatchRegexp(guidOld+` +root CA, active`),
			ContainSubstring("\nin no list of Ops Manager:\nOps Manager's own web certificate: ")))
	})

	It("of Markdown have a table for each procedure", func() {
		Expect(inventory.Markdown(soon())).To(And(
			HavePrefix("# Certificates\n\nproduction, 2026-03-02T10:00:00Z, Ops Manager 3.1.2-build.5\n\n3 certificates: 1 expired"),
			ContainSubstring("| Configurable certificates | 1 | 2026-02-27 | expired | you |\n"),
			ContainSubstring("\n## Configurable certificates\n\n**you:** Replace it"),
			ContainSubstring("| `/cf/router` | leaf | TAS | 2026-03-14 | 12 |\n")))
	})

	It("of HTML are one page, without a script or anything from elsewhere", func() {
		page := html(soon())
		Expect(page).To(And(
			HavePrefix("<!DOCTYPE html>"), ContainSubstring("<h1>Certificates of production</h1>"), ContainSubstring("expired 3 days ago"), ContainSubstring("12 days"),
			ContainSubstring("not rotated by opsman-ca"), ContainSubstring("default-src 'none'")))
		Expect(page).NotTo(MatchRegexp(`(?i)<script|<link|<img|<iframe|@import|url\(|src=|https?://|ZgotmplZ|\son[a-z]+=`))
		Expect(strings.Count(page, "<svg")).To(Equal(3))
		Expect(strings.Count(page, "<title id=")).To(Equal(3))
	})

	It("keep what Ops Manager says from being more than text", func() {
		c := certificate(hostile, 12)
		c.RotationProcedure, c.RotationProcedureURL = hostile, "javascript:alert(1)"
		e := foundationOf(c)
		e.OpsManager, e.Certificates.Unknown, e.Products.List[0].Label = hostile, hostile, hostile
		i := inventory.Of(e)
		i.Foundation = hostile
		page := html(i)
		Expect(page).NotTo(MatchRegexp(`<script|<img|href="javascript|\sonerror=[^&]*>`))
		Expect(strings.Count(page, "<td>")).To(Equal(strings.Count(page, "</td>")))
		Expect(page).To(ContainSubstring("&lt;script&gt;alert(1)&lt;/script&gt;"))
		Expect(strings.Count(page, "href=")).To(Equal(len(i.Groups)), "the anchors alone")

		text := inventory.Markdown(i)
		for line := range strings.Lines(text) {
			outside := regexp.MustCompile("(^|[^\\\\])`[^`]*`").ReplaceAllString(line, "")
			Expect(outside).NotTo(MatchRegexp(`^# x|(^|[^\\])<script|(^|[^\\])\]\(java`), line)
			if strings.HasPrefix(line, "| `") {
				Expect(strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")).To(Equal(6))
				Expect(strings.Count(line, "`")).To(BeNumerically(">=", 2))
			}
		}
	})

	DescribeTable("link to the procedure where its address is one of the web",
		func(address, link string) {
			c := certificate("x", 12)
			c.RotationProcedure, c.RotationProcedureURL = "P", address
			i := of(c)
			Expect(groupOf(i, "x").Link()).To(Equal(link))
			if link != "" {
				Expect(inventory.Markdown(i)).To(ContainSubstring("## [P](<" + link + ">)"))
				Expect(html(i)).To(ContainSubstring(`class="more" rel="noreferrer" href="https://`))
			}
		},
		Entry(nil, "https://example.com/a(b)?c=d#e", "https://example.com/a(b)?c=d#e"),
		Entry(nil, "https://example.com/> <x", "https://example.com/%3E%20%3Cx"),
		Entry(nil, "javascript:alert(1)", ""), Entry(nil, "data:text/html,x", ""), Entry(nil, "/relative", ""),
		Entry(nil, "https://", ""), Entry(nil, "https://user:secret@example.com/", ""), Entry(nil, "https://a\nb/", ""), Entry(nil, "", ""),
	)

	It("are files with harmless names and texts", func() {
		files, err := inventory.Files(of(certificate("/cf/\x1b[2Jrouter\u202e", 12)))
		Expect(err).NotTo(HaveOccurred())
		Expect(files).To(And(HaveLen(3), HaveKey("report.html"), HaveKey("report.md"), HaveKey("report.json")))
		for name, content := range files {
			Expect(string(content)).NotTo(ContainSubstring("\x1b"), name)
		}
		Expect(string(files["report.html"])).To(ContainSubstring("<code>/<wbr>cf/<wbr>[2Jrouter</code>"))
	})

	It("show no secret that a server echoes, however it is escaped", func() {
		e := foundationOf(certificate("/cf/a&b<c", 12))
		e.Certificates.List[0].RotationProcedure = "P a&b<c"
		e = inventory.Redacted(e, func(text string) string { return strings.ReplaceAll(text, "a&b<c", "[redacted]") })
		for _, text := range []string{html(inventory.Of(e)), inventory.Markdown(inventory.Of(e))} {
			Expect(text).To(And(MatchRegexp("/(<wbr>)?cf/(<wbr>)?\\[redacted]"), Not(ContainSubstring("b&lt;c"))))
		}
	})
})

var _ = Describe("the timeline", func() {
	It("is as large for many certificates as for few", func() {
		few, lots := html(inventory.Of(foundationOf(many(2_000)...))), html(inventory.Of(foundationOf(many(20_000)...)))
		drawing := func(page string) int { return strings.LastIndex(page, "</svg>") - strings.Index(page, "<svg") }
		Expect(drawing(lots)).To(BeNumerically("<", drawing(few)+drawing(few)/2))
	})

	It("says in words what it shows, marks CAs, and has columns for what is past and late", func() {
		late := certificate("/x/ca", 4000)
		late.IsCA = true
		page := html(of(certificate("/cf/gone", -5), certificate("/cf/router", 12), late))
		Expect(page).To(And(
			ContainSubstring("One line for the only procedure, with bars where certificates expire; the tables below say the same. 4 certificates: 1 expired, 1 within 30 days, 0 within 90 days, 2 later. The first is /cf/gone of TAS on 2026-02-25."),
			ContainSubstring(">expired</text>"), ContainSubstring(">later</text>"),
			ContainSubstring("<title>/x/ca of TAS expires on 2037-02-12 (CA)</title>")))
		Expect(strings.Count(page, `class="ca"`)).To(Equal(6), "the root CA and the late one, on three drawings")
	})

	It("has no more lanes than a page can hold", func() {
		var list []evidence.Certificate
		for n := range 60 {
			c := certificate("/x", 100+n)
			c.RotationProcedure = strings.Repeat("P", n+1)
			list = append(list, c)
		}
		page := html(of(list...))
		Expect(strings.Count(page, `<g class="lane`)).To(Equal(3 * 24))
		Expect(page).To(ContainSubstring("all other procedures</text>"))
	})

	It("leaves out what has no date", func() {
		i := inventory.Of(evidence.Evidence{At: now, Certificates: evidence.Certificates{List: []evidence.Certificate{{Name: "x"}}}})
		Expect(html(i)).To(And(Not(ContainSubstring("<svg")), ContainSubstring("without a date")))
	})
})
