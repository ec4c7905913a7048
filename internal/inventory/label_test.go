package inventory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/cli"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
)

// labels are what the rows are called: those of the procedures, and of certificates.
func labels(i inventory.Inventory) (procedures, certificates []string) {
	for _, g := range i.Groups {
		procedures = append(procedures, g.Label)
		for _, c := range g.Certificates {
			certificates = append(certificates, c.Label)
		}
	}
	return procedures, certificates
}

// unique fails for what is there twice, or empty.
func unique(names []string, what string) {
	GinkgoHelper()
	seen := map[string]bool{}
	for _, name := range names {
		Expect(strings.TrimSpace(name)).NotTo(BeEmpty(), what)
		Expect(seen).NotTo(HaveKey(name), what)
		seen[name] = true
	}
}

// matches are the first groups of what matches in the text.
func matches(text, pattern string) []string {
	var found []string
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

// expectUnique expects unique rows of every form.
func expectUnique(i inventory.Inventory) {
	GinkgoHelper()
	procedures, certificates := labels(i)
	unique(procedures, "procedures")
	unique(certificates, "certificates")

	markdown, page := inventory.Markdown(i), html(i)
	for what, rows := range map[string][]string{
		"Markdown": matches(markdown, "(?m)^\\| `([^`]+)` \\|"),
		"HTML":     matches(page, `<td><code>(.*?)</code></td>`),
	} {
		Expect(rows).To(HaveLen(len(certificates)), what)
		unique(rows, what)
	}
	headings := matches(page, `href="#procedure-\d+">(.*?)</a>`)
	Expect(headings).To(HaveLen(len(procedures)))
	unique(headings, "procedures in HTML")
	unique(matches(markdown, `(?m)^## (.*)$`), "procedures in Markdown")
	text := cli.ReportText(plain, i)
	for _, label := range slices.Concat(procedures, certificates) {
		Expect(text).To(ContainSubstring("\n" + label))
	}

	encoded, err := inventory.JSON(i)
	Expect(err).NotTo(HaveOccurred())
	var read struct {
		Procedures []struct {
			Label        string
			Certificates []struct{ Label string }
		}
	}
	Expect(json.Unmarshal(encoded, &read)).To(Succeed())
	var inJSON []string
	for _, g := range read.Procedures {
		for _, c := range g.Certificates {
			inJSON = append(inJSON, c.Label)
		}
	}
	Expect(inJSON).To(Equal(certificates))
}

// listingOf is what Ops Manager lists of a simulated foundation, and once more behind a
// generate where one is possible: then there are two root CAs.
func listingOf(ctx context.Context, o sim.Options) []evidence.Evidence {
	GinkgoHelper()
	f, err := sim.New(o)
	Expect(err).NotTo(HaveOccurred())
	server, err := sim.ServeOn(ctx, f, "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	defer server.Close()
	client, err := opsman.New(opsman.Config{Target: server.URL, Username: "admin", Password: "admin", CACert: server.CAPEM})
	Expect(err).NotTo(HaveOccurred())
	defer client.Close()
	var all []evidence.Evidence
	for range 2 {
		e, err := foundation.Listing(ctx, client)
		Expect(err).NotTo(HaveOccurred())
		all = append(all, e)
		_, _ = client.Generate(ctx, nil) // some shapes refuse it
	}
	return all
}

var _ = Describe("the rows of a report", func() {
	everything := func(o *sim.Options) {
		o.ConfigurableLeaf, o.CustomerCA, o.AutoRotateDNS, o.LeftoverCA, o.HandSet = true, true, true, true, true
		o.Tiles = append(sim.DefaultTiles(), sim.TKGITile(2), sim.DefaultTiles()[0])
	}
	for _, version := range []string{"2.10.60-build.1", "3.1.2-build.5"} {
		It("are unique where many shapes come together, on "+version, func(ctx SpecContext) {
			for _, withoutGUIDs := range []bool{false, true} {
				o := sim.Options{Version: version, V1WithoutGUIDs: withoutGUIDs}
				everything(&o)
				for _, e := range listingOf(ctx, o) {
					i := inventory.Of(e)
					Expect(i.Summary.Total).To(BeNumerically(">", 50))
					expectUnique(i)
				}
			}
		})
		for _, shape := range shapes.All() {
			It("are unique for "+shape.Name+", on "+version, func(ctx SpecContext) {
				var o sim.Options
				if shape.Change != nil {
					shape.Change(&o)
				}
				o.Version = version
				for _, e := range listingOf(ctx, o) {
					expectUnique(inventory.Of(e))
				}
			})
		}
	}

	DescribeTable("are told apart by what differs",
		func(change func(*evidence.Evidence), expected ...string) {
			e := foundationOf()
			e.CAs = nil
			e.Products.List = append(e.Products.List, evidence.Product{GUID: "iso-1", Label: "Isolation Segment"}, evidence.Product{GUID: "iso-2", Label: "Isolation Segment"})
			change(&e)
			i := inventory.Of(e)
			_, certificates := labels(i)
			Expect(certificates).To(ConsistOf(expected))
			for _, g := range i.Groups {
				for _, c := range g.Certificates {
					Expect(c.Name).To(Or(Equal(".router"), HavePrefix(".router ("), BeEmpty(), Equal("/a")), "the name stays as Ops Manager gives it")
				}
			}
		},
		Entry("a name of its own", func(e *evidence.Evidence) { e.Certificates.List = rows(".router", "cf-1", 10) }, ".router"),
		Entry("the product", func(e *evidence.Evidence) {
			e.Certificates.List = append(rows(".router", "cf-1", 10), rows(".router", "iso-1", 10)...)
		}, ".router of TAS", ".router of Isolation Segment"),
		Entry("the GUID of products that are called the same", func(e *evidence.Evidence) {
			e.Certificates.List = append(rows(".router", "cf-1", 10), append(rows(".router", "iso-1", 10), rows(".router", "iso-2", 10)...)...)
		}, ".router of TAS", ".router of Isolation Segment (iso-1)", ".router of Isolation Segment (iso-2)"),
		Entry("a CA and a leaf", func(e *evidence.Evidence) {
			e.Certificates.List = rows(".router", "cf-1", 10, 10)
			e.Certificates.List[1].IsCA = true
		}, ".router, CA", ".router, leaf"),
		Entry("the date", func(e *evidence.Evidence) { e.Certificates.List = rows(".router", "cf-1", 10, 20) }, ".router, until 2026-03-12", ".router, until 2026-03-22"),
		Entry("a date and none", func(e *evidence.Evidence) {
			e.Certificates.List = rows(".router", "cf-1", 10, 20)
			e.Certificates.List[1].ValidUntil = time.Time{}
		}, ".router, until 2026-03-12", ".router"),
		Entry("nothing but the time of day", func(e *evidence.Evidence) {
			e.Certificates.List = rows(".router", "cf-1", 10, 10)
			e.Certificates.List[1].ValidUntil = e.Certificates.List[1].ValidUntil.Add(time.Second)
		}, ".router (1)", ".router (2)"),
		Entry("nothing but the procedure", func(e *evidence.Evidence) {
			e.Certificates.List = rows(".router", "cf-1", 10, 10)
			e.Certificates.List[1].Configurable = true
		}, ".router (1)", ".router (2)"),
		Entry("names that are what others would become", func(e *evidence.Evidence) {
			e.Certificates.List = append(rows(".router", "cf-1", 10, 10), rows(".router (1)", "cf-1", 10)...)
			e.Certificates.List[1].Configurable = true
		}, ".router (1)", ".router (2)", ".router (3)"),
		Entry("no name", func(e *evidence.Evidence) { e.Certificates.List = rows("", "cf-1", 10) }, "a certificate without a name"),
	)

	It("of procedures that Ops Manager calls the same say what is in them", func() {
		one, customer, settings := certificate("/cf/a", 10), certificate("/customer/ca", 20), certificate(".properties.own", 30)
		customer.Configurable, customer.IsCA, customer.Location, settings.Configurable = true, true, "credhub", true
		list := []evidence.Certificate{one, certificate("/cf/b", 11), customer, settings}
		for n := range list {
			list[n].RotationProcedure = "Standard CA Procedure"
		}
		e := foundationOf(list...)
		e.CAs = nil
		procedures, _ := labels(inventory.Of(e))
		Expect(procedures).To(HaveExactElements(
			"Standard CA Procedure (Root CA rotation)", "Standard CA Procedure (Customer-provided CA: /customer/ca)", "Standard CA Procedure (Configurable certificates: .properties.own)"))
		procedures, _ = labels(of(one))
		Expect(procedures).To(HaveExactElements("Root CA rotation"))
	})

	It("are unique whatever Ops Manager says", func() {
		var list []evidence.Certificate
		for n := range 300 {
			c := certificate([]string{"", " ", "a", "a (1)", "a of TAS", "a, until 2026-03-12", "/p-bosh/cf-1/a"}[n%7], n%3)
			c.ProductGUID, c.IsCA, c.Configurable = []string{"cf-1", "", "x", "ops_manager"}[n%4], n%2 == 0, n%5 == 0
			c.RotationProcedure = []string{"", "P", "P (TKGI)", "TKGI"}[n%4]
			list = append(list, c)
		}
		procedures, certificates := labels(of(list...))
		unique(procedures, "procedures")
		unique(certificates, "certificates")
	})
})

// rows are certificates of one name and product that expire so many days from now.
func rows(name, product string, days ...int) []evidence.Certificate {
	var list []evidence.Certificate
	for _, n := range days {
		c := certificate(name, n)
		c.ProductGUID = product
		list = append(list, c)
	}
	return list
}

var _ = DescribeTable("the product of a certificate",
	func(name, guid string, asked bool, shown, productName string, unknown bool) {
		c := certificate(name, 10)
		c.ProductGUID = guid
		e := foundationOf(c)
		e.Products.Asked = asked
		e.Products.List = append(e.Products.List, evidence.Product{GUID: known, Label: "MySQL"}, evidence.Product{GUID: "p-bosh-2667117056b6210e8754", Label: "BOSH Director"})
		i := inventory.Of(e)
		entry := groupOf(i, name).Certificates[0]
		Expect(entry.Of()).To(Equal(shown))
		Expect(entry.ProductName).To(Equal(productName))
		Expect(entry.ProductUnknown).To(Equal(unknown))
		Expect(entry.Product).To(Equal(guid), "as Ops Manager gives it")
		Expect(inventory.Markdown(i)).To(ContainSubstring(fmt.Sprintf("| %#q | leaf | %s | 2026-03-12 |", name, strings.ReplaceAll(shown, "_", `\_`))))
		Expect(html(i)).To(ContainSubstring("<td>leaf</td><td>" + shown + "</td>"))
		Expect(cli.ReportText(plain, i)).To(MatchRegexp(regexp.QuoteMeta(name) + ` +leaf +` + regexp.QuoteMeta(shown) + ` +2026-03-12`))
		encoded, err := inventory.JSON(i)
		Expect(err).NotTo(HaveOccurred())
		Expect(strings.Contains(string(encoded), `"product_name": "`+productName+`"`)).To(Equal(productName != ""))
		Expect(strings.Contains(string(encoded), `"product_unknown": true`)).To(Equal(unknown))
	},
	Entry("as Ops Manager gives it", ".router", "cf-1", true, "TAS", "TAS", false),
	Entry("from a path", "/p-bosh/"+known+"/ca", "", true, "MySQL", "MySQL", false),
	Entry("from a path without the director", "/"+known+"/ca", "", true, "MySQL", "MySQL", false),
	Entry("from a longer path", "/p-bosh/"+known+"/a/b", "", true, "MySQL", "MySQL", false),
	Entry("the director's own", "/p-bosh/p-bosh-2667117056b6210e8754/dns", "", true, "BOSH Director", "BOSH Director", false),
	Entry("from a path, for a GUID of another form", "/p-bosh/cf-1/a", "", true, "TAS", "TAS", false),
	Entry("what Ops Manager gives before the path", "/p-bosh/"+known+"/ca", "cf-1", true, "TAS", "TAS", false),
	Entry("unknown, from a path", "/p-bosh/"+gone+"/ca", "", true, gone+" (unknown product)", "", true),
	Entry("unknown, from a path without the director", "/"+gone+"/ca", "", true, gone+" (unknown product)", "", true),
	Entry("unknown, as Ops Manager gives it", ".router", gone, true, gone+" (unknown product)", "", true),
	Entry("not said to be unknown where products were not asked for", "/p-bosh/"+gone+"/ca", "", false, gone, "", false),
	Entry("of Ops Manager itself", ".properties.x", "ops_manager", true, "Ops Manager", "Ops Manager", false),
	Entry("of a service instance", "/p-bosh/service-instance_0669749d-3321-48fa-8ea5-5171189506de/agent_tls", "", true, "a service instance", "", false),
	Entry("of a service instance, with its product", "/p-bosh/service-instance_0669749d-3321-48fa-8ea5-5171189506de/agent_tls", known, true, "MySQL", "MySQL", false),
	Entry("of no product", "/opsmgr/bosh_dns/tls_ca", "", true, "", "", false),
	Entry("of a deployment that no tile made", "/p-bosh/concourse/tls", "", true, "", "", false),
	Entry("of a path that is a GUID and no more", "/"+known, "", true, "", "", false),
	Entry("of a name with a GUID that is no path", known+"/ca", "", true, "", "", false),
)

const (
	known = "p.mysql-a62ac56588f7d9afe248"
	gone  = "p.redis-0123456789abcdef0123"
)
