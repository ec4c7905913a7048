package faults

import (
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// defaultDepth is beyond what any foundation has.
const defaultDepth = 10_000

// nested is an answer of v1 that is small to send and expensive to read.
func nested(depth int) web.RawJSON {
	const opening = `{"name":"/nested/ca","location":"credhub","is_ca":true,"signs":[`
	return web.RawJSON(`{"certificates":[` + strings.Repeat(opening, depth) + strings.Repeat("]}", depth) + "]}")
}

// blankExpiry takes the end from rows of certificates and of root CAs, the ones
// below included. Ops Manager's reference calls every field optional (facts §3).
func blankExpiry(body any, form string, only []string) {
	answer, isObject := body.(map[string]any)
	if !isObject {
		return
	}
	for _, list := range []string{"certificates", "certificate_authorities"} {
		rows, _ := answer[list].([]map[string]any)
		blankRows(rows, form, only)
	}
}

func blankRows(rows []map[string]any, form string, only []string) {
	for _, row := range rows {
		if named(row, only) {
			blankRow(row, form)
		}
		below, _ := row["signs"].([]map[string]any)
		blankRows(below, form, only)
	}
}

func named(row map[string]any, only []string) bool {
	return len(only) == 0 || slices.ContainsFunc([]string{"name", "property_reference", "variable_path", "guid"}, func(key string) bool {
		name, isText := row[key].(string)
		return isText && slices.Contains(only, name)
	})
}

func blankRow(row map[string]any, form string) {
	for _, key := range []string{"valid_until", "expires_on"} {
		if _, has := row[key]; !has {
			continue
		}
		switch form {
		case "null":
			row[key] = nil
		case "empty":
			row[key] = ""
		default:
			delete(row, key)
		}
	}
}
