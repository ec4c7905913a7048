package opsman

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

// excerptLimit is how much of an error answer is kept for the debug log, and
// textLimit how much of one message, in bytes.
const (
	excerptLimit = 2048
	textLimit    = 1000
)

// apiError reads an error answer of any shape. The documented shapes are not
// the real ones, so nothing is required of it.
func (c *Client) apiError(x *exchange, status int, raw []byte) *APIError {
	e := &APIError{Method: x.method, Path: x.path, Status: status}
	complaints := decodeComplaints(raw)
	if status < 500 && slices.Equal(complaints.messages, []string{aPage}) {
		// Ops Manager's own 500 is a page too; its other refusals are not.
		complaints.messages[0] += ", which a proxy or gateway on the way does and Ops Manager's API does not"
	}
	// Redacted first: a cut secret would no longer be recognised.
	e.Messages = cutAll(c.redact.lines(complaints.messages))
	e.Warnings = cutAll(c.redact.lines(complaints.warnings))
	for _, v := range complaints.violations {
		e.Violations = append(e.Violations, newViolation(shorten.Text(c.redact.line(v.text), textLimit), c.redact.lines(v.names)))
	}
	var lists reportJSON
	if json.Unmarshal(raw, &lists) == nil {
		e.Failed = c.items(append(lists.Certificates.RegenerateFailed, lists.Certificates.UpdateFailed...))
	}
	e.Excerpt = shorten.Text(c.redact.text(readable(raw)), excerptLimit)
	c.log.Debug("Ops Manager refused a call", "method", x.method, "path", x.path, "status", status, "answer", e.Excerpt)
	return e
}

// readable is an answer without the escapes in which a secret could hide.
func readable(raw []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if decoder.Decode(&value) != nil || encoder.Encode(value) != nil {
		return oneLine(string(raw[:min(len(raw), 1<<20)]))
	}
	return strings.TrimSpace(visible(b.String()))
}

// complaints are what an answer objects to.
type complaints struct {
	messages   []string
	warnings   []string
	violations []rawViolation
}

type rawViolation struct {
	text  string
	names []string
}

func decodeComplaints(raw []byte) complaints {
	var body map[string]json.RawMessage
	if err := json.Unmarshal(raw, &body); err != nil {
		return complaints{messages: notAnObject(raw)}
	}
	var c complaints
	known := map[string]bool{}
	for _, key := range []string{"error", "error_description", "errors"} {
		for _, text := range flatten(body[key]) {
			if !known[text] {
				known[text] = true
				c.messages = append(c.messages, text)
			}
		}
	}
	c.messages = few(append(c.messages, deploymentErrors(body["deployment_errors"])...))
	c.warnings = few(flatten(body["warnings"]))
	c.violations = decodeViolations(body["safety_violations"])
	return c
}

// aPage is what is said of a page of HTML.
const aPage = "it answered with a page of HTML"

// notAnObject takes what it can from an answer that is not a JSON object.
func notAnObject(raw []byte) []string {
	if json.Valid(raw) {
		return few(flatten(raw))
	}
	text := strings.TrimSpace(string(raw))
	switch {
	case text == "":
		return nil
	case strings.HasPrefix(text, "<"):
		return []string{aPage}
	}
	return []string{oneLine(text)}
}

// flatten collects the strings of any JSON value. The keys of objects name the
// field that a text is about, but for "base" and "errors", which name none.
func flatten(raw json.RawMessage) []string {
	if len(raw) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil
	}
	return flattenValue(value, 0)
}

// deepest is how many levels of an answer are read: those of Ops Manager have
// four.
const deepest = 16

func flattenValue(value any, depth int) []string {
	if depth > deepest {
		return nil
	}
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		if text := oneLine(v); text != "" {
			return []string{text}
		}
		return nil
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, flattenValue(item, depth+1)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, key := range sortedKeys(v) {
			for _, text := range flattenValue(v[key], depth+1) {
				if key != "base" && key != "errors" && key != "message" {
					text = oneLine(key) + ": " + text
				}
				all = append(all, text)
			}
		}
		return all
	}
	return []string{fmt.Sprint(value)}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// deploymentErrors reads the verifiers' part of a refused apply changes
// (InstallationsErrorResponse).
func deploymentErrors(raw json.RawMessage) []string {
	var body struct {
		Products []struct {
			Identifier string `json:"identifier"`
			Properties []struct {
				Name   string          `json:"name"`
				Errors json.RawMessage `json:"errors"`
			} `json:"properties"`
			Verifiers []struct {
				Type   string          `json:"type"`
				Errors json.RawMessage `json:"errors"`
			} `json:"verifiers"`
		} `json:"products"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &body) != nil {
		return nil
	}
	var all []string
	for _, p := range body.Products {
		for _, property := range p.Properties {
			for _, text := range flatten(property.Errors) {
				all = append(all, fmt.Sprintf("%s %s: %s", oneLine(p.Identifier), oneLine(property.Name), text))
			}
		}
		for _, verifier := range p.Verifiers {
			for _, text := range flatten(verifier.Errors) {
				all = append(all, fmt.Sprintf("%s %s: %s", oneLine(p.Identifier), oneLine(verifier.Type), text))
			}
		}
	}
	return all
}

func decodeViolations(raw json.RawMessage) []rawViolation {
	var items []json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &items) != nil {
		return nil
	}
	var all []rawViolation
	for _, item := range items {
		var object struct {
			Violation string          `json:"violation"`
			Names     json.RawMessage `json:"certificate_names"`
		}
		if json.Unmarshal(item, &object) == nil && object.Violation != "" {
			all = append(all, rawViolation{text: oneLine(object.Violation), names: flatten(object.Names)})
			continue
		}
		for _, text := range flatten(item) {
			all = append(all, rawViolation{text: text})
		}
	}
	return all
}

// most is how many messages, names or certificates a person is shown of a list.
const most = 100

// few are the first of a list, and how many there are besides.
func few(list []string) []string { return shorten.List(list, most) }

func cutAll(list []string) []string {
	for i, s := range list {
		list[i] = shorten.Text(s, textLimit)
	}
	return list
}
