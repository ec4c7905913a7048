package inventory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Files are the inventory in each of its forms for a reader, by their names.
func Files(i Inventory) (map[string][]byte, error) {
	page, err := HTML(i)
	if err != nil {
		return nil, err
	}
	machines, err := JSON(i)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"report.html": []byte(console.Harmless(page)),
		"report.md":   []byte(console.Harmless(Markdown(i))),
		"report.json": machines,
	}, nil
}

// JSON is the inventory for machines.
func JSON(i Inventory) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(i); err != nil {
		return nil, fmt.Errorf("cannot write the certificates as JSON: %w", err)
	}
	return text.Bytes(), nil
}

// Redacted is the evidence with redact applied to whatever of Ops Manager's words a
// form of the inventory shows: the forms escape them, and then a secret that a
// server echoes could not be found any more.
func Redacted(e evidence.Evidence, redact func(string) string) evidence.Evidence {
	e.OpsManager, e.Certificates.Unknown = redact(e.OpsManager), redact(e.Certificates.Unknown)
	for i := range e.Products.List {
		p := &e.Products.List[i]
		p.GUID, p.Type, p.Label = redact(p.GUID), redact(p.Type), redact(p.Label)
	}
	for i := range e.CAs {
		e.CAs[i].GUID = redact(e.CAs[i].GUID)
	}
	for some := range slices.Chunk(e.Certificates.List, together) {
		if clean(some, redact) {
			continue
		}
		for i := range some {
			c := &some[i]
			c.Name, c.ProductGUID = redact(c.Name), redact(c.ProductGUID)
			c.RotationProcedure, c.RotationProcedureURL = redact(c.RotationProcedure), redact(c.RotationProcedureURL)
		}
	}
	return e
}

// together is how many certificates are looked at in one text first.
const together = 500

// clean tells whether redact finds nothing in any of them: what it would find in a
// word, it finds in a text of all words as well.
func clean(some []evidence.Certificate, redact func(string) string) bool {
	var words strings.Builder
	for _, c := range some {
		for _, word := range []string{c.Name, c.ProductGUID, c.RotationProcedure, c.RotationProcedureURL} {
			words.WriteString(word)
			words.WriteByte('\n')
		}
	}
	text := words.String()
	return redact(text) == text
}
