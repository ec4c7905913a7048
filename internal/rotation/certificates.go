package rotation

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

// What the rotation API does not replace, by the names of the certificates
// (procedure pages, "what is not rotated"): the services TLS CA with its leaves,
// certificates of service instances, the telemetry CA.

// OfServices tells a certificate of the services TLS CA.
func OfServices(c evidence.Certificate) bool {
	return ofServices(c.Name) || slices.ContainsFunc(c.SignedBy, ofServices) || strings.Contains(c.RotationProcedure, servicesProcedure)
}

func ofServices(name string) bool { return name == "/services/tls_ca" || name == "/services/tls_leaf" }

// servicesProcedure is how Ops Manager 2.10.33 and newer name the procedure of
// certificates below /services/tls_ca, which v0 does not nest.
const servicesProcedure = "Services TLS CA"

// OfInstance tells, by its name, a certificate that a service instance has for itself.
func OfInstance(name string) bool {
	instance, found := strings.CutPrefix(name, "/p-bosh/service-instance_")
	if !found {
		return false
	}
	_, leaf, _ := strings.Cut(instance, "/")
	return strings.HasPrefix(leaf, "pxc_") || leaf == "tls_certificate" || leaf == "redis_certificate"
}

// OfTelemetry tells the telemetry CA by its name.
func OfTelemetry(name string) bool { return name == "/telemetry-ca-cert" }

// OfSAML tells the certificate of a service provider, which its operator replaces
// together with the operator of the identity provider.
func OfSAML(c evidence.Certificate) bool {
	return strings.HasSuffix(c.Name, ".saml_service_provider_cert") || strings.HasSuffix(c.Name, ".service_provider_key_credentials") ||
		strings.Contains(c.RotationProcedure, "SAML")
}

func ofInstanceOrTelemetry(name string) bool { return OfInstance(name) || OfTelemetry(name) }

// Rotates tells whether this rotation replaces the certificate.
func Rotates(c evidence.Certificate) bool {
	return !c.Configurable && !c.Excluded && !OfServices(c) &&
		!ofInstanceOrTelemetry(c.Name) && !slices.ContainsFunc(c.SignedBy, ofInstanceOrTelemetry)
}

// chosen tells which certificates count for a proof.
type chosen func(evidence.Certificate) bool

// Trust is about CAs: a deployment whose leaf is old trusts the new CA all the
// same. What was regenerated is about all. A deleted CA is in no list any more.
func authorities(c evidence.Certificate) bool { return c.IsCA }
func anyKind(evidence.Certificate) bool       { return true }
func noKind(evidence.Certificate) bool        { return false }

// outdated names the deployments that still run an older version of a certificate
// that the rotation replaces, those of TKGI's clusters apart. Only certificates v1
// knows. The rows of the listed root CAs count no matter who made them: an operator's own
// is called configurable.
func outdated(e evidence.Evidence, of chosen) (deployments, clusters []string) {
	late := map[string][]evidence.Certificate{}
	for _, c := range e.Certificates.List {
		if len(c.OutdatedDeployments) == 0 || !of(c) || !Rotates(c) && !ofListedCA(e, c) {
			continue
		}
		for _, deployment := range c.OutdatedDeployments {
			late[deployment] = append(late[deployment], c)
		}
	}
	if len(late) == 0 {
		return nil, nil
	}
	isCluster := clustersOf(e)
	others, _ := otherDeployments(e)
	for _, deployment := range slices.Sorted(maps.Keys(late)) {
		phrase := deployment + " has outdated certificates: " + names(late[deployment])
		switch {
		case slices.Contains(others, deployment):
			phrase += " (of no tile, so no apply changes reaches it: redeploy it by hand with bosh deploy)"
		case slices.ContainsFunc(late[deployment], func(c evidence.Certificate) bool { return c.AutoRotated }):
			phrase += " (rotated automatically: apply changes with force latest variables)"
		}
		if isCluster[deployment] {
			clusters = append(clusters, phrase)
			continue
		}
		deployments = append(deployments, phrase)
	}
	return deployments, clusters
}

// ofListedCA tells the row of a root CA that is listed, or of its NATS CA.
func ofListedCA(e evidence.Evidence, c evidence.Certificate) bool {
	return c.IsCA && slices.ContainsFunc(e.CAs, func(ca evidence.CA) bool { return isRow(c, ca.GUID) })
}

// TKGI is the identifier of the Kubernetes tile, whose errand upgrades every cluster.
const TKGI = "pivotal-container-service"

// clustersOf are the deployments of TKGI's clusters: service instances that have a
// certificate of that tile.
func clustersOf(e evidence.Evidence) map[string]bool {
	clusters := map[string]bool{}
	for _, p := range e.Products.List {
		if p.Type != TKGI {
			continue
		}
		for _, c := range e.Certificates.List {
			if c.ProductGUID != p.GUID {
				continue
			}
			for _, deployment := range c.Deployments {
				if strings.HasPrefix(deployment, "service-instance") {
					clusters[deployment] = true
				}
			}
		}
	}
	return clusters
}

// CredHub is the location of a certificate that CredHub holds.
const CredHub = "credhub"

// WithTKGI tells whether TKGI is deployed, in whose presence Ops Manager rotates
// only the certificates that it holds itself: CredHub's have a procedure of their
// own.
func WithTKGI(products evidence.Products) bool {
	return slices.ContainsFunc(products.List, func(p evidence.Product) bool { return p.Type == TKGI })
}

// LeavesCredHub tells whether Ops Manager rotates only the certificates that it holds
// itself on a foundation with these products: beside TKGI, and beside a TAS that is
// older than CredHub Maestro supports.
func LeavesCredHub(products evidence.Products) bool {
	return WithTKGI(products) || len(oldTAS(products)) > 0
}

// oldLeaves are rotatable leaf certificates surely issued before the moment that
// they should be younger than.
func oldLeaves(e evidence.Evidence, than time.Time) []evidence.Certificate {
	var old []evidence.Certificate
	notCredHub := LeavesCredHub(e.Products)
	for _, c := range e.Certificates.List {
		if notCredHub && c.Location == CredHub {
			continue
		}
		if !c.IsCA && Rotates(c) && fromRoot(c) && !c.ValidFrom.IsZero() && c.ValidFrom.Before(than) {
			old = append(old, c)
		}
	}
	return old
}

// lateLeaves are rotatable leaf certificates that cannot be the active CA's: older
// than its time as the signer or, where certificates v1 tells, signed by the retiring
// one. Of an undated CA the date says little: see formerlySigning.
func lateLeaves(e evidence.Evidence, s Observation) []evidence.Certificate {
	since := s.Active.CreatedOn.Time
	if undated(e, *s.Active) || s.Active.CreatedOn.IsZero() {
		since = formerlySigning(e, s)
	}
	return append(oldLeaves(e, since),
		slices.DeleteFunc(leavesOn(e, *s.Retiring, false), func(c evidence.Certificate) bool { return !Rotates(c) || c.AutoRotated })...)
}

// fromRoot tells whether the leaf is Ops Manager's own or CredHub's in general;
// automatically rotated BOSH DNS leaves follow a calendar of their own.
func fromRoot(c evidence.Certificate) bool { return !c.AutoRotated }

// leavesOn are the leaves that certificates v1 shows beneath the CA. The entry
// of a root CA carries its GUID (".properties.root_ca.<guid>").
func leavesOn(e evidence.Evidence, ca evidence.CA, configurable bool) []evidence.Certificate {
	return slices.DeleteFunc(leavesBelow(e, ca), func(c evidence.Certificate) bool { return c.Configurable != configurable })
}

func leavesBelow(e evidence.Evidence, ca evidence.CA) []evidence.Certificate {
	var leaves []evidence.Certificate
	for _, c := range e.Certificates.List {
		if !c.IsCA && slices.ContainsFunc(c.SignedBy, func(name string) bool { return strings.Contains(name, ca.GUID) }) {
			leaves = append(leaves, c)
		}
	}
	return leaves
}

// undeployedLeaves are the leaves beneath the CA that the next apply changes would
// bring to a deployment. Those that certificates v1 shows deployed, and nowhere
// outdated, are there already.
func undeployedLeaves(e evidence.Evidence, ca evidence.CA) []evidence.Certificate {
	return slices.DeleteFunc(leavesOn(e, ca, false), func(c evidence.Certificate) bool {
		return len(c.Deployments) > 0 && len(c.OutdatedDeployments) == 0
	})
}

// configurableOn are the configurable leaves that the retiring CA signed or,
// where only v0 can be asked, may have signed: same issuer as the CA's subject,
// and not surely younger than its time as the signer. Those of SAML do not count:
// identity providers know them themselves, and look at no CA.
func configurableOn(e evidence.Evidence, s Observation) []evidence.Certificate {
	retiring, active := *s.Retiring, *s.Active
	if tellsInstances(e, retiring.GUID) {
		return slices.DeleteFunc(leavesOn(e, retiring, true), OfSAML)
	}
	issuers := issuersOf(e, retiring)
	signedUntil := stillSigning(e, s)
	var leaves []evidence.Certificate
	for _, c := range e.Certificates.List {
		ours := len(issuers) == 0 || slices.Contains(issuers, c.Issuer)
		younger := active.CreatedOn.SurelyBefore(c.ValidFrom) && !c.ValidFrom.Before(signedUntil)
		if c.Configurable && !c.IsCA && !OfSAML(c) && ours && !younger {
			leaves = append(leaves, c)
		}
	}
	return leaves
}

// formerlySigning is a moment at which another CA than the undated active one was
// surely the signer, as late as is known: stillSigning where the record of that proof
// is there. Where it was pruned, what the history begins with may have come after the
// regenerate: of leaves that are waited for, only an installation that was there when
// they were made tells, and of others the date of the CA alone.
func formerlySigning(e evidence.Evidence, s Observation) time.Time {
	proven, found := e.History.Find(InstallationID(s.Version.Trusted))
	if s.Version.State == "" || found && !proven.FinishedAt.IsZero() {
		return stillSigning(e, s)
	}
	since := s.Active.CreatedOn.Time
	for _, i := range e.History.List {
		if s.State == Regenerated && i.ID <= s.Version.anchor() && i.StartedAt.After(since) {
			since = i.StartedAt
		}
	}
	return since
}

// stillSigning is the last moment at which the retiring CA is known to have been
// the signer: the end of the installation that completed the proof of trust, which
// the activation waited for. When the activation itself was, no answer of Ops
// Manager tells. Where that record was pruned, it is the beginning of the first
// known installation that surely came after the activation.
func stillSigning(e evidence.Evidence, s Observation) time.Time {
	if proven, found := e.History.Find(InstallationID(s.Version.Trusted)); found && !proven.FinishedAt.IsZero() {
		return proven.FinishedAt
	}
	first := evidence.Installation{StartedAt: e.At}
	for _, i := range e.History.List {
		if i.ID >= s.Version.anchor() && i.StartedAt.Before(first.StartedAt) {
			first = i
		}
	}
	if s.Retiring != nil && s.Expired && s.Retiring.ExpiresOn.Latest().Before(first.StartedAt) {
		return s.Retiring.ExpiresOn.Latest()
	}
	return first.StartedAt
}

// names lists certificates for a sentence.
func names(certificates []evidence.Certificate) string {
	var all []string
	for _, c := range certificates {
		all = append(all, c.Name)
	}
	slices.Sort(all)
	return some(slices.Compact(all), ", ")
}

// some lists phrases for a sentence, the first few of many.
func some(phrases []string, separator string) string {
	return shorten.Join(phrases, 5, separator)
}

// issuersOf are the texts by which the certificates endpoint may name the CA as an
// issuer, none where that is not known: then any issuer may be this one. What Ops Manager
// writes of the CA itself is surely its spelling, where the CA signed itself.
func issuersOf(e evidence.Evidence, ca evidence.CA) []string {
	certificate := parsed(ca)
	if certificate == nil {
		return nil
	}
	var texts []string
	if bytes.Equal(certificate.RawSubject, certificate.RawIssuer) {
		for _, c := range e.Certificates.List {
			if c.IsCA && c.Issuer != "" && strings.HasSuffix(c.Name, "root_ca."+ca.GUID) {
				texts = append(texts, c.Issuer)
			}
		}
	}
	subject, err := opensslSubject(ca.CertPEM)
	if err != nil {
		return texts
	}
	return append(texts, subject, escaped(subject))
}

// escaped is a subject as OpenSSL writes it: with every byte that is no printable ASCII
// in hexadecimal digits ("M\xC3\xBCller").
func escaped(subject string) string {
	var text strings.Builder
	for _, b := range []byte(subject) {
		if b < ' ' || b > '~' {
			fmt.Fprintf(&text, "\\x%02X", b)
			continue
		}
		text.WriteByte(b)
	}
	return text.String()
}

// short are the attribute names that OpenSSL, and so the certificates endpoint,
// writes. A company's own CA often has more than the usual ones: DC of a directory.
var short = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "street",
	"2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.13": "description", "2.5.4.15": "businessCategory", "2.5.4.17": "postalCode",
	"2.5.4.41": "name", "2.5.4.42": "GN", "2.5.4.43": "initials", "2.5.4.44": "generationQualifier", "2.5.4.46": "dnQualifier", "2.5.4.65": "pseudonym",
	"1.2.840.113549.1.9.1": "emailAddress", "1.2.840.113549.1.9.2": "unstructuredName",
	"0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
}

// opensslSubject is the subject of a PEM certificate as the certificates
// endpoint writes an issuer: "/C=US/O=Pivotal". An attribute whose name there is not
// known is an error, for a text with another name would match no issuer.
func opensslSubject(certPEM string) (string, error) {
	block, _ := pem.Decode([]byte(certPEM))
	if block == nil {
		return "", errors.New("no PEM block in cert_pem")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", fmt.Errorf("reading cert_pem: %w", err)
	}
	var subject strings.Builder
	for _, name := range certificate.Subject.Names {
		attribute, known := short[name.Type.String()]
		if !known {
			return "", fmt.Errorf("the name of the attribute %s of its subject is not known", name.Type)
		}
		fmt.Fprintf(&subject, "/%s=%v", attribute, name.Value)
	}
	return subject.String(), nil
}
