package imported

import (
	"cmp"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// certificateRow is a certificate of v0 or v1.
type certificateRow struct {
	Name              string           `json:"name"`
	VariablePath      string           `json:"variable_path"`
	PropertyReference string           `json:"property_reference"`
	PropertyType      string           `json:"property_type"`
	ProductGUID       string           `json:"product_guid"`
	Location          string           `json:"location"`
	Issuer            string           `json:"issuer"`
	ValidFrom         string           `json:"valid_from"`
	ValidUntil        string           `json:"valid_until"`
	IsCA              bool             `json:"is_ca"`
	Configurable      bool             `json:"configurable"`
	AutoRotated       bool             `json:"auto_rotated"`
	Procedure         string           `json:"rotation_procedure_name"`
	ProcedureURL      string           `json:"rotation_procedure_url"`
	Deployments       []string         `json:"deployments"`
	Signs             []certificateRow `json:"signs"`
}

// certificate is one, from either list or from both.
type certificate struct {
	sim.KnownCertificate
	v1 bool
}

// key tells one certificate from another.
func (c *certificate) key() string {
	if c.Location == "credhub" {
		return c.Name
	}
	return c.ProductGUID + " " + c.Name
}

// certificates are those of both lists; nil when there is none.
func (r *reader) certificates() []*certificate {
	v0, missingV0 := decode[certificateRow](r, certificatesFile, "certificates")
	v1, missingV1 := decode[certificateRow](r, v1File, "certificates")
	if missingV0 != nil && missingV1 != nil {
		return nil
	}
	l := &listing{reader: r, all: []*certificate{}, byKey: map[string]*certificate{}}
	l.addTree(v1, "")
	for _, row := range v0 {
		l.addRow(row)
	}
	excluded, err := decode[certificateRow](r, excludedFile, "certificates")
	for _, row := range excluded {
		if c := l.byKey[(&certificate{KnownCertificate: row.known()}).key()]; c != nil {
			c.Excluded = true
		}
	}
	if err != nil {
		r.note("excluded certificates", "nothing: no "+excludedFile, "those that every Ops Manager excludes: /services/tls_ca, some of service instances")
	}
	l.report()
	return l.all
}

// listing puts rows together.
type listing struct {
	*reader
	all             []*certificate
	byKey           map[string]*certificate
	nameless, older int
}

func (row certificateRow) known() sim.KnownCertificate {
	return sim.KnownCertificate{
		Name: cmp.Or(row.Name, row.VariablePath, row.PropertyReference), Location: row.Location, PropertyType: row.PropertyType,
		ProductGUID: row.ProductGUID, Issuer: row.Issuer, IsCA: row.IsCA, Configurable: row.Configurable, AutoRotated: row.AutoRotated,
		Procedure: row.Procedure, ProcedureURL: row.ProcedureURL, Deployments: row.Deployments,
	}
}

// read is the certificate of a row, nil when it has none that can be used.
func (l *listing) read(from string, row certificateRow) *certificate {
	c := &certificate{KnownCertificate: row.known()}
	var err error
	if c.Name == "" {
		l.nameless++
		return nil
	}
	if c.Location != "credhub" && c.Location != "ops_manager" {
		l.wrong("%s, %s: location is %q: expected ops_manager or credhub", from, c.Name, c.Location)
		return nil
	}
	if c.From, _, err = date("valid_from", row.ValidFrom); err != nil {
		l.wrong("%s, %s: %w", from, c.Name, err)
		return nil
	}
	if c.Until, _, err = date("valid_until", row.ValidUntil); err != nil {
		l.wrong("%s, %s: %w", from, c.Name, err)
		return nil
	}
	if !c.Until.After(c.From) {
		l.wrong("%s, %s: it is valid until %s, before %s", from, c.Name, row.ValidUntil, row.ValidFrom)
		return nil
	}
	return c
}

// addTree adds v1's tree.
func (l *listing) addTree(rows []certificateRow, signer string) {
	for _, row := range rows {
		c := l.read(v1File, row)
		if c != nil {
			c.v1, c.SignedBy = true, signer
			l.add(c)
		}
		below := signer
		if c != nil && c.Location == "credhub" && c.IsCA {
			below = c.Name
		}
		l.addTree(row.Signs, below)
	}
}

// addRow adds a row of v0, of which there are several for one certificate.
func (l *listing) addRow(row certificateRow) {
	c := l.read(certificatesFile, row)
	if c == nil {
		return
	}
	c.Rows = 1
	l.add(c)
}

func (l *listing) add(c *certificate) {
	known := l.byKey[c.key()]
	switch {
	case known == nil:
		l.byKey[c.key()] = c
		l.all = append(l.all, c)
	case known.From.Equal(c.From) && known.Until.Equal(c.Until):
		known.Rows += c.Rows
		known.PropertyType = cmp.Or(known.PropertyType, c.PropertyType)
		known.Procedure, known.ProcedureURL = cmp.Or(known.Procedure, c.Procedure), cmp.Or(known.ProcedureURL, c.ProcedureURL)
	case c.From.After(known.From):
		// CredHub shows more than one version of a CA in a rotation.
		l.older++
		c.Rows = max(c.Rows, known.Rows)
		*known = *c
	default:
		l.older++
	}
}
