package resource_test

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	asked "github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/metrics"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/resource/listing"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// answers is an API of which nothing but answers is wanted.
type answers struct{ asked.Reader }

func (answers) Generate(context.Context, []string) (opsman.Created, error) { panic("generate") }
func (answers) Create(context.Context, string, string, []string) (opsman.Created, error) {
	panic("create")
}
func (answers) Activate(context.Context, string) (opsman.Report, error) { panic("activate") }
func (answers) Regenerate(context.Context) (opsman.Report, error)       { panic("regenerate") }
func (answers) Delete(context.Context, string) (opsman.Report, error)   { panic("delete") }

// The users of "expires within": each says whether something that a rotation renews
// does.
var users = []struct {
	name string
	due  func(*opsManager, rotation.Within) bool
}{
	{"generate with expires_within", func(o *opsManager, w rotation.Within) bool {
		runner := asked.Runner{API: answers{o}, Console: console.New(io.Discard, console.Options{})}
		// Nothing is installed there, so a generate that is due is refused: for that.
		found, _ := runner.Run(context.Background(), asked.Request{Phase: rotation.Generate, Options: rotation.Options{Within: &w}, DryRun: true})
		return found.Decision.Verdict != rotation.NotDue
	}},
	{"a resource with rotate_before", func(o *opsManager, w rotation.Within) bool {
		found, err := resource.RotationDue(context.Background(), o, w, nil)
		Expect(err).NotTo(HaveOccurred())
		return found.Version != nil
	}},
	{"a resource with expiring", func(o *opsManager, w rotation.Within) bool {
		alert, err := resource.ExpiringSoon(context.Background(), o, w)
		Expect(err).NotTo(HaveOccurred())
		if alert == nil {
			return false
		}
		members, same, err := resource.MembersOf(context.Background(), o, listing.Certificates{}, w, *alert)
		Expect(err).NotTo(HaveOccurred())
		Expect(same).To(BeTrue())
		return slices.ContainsFunc(members, func(m resource.Member) bool { return m.Rotated })
	}},
	{"the report with --expires-within", func(o *opsManager, w rotation.Within) bool {
		e, err := asked.Listing(context.Background(), o)
		Expect(err).NotTo(HaveOccurred())
		list := inventory.Of(e)
		rotated := map[inventory.Category]bool{}
		for _, g := range list.Groups {
			rotated[g.Category] = g.Rotated
		}
		due, err := inventory.DueWithin(list, w)
		Expect(err).NotTo(HaveOccurred())
		return slices.ContainsFunc(due.Certificates, func(c inventory.DueEntry) bool { return rotated[c.Category] })
	}},
	{"the metrics", func(o *opsManager, w rotation.Within) bool {
		looker := metrics.Looker{API: o, Redact: func(s string) string { return s }, Now: time.Now}
		text, err := metrics.Text(looker.Look(context.Background()))
		Expect(err).NotTo(HaveOccurred())
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "opsman_ca_group_expiry_timestamp_seconds") || !strings.Contains(line, `rotated="true"`) {
				continue
			}
			words := strings.Fields(line)
			at, err := strconv.ParseFloat(words[len(words)-1], 64)
			Expect(err).NotTo(HaveOccurred())
			if w.Covers(o.at, time.UnixMilli(int64(at*1000))) {
				return true
			}
		}
		return false
	}},
}

var _ = DescribeTable("what expires within a span does so for generate, the triggers, the report and the metrics alike",
	func(o *opsManager, expected bool) {
		for _, user := range users {
			Expect(user.due(o, span("90d"))).To(Equal(expected), user.name)
		}
	},
	Entry("nothing", settled(600, certificate("/cf/router", -100, 300)), false),
	Entry("the active CA", settled(60), true),
	Entry("the active CA, by a bare date", func() *opsManager {
		o := settled(600)
		o.cas[0].ExpiresOn = evidence.Stamp{Time: in(90).Truncate(24 * time.Hour), DateOnly: true}
		return o
	}(), true),
	Entry("a leaf", settled(600, certificate("/cf/router", -100, 60)), true),
	Entry("a CA below the root", settled(600, certificate("/cf/router_ca", -100, 60, func(c *evidence.Certificate) { c.IsCA = true })), true),
	Entry("a leaf that has expired", settled(600, certificate("/cf/router", -100, -6)), true),
	Entry("a leaf on the span's last moment", settled(600, certificate("/cf/router", -100, 90)), false),
	Entry("a leaf less than a second before that", settled(600, certificate("/cf/router", -100, 90, func(c *evidence.Certificate) {
		c.ValidUntil = c.ValidUntil.Add(-time.Millisecond)
	})), true),
	Entry("a leaf without a date", settled(600, certificate("/cf/router", -100, 0, func(c *evidence.Certificate) { c.ValidUntil = time.Time{} })), false),
	Entry("a leaf that a rotation has left", settled(600, certificate("/cf/router", -2000, 60)), true),
	Entry("an operator's own", settled(600, certificate("/cf/router", -100, 60, configurable)), false),
	Entry("one below the services TLS CA", settled(600, certificate("/services/tls_leaf", -100, 60)), false),
	Entry("one of a service instance", settled(600, certificate("/p-bosh/service-instance_1/tls_certificate", -100, 60)), false),
	Entry("one of an identity provider", settled(600, certificate(".uaa.service_provider_key_credentials", -100, 60)), false),
	Entry("one of an identity provider, by its procedure", settled(600, certificate(".x", -100, 60, func(c *evidence.Certificate) { c.RotationProcedure = "Identity Provider SAML Procedure" })), false),
	Entry("one that Ops Manager excludes", func() *opsManager {
		o := settled(600, certificate("/cf/router", -100, 60))
		o.excluded = []string{"/cf/router"}
		return o
	}(), false),
	Entry("one in CredHub", settled(600, certificate("/cf/router", -100, 60, inCredHub)), true),
	Entry("one in CredHub beside TKGI", func() *opsManager {
		o := settled(600, certificate("/cf/router", -100, 60, inCredHub))
		o.products = []evidence.Product{{GUID: "pks-1", Type: "pivotal-container-service"}}
		return o
	}(), false),
	Entry("Ops Manager's own beside TKGI", func() *opsManager {
		o := settled(600, certificate(".cf.router", -100, 60))
		o.products = []evidence.Product{{GUID: "pks-1", Type: "pivotal-container-service"}}
		return o
	}(), true),
	Entry("one that Ops Manager rotates by itself", settled(600, certificate("/opsmgr/bosh_dns/tls", -100, 60, func(c *evidence.Certificate) { c.AutoRotated = true })), true),
)
