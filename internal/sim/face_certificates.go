package sim

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
)

// certificate is one deployed certificate, before it takes the form of v0 or v1.
type certificate struct {
	name, location, propertyType, productGUID string
	issuer                                    string
	from, until                               time.Time
	isCA, configurable, auto, excluded        bool
	deployments, outdated                     []string
	signs                                     []certificate
	procedure, procedureURL                   string
	// rows that v0 has for it, where that is known of a real foundation.
	rows int
}

// Where a rotation procedure is described.
const procedureURL = "https://techdocs.broadcom.com/tanzu-operations-manager/certificate-rotation"

// certificates is the whole tree: root CAs with the leaves they signed, NATS
// CAs, CredHub CAs with theirs, leaves of no CA in it.
func (f *face) certificates() []certificate {
	var all []certificate
	everywhere := f.allDeployments()
	for _, a := range f.authorities.List() {
		root := certificate{
			name: ".properties.root_ca." + a.GUID, location: "ops_manager", propertyType: "rsa_cert_credentials",
			productGUID: "ops_manager", issuer: authorities.OpenSSLText(a.Cert.Issuer), from: a.Cert.NotBefore, until: a.Cert.NotAfter,
			isCA: true, configurable: !a.Generated, deployments: names(everywhere),
			outdated: f.distrusting(a, func(v *vm) *authorities.Bundle { return v.trust }), procedure: "Standard CA Procedure",
		}
		root = root.like(a.Like)
		for _, r := range f.records {
			if r.newest().signer == a && !r.foreign() && !r.unlisted {
				root.signs = append(root.signs, r.certificate())
			}
		}
		nats := certificate{
			name: ".properties.nats_ca." + a.GUID, location: "ops_manager", propertyType: "rsa_cert_credentials",
			productGUID: f.products[0].guid, issuer: authorities.OpenSSLText(a.NATS.Cert.Issuer), from: a.NATS.Cert.NotBefore, until: a.NATS.Cert.NotAfter,
			isCA: true, deployments: names(everywhere),
			outdated: f.distrusting(a, f.natsShown), procedure: "Standard CA Procedure",
		}
		if a.NATS.Like != nil {
			nats.name = a.NATS.Like.Name
			nats = nats.like(a.NATS.Like)
		}
		all = append(all, root, nats)
	}
	for _, c := range f.credhub.List() {
		shown := f.credhubCertificate(c)
		if c.Unlisted {
			all = append(all, shown.signs...)
			continue
		}
		all = append(all, shown)
	}
	if f.credhub.HandSet != nil {
		all = append(all, handSetCertificate(f.credhub.HandSet))
	}
	for _, r := range f.records {
		if signer := r.newest().signer; !r.unlisted && (signer == nil || r.foreign() || f.authorities.Find(signer.GUID) == nil) {
			all = append(all, r.certificate())
		}
	}
	return append(all, f.listed...)
}

func (r *leafRecord) certificate() certificate {
	l := r.newest()
	c := certificate{
		name: r.name, location: "ops_manager", propertyType: "rsa_cert_credentials", productGUID: r.product.guid,
		issuer: l.issuer, from: l.from, until: l.until, configurable: r.configurable,
		deployments: names(r.deployments), outdated: r.outdated(), procedure: "Standard Leaf Procedure",
	}
	if r.configurable {
		c.procedure = "Configurable Leaf Procedure"
	}
	if r.own != nil && r.own.Procedure != "" {
		c.procedure = r.own.Procedure
	}
	if r.known != nil {
		// The former CA and the new one may have different subjects.
		issuer := c.issuer
		c = c.like(r.known)
		if !r.foreign() {
			c.issuer = issuer
		}
	}
	return c
}

func (f *face) credhubCertificate(c *credhub.CA) certificate {
	latest := c.Latest()
	out := certificate{
		name: c.Path, location: "credhub", issuer: "/CN=" + c.Path, from: latest.Created, until: latest.Expires,
		isCA: true, configurable: c.Customer, auto: c.Auto && f.autoDNS, excluded: f.credhub.Excluded(c),
		deployments: credhub.Names(c.Deployments()), outdated: []string{}, procedure: "Standard CA Procedure",
	}
	if c.Path == credhub.ServicesTLSCA {
		out.procedure = "Services TLS CA Procedure"
	}
	auto := out.auto
	out = out.like(c.Known)
	out.auto = auto
	for _, d := range c.Deployments() {
		for _, v := range c.Trusted() {
			if !slices.Contains(d.Trusts[c], v) {
				out.outdated = append(out.outdated, d.Name)
				break
			}
		}
	}
	for _, l := range c.Leaves {
		newest := l.Newest()
		below := certificate{
			name: l.Path, location: "credhub", issuer: "/CN=" + c.Path, from: newest.Created, until: newest.Expires,
			auto: out.auto, excluded: out.excluded || credhub.ExcludedLeaf(l.Path), configurable: c.Customer,
			deployments: credhub.Names(l.Deployments), outdated: credhub.Names(l.Laggards()), procedure: out.procedure,
		}
		below = below.like(l.Known)
		below.auto = out.auto
		below.excluded = below.excluded || l.Known != nil && l.Known.Excluded
		out.signs = append(out.signs, below)
	}
	return out
}

// describedAt is where its rotation procedure is described.
func (c certificate) describedAt() string {
	if c.procedureURL != "" {
		return c.procedureURL
	}
	return procedureURL + "#" + strings.ReplaceAll(strings.ToLower(c.procedure), " ", "-")
}

// natsShown is the trust by which v1 judges a VM's NATS CA.
func (f *face) natsShown(v *vm) *authorities.Bundle {
	if f.opts.V1NATSByDeployment {
		return v.trust
	}
	return v.natsTrust
}

// distrusting are the deployments with a VM that does not trust a.
func (f *face) distrusting(a *authorities.Authority, trust func(*vm) *authorities.Bundle) []string {
	outdated := []string{}
	for _, d := range f.allDeployments() {
		for _, v := range d.vms {
			if !trust(v).Has(a) {
				outdated = append(outdated, d.Name)
				break
			}
		}
	}
	return outdated
}

func names(deployments []*deployment) []string {
	all := []string{}
	for _, d := range deployments {
		all = append(all, d.Name)
	}
	return all
}

var withinForm = regexp.MustCompile(`^(\d+)([dwmy])$`)

// deadline is the moment that expires_within=6m means; ok is false when the text
// is not of that form, zero when there is none.
func deadline(within string, now time.Time) (until time.Time, ok bool) {
	if within == "" {
		return time.Time{}, true
	}
	match := withinForm.FindStringSubmatch(within)
	if match == nil {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(match[1])
	if err != nil {
		return time.Time{}, false
	}
	switch match[2] {
	case "d":
		return now.AddDate(0, 0, n), true
	case "w":
		return now.AddDate(0, 0, 7*n), true
	case "m":
		return now.AddDate(0, n, 0), true
	}
	return now.AddDate(n, 0, 0), true
}

func (c certificate) expiresBy(t time.Time) bool { return t.IsZero() || !c.until.After(t) }

// handSetCertificate is what an operator set by hand.
func handSetCertificate(h *credhub.HandSet) certificate {
	return certificate{
		name: credhub.HandSetPath, location: "credhub", issuer: credhub.HandSetIssuer, from: h.From, until: h.Until, configurable: h.Supplied,
		deployments: credhub.Names([]*credhub.Deployment{h.Deployment}), outdated: []string{}, procedure: "Standard Leaf Procedure",
	}
}
