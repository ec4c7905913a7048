package opsman

import (
	"fmt"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
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
