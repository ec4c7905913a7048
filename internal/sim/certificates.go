package sim

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
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
// CAs, CredHub CAs with theirs, leaves of nobody.
func (f *Foundation) certificates() []certificate {
	var all []certificate
	everywhere := f.allDeployments()
	for _, a := range f.authorities {
		root := certificate{
			name: ".properties.root_ca." + a.guid, location: "ops_manager", propertyType: "rsa_cert_credentials",
			productGUID: "ops_manager", issuer: OpenSSLText(a.cert.Issuer), from: a.cert.NotBefore, until: a.cert.NotAfter,
			isCA: true, configurable: !a.generated, deployments: names(everywhere),
			outdated: f.distrusting(a, func(v *vm) *bundle { return v.trust }), procedure: "Standard CA Procedure",
		}
		root = root.like(a.known)
		for _, r := range f.records {
			if r.newest().signer == a && !r.foreign() && !r.unlisted {
				root.signs = append(root.signs, r.certificate())
			}
		}
		nats := certificate{
			name: ".properties.nats_ca." + a.guid, location: "ops_manager", propertyType: "rsa_cert_credentials",
			productGUID: f.products[0].guid, issuer: OpenSSLText(a.nats.cert.Issuer), from: a.nats.cert.NotBefore, until: a.nats.cert.NotAfter,
			isCA: true, deployments: names(everywhere),
			outdated: f.distrusting(a, f.natsShown), procedure: "Standard CA Procedure",
		}
		if a.nats.known != nil {
			nats.name = a.nats.known.Name
			nats = nats.like(a.nats.known)
		}
		all = append(all, root, nats)
	}
	for _, c := range f.credhub {
		shown := f.credhubCertificate(c)
		if c.unlisted {
			all = append(all, shown.signs...)
			continue
		}
		all = append(all, shown)
	}
	for _, r := range f.records {
		if signer := r.newest().signer; !r.unlisted && (signer == nil || r.foreign() || f.findAuthority(signer.guid) == nil) {
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

func (f *Foundation) credhubCertificate(c *credhubCA) certificate {
	latest := c.latest()
	out := certificate{
		name: c.path, location: "credhub", issuer: "/CN=" + c.path, from: latest.created, until: latest.expires,
		isCA: true, configurable: c.customer, auto: c.auto && f.autoDNS, excluded: f.excluded(c),
		deployments: names(c.deployments()), outdated: []string{}, procedure: "Standard CA Procedure",
	}
	if c.path == servicesTLSCA {
		out.procedure = "Services TLS CA Procedure"
	}
	auto := out.auto
	out = out.like(c.known)
	out.auto = auto
	for _, d := range c.deployments() {
		for _, v := range c.trusted() {
			if !slices.Contains(d.trusts[c], v) {
				out.outdated = append(out.outdated, d.name)
				break
			}
		}
	}
	for _, l := range c.leaves {
		newest := l.newest()
		below := certificate{
			name: l.path, location: "credhub", issuer: "/CN=" + c.path, from: newest.created, until: newest.expires,
			auto: out.auto, excluded: out.excluded || excludedLeaf(l.path), configurable: c.customer,
			deployments: names(l.deployments), outdated: names(l.laggards()), procedure: out.procedure,
		}
		below = below.like(l.known)
		below.auto = out.auto
		below.excluded = below.excluded || l.known != nil && l.known.Excluded
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
func (f *Foundation) natsShown(v *vm) *bundle {
	if f.opts.V1NATSByDeployment {
		return v.trust
	}
	return v.natsTrust
}

// distrusting are the deployments with a VM that does not trust a.
func (f *Foundation) distrusting(a *authority, trust func(*vm) *bundle) []string {
	outdated := []string{}
	for _, d := range f.allDeployments() {
		for _, v := range d.vms {
			if !trust(v).has(a) {
				outdated = append(outdated, d.name)
				break
			}
		}
	}
	return outdated
}

func (f *Foundation) allDeployments() []*deployment {
	var all []*deployment
	for _, p := range f.everyone() {
		all = append(all, p.deployments()...)
	}
	return all
}

func names(deployments []*deployment) []string {
	all := []string{}
	for _, d := range deployments {
		all = append(all, d.name)
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
