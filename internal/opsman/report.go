package opsman

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

// Report is what a rotation call did to the certificates.
type Report struct {
	// Regenerated is filled by Generate, Create and Regenerate, Updated by
	// Activate and Delete.
	Regenerated []Item
	Updated     []Item
	// Excluded were left alone on purpose, Failed in spite of it.
	Excluded []Item
	Failed   []Item
	// Warnings come with status 207, typically when a TKGI tile is installed.
	Warnings []string
}

// Item is one certificate in a report; all fields are optional.
type Item struct {
	Location          string
	ProductGUID       string
	PropertyReference string
	VariablePath      string
	Reason            string
}

// Name is the most telling of an item's names.
func (i Item) Name() string {
	switch {
	case i.VariablePath != "":
		return i.VariablePath
	case i.PropertyReference != "" && i.ProductGUID != "":
		return i.ProductGUID + " " + i.PropertyReference
	case i.PropertyReference != "":
		return i.PropertyReference
	case i.ProductGUID != "":
		return i.ProductGUID
	}
	return "a certificate without a name"
}

// String is the name with the reason.
func (i Item) String() string {
	if i.Reason == "" {
		return i.Name()
	}
	return i.Name() + " (" + i.Reason + ")"
}

// Created is a new CA and what making it did.
type Created struct {
	CA     evidence.CA
	Report Report
}

// FailedCertificatesError is a call that Ops Manager carried out in part: it
// answers success and lists certificates that failed.
type FailedCertificatesError struct {
	Method string
	Path   string
	Report Report
}

func (e *FailedCertificatesError) opsmanError() {}

// Error names the certificates that failed.
func (e *FailedCertificatesError) Error() string {
	names := make([]string, 0, len(e.Report.Failed))
	for _, item := range e.Report.Failed {
		names = append(names, item.String())
	}
	text := fmt.Sprintf("%s %s was carried out only in part, %d certificates failed: %s", e.Method, e.Path, len(names), strings.Join(few(names), ", "))
	if len(names) == 1 {
		text = strings.Replace(text, "1 certificates", "1 certificate", 1)
	}
	if len(e.Report.Warnings) > 0 {
		text += " (warnings: " + strings.Join(e.Report.Warnings, "; ") + ")"
	}
	return text + ": read the state of Ops Manager again and mend these certificates before going on"
}

type itemJSON struct {
	Location          name `json:"location"`
	ProductGUID       name `json:"product_guid"`
	PropertyReference name `json:"property_reference"`
	VariablePath      name `json:"variable_path"`
	Reason            text `json:"reason"`
}

type reportJSON struct {
	// Certificates is absent from Ops Manager 2.8 and older, and where
	// Maestro is not in use.
	Certificates struct {
		Regenerated      []itemJSON `json:"regenerated"`
		Updated          []itemJSON `json:"updated"`
		Excluded         []itemJSON `json:"excluded"`
		RegenerateFailed []itemJSON `json:"regenerate_failed"`
		UpdateFailed     []itemJSON `json:"update_failed"`
	} `json:"certificates"`
	Warnings texts `json:"warnings"`
}

// decodeReport reads the answer of a phase. An empty one is a success without
// details.
func (c *Client) decodeReport(x *exchange, ans *answer) (Report, error) {
	raw, err := io.ReadAll(ans.body)
	if err != nil {
		return Report{}, err
	}
	return c.report(x, ans.status, raw)
}

func (c *Client) report(x *exchange, status int, raw []byte) (Report, error) {
	var body reportJSON
	if err := countable(raw); err != nil {
		return Report{}, err
	}
	if len(bytes.TrimSpace(raw)) > 0 {
		// It is counted already.
		if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&body); err != nil {
			return Report{}, err
		}
	}
	lists := body.Certificates
	report := Report{
		Regenerated: c.items(lists.Regenerated),
		Updated:     c.items(lists.Updated),
		Excluded:    c.items(lists.Excluded),
		Failed:      c.items(append(lists.RegenerateFailed, lists.UpdateFailed...)),
		Warnings:    cutAll(c.redact.lines(body.Warnings)),
	}
	if complaints := decodeComplaints(raw); len(complaints.violations)+len(complaints.messages) > 0 {
		// Whether a violation can come with a 2xx is not documented.
		return report, c.apiError(x, status, raw)
	}
	if len(report.Failed) > 0 {
		return report, &FailedCertificatesError{Method: x.method, Path: x.path, Report: report}
	}
	return report, nil
}

func (c *Client) items(list []itemJSON) []Item {
	var items []Item
	for _, i := range list {
		items = append(items, Item{
			Location:          c.redact.text(string(i.Location)),
			ProductGUID:       c.redact.text(string(i.ProductGUID)),
			PropertyReference: c.redact.text(string(i.PropertyReference)),
			VariablePath:      c.redact.text(string(i.VariablePath)),
			Reason:            shorten.Text(c.redact.line(string(i.Reason)), textLimit),
		})
	}
	return items
}

// decodeCreated reads the answer of Generate and Create: the CA's fields at the
// top level, or (procedure pages only) in a list certificate_authorities.
func (c *Client) decodeCreated(x *exchange, ans *answer, certPEM string) (Created, error) {
	raw, err := io.ReadAll(ans.body)
	if err != nil {
		return Created{}, err
	}
	report, reportErr := c.report(x, ans.status, raw)
	ca, err := createdAuthority(raw, certPEM)
	created := Created{CA: ca, Report: report}
	if reportErr != nil {
		return created, reportErr
	}
	return created, err
}

func createdAuthority(raw []byte, certPEM string) (evidence.CA, error) {
	var body struct {
		authorityJSON
		List []authorityJSON `json:"certificate_authorities"`
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return evidence.CA{}, err
	}
	if body.GUID != "" {
		return body.evidence(), nil
	}
	if len(body.List) == 1 && body.List[0].GUID != "" {
		return body.List[0].evidence(), nil
	}
	for _, a := range body.List {
		if certPEM != "" && a.GUID != "" && strings.TrimSpace(certificatePEM(string(a.CertPEM))) == strings.TrimSpace(certificatePEM(certPEM)) {
			return a.evidence(), nil
		}
	}
	return evidence.CA{}, errors.New("it names no new certificate authority")
}
