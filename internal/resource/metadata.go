package resource

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// Metadatum is one line beneath a version in the Concourse UI. It is shown to
// every person who may see the pipeline: no host name, no user, no secret.
type Metadatum struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// response is what in and out write to standard output.
type response struct {
	Version  map[string]string `json:"version"`
	Metadata []Metadatum       `json:"metadata"`
}

// metadata collects lines; what is empty is left out.
type metadata []Metadatum

func (m *metadata) add(name, value string) {
	if value != "" {
		*m = append(*m, Metadatum{name, value})
	}
}

// redacted sends every value through filter: a server may echo a secret.
func (m metadata) redacted(filter func(string) string) metadata {
	for i := range m {
		m[i].Value = filter(m[i].Value)
	}
	return m
}

// versionMetadata is what the version and the certificates of its GUIDs say: a
// function of the version, because Concourse caches it with the get.
func versionMetadata(v rotation.Version, cas []evidence.CA) metadata {
	var m metadata
	m.add("state", string(v.State))
	for _, line := range []struct{ name, guid string }{
		{"active CA", v.Active}, {"candidate CA", v.Candidate}, {"retiring CA", v.Retiring}, {"removed CA", v.Removed},
	} {
		m.add(line.name, describeCA(line.guid, cas))
	}
	m.add("installation", v.Installation)
	m.add("trusted since installation", v.Trusted)
	m.add("leaf certificates regenerated", v.Renewed)
	m.add("blocked by", string(v.Reason))
	if slices.Contains(rotation.Reasons(), v.Reason) {
		// Concourse shows a value that is an address as a link.
		m.add("what to do", troubleshooting.OfReason(v.Reason).Link())
	}
	return m
}

// describeCA is a GUID with the dates and the fingerprint of its certificate,
// where it is still listed.
func describeCA(guid string, cas []evidence.CA) string {
	for _, ca := range cas {
		if ca.GUID == guid {
			return fmt.Sprintf("%s (created %s, expires %s, SHA-256 %s)", guid, ca.CreatedOn, ca.ExpiresOn, fingerprint(ca.CertPEM))
		}
	}
	return guid
}

// fingerprint is the beginning of the certificate's SHA-256, enough to compare.
func fingerprint(certPEM string) string {
	block, _ := pem.Decode([]byte(certPEM))
	if block == nil {
		return "unknown"
	}
	sum := sha256.Sum256(block.Bytes)
	const shown = 8
	return strings.ToUpper(fmt.Sprintf("% x", sum[:shown]))
}

// outcomeMetadata adds what a put did and found to the version's own lines.
func outcomeMetadata(o foundation.Outcome) metadata {
	view := o.View
	var m metadata
	m.add("phase", string(o.Phase))
	m.add("outcome", o.Summary)
	m = append(m, versionMetadata(view.Observed.Version, view.Evidence.CAs)...)
	if p := view.Observed.Awaited(); p != nil {
		m.add("reached", fmt.Sprintf("%d of %d products", p.Covered(), len(p.Products)))
	}
	if o.Report != nil {
		m.add("certificates changed", fmt.Sprint(len(o.Report.Regenerated)+len(o.Report.Updated)))
		m.add("certificates excluded", fmt.Sprint(len(o.Report.Excluded)))
		m.add("warnings", strings.Join(o.Report.Warnings, "; "))
	}
	m.add("notes", strings.Join(o.Notes, "; "))
	m.add("Ops Manager", view.Evidence.OpsManager)
	m.add("next", view.Observed.Next())
	return m
}
