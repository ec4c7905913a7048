package resource

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// dueVersion says what makes a rotation due. Every field is of the certificate or of
// the CA itself: the same thing due is the same version, however late it is, and
// after a rotation it is another one.
type dueVersion struct {
	// Due is the GUID of the active CA, or the name of a certificate.
	Due string
	// Product is the GUID of the product whose certificate it is, where Ops Manager
	// tells: names of properties repeat themselves.
	Product string
	// ExpiresOn is when it expires, as Ops Manager writes it: RFC 3339 or a bare date.
	ExpiresOn string
	// Active is the GUID of the active CA. A certificate that is older than the only
	// CA has none: the rotation that made the CA has left it, and asking for one
	// rotation after the other would never end.
	Active string
	// UnderWay are the other CAs, where there were any: a rotation that this trigger had not
	// asked for was under way, which may have kept this one from beginning. When that
	// has ended, what is due is so by another version, and triggers again.
	UnderWay string
}

// Map is the version as Concourse keeps it.
func (v dueVersion) Map() map[string]string { return mapOf(v.fields()) }

// names tells whether the version is about this very certificate.
func (v *dueVersion) names(o dueVersion) bool {
	return v != nil && v.Due == o.Due && v.Product == o.Product && v.ExpiresOn == o.ExpiresOn
}

// parseDue reads a version of a resource with rotate_before, every problem of
// a foreign or damaged one named.
func parseDue(m map[string]string) (dueVersion, error) {
	var v dueVersion
	if err := parseFields(m, v.fields()); err != nil {
		return dueVersion{}, err
	}
	return v, nil
}

func (v *dueVersion) fields() []field {
	return []field{
		{"due", &v.Due, true, line, "f7bc18f34f2a7a9403c3"},
		{"product", &v.Product, false, line, "cf-6b2ab0cd7a1f5d4f3c8e"},
		{"expires_on", &v.ExpiresOn, true, date, "2027-01-09T08:00:00Z"},
		{"active", &v.Active, false, evidence.GUID, "f7bc18f34f2a7a9403c3"},
		{"under_way", &v.UnderWay, false, guids, "f7bc18f34f2a7a9403c3"},
	}
}

// alertVersion says which certificates expire soon: a set of them, and so another version
// whenever one comes into it or goes.
type alertVersion struct {
	// Expiring is how many there are.
	Expiring string
	// First is the name of what expires first, on ExpiresOn (RFC 3339); Last is when
	// the last of them does.
	First, ExpiresOn, Last string
	// Set is what tells one set from another: a part of a SHA-256 over its members.
	Set string
}

// Map is the version as Concourse keeps it.
func (a alertVersion) Map() map[string]string { return mapOf(a.fields()) }

// parseAlert reads a version of a resource with expiring, every problem of a
// foreign or damaged one named.
func parseAlert(m map[string]string) (alertVersion, error) {
	var a alertVersion
	if err := parseFields(m, a.fields()); err != nil {
		return alertVersion{}, err
	}
	return a, nil
}

func (a *alertVersion) fields() []field {
	return []field{
		{"expiring", &a.Expiring, true, number, "3"},
		{"first", &a.First, true, line, "/cf/diego-instance-identity-root-ca"},
		{"expires_on", &a.ExpiresOn, true, moment, "2027-01-09T08:00:00Z"},
		{"last", &a.Last, true, moment, "2027-01-24T08:00:00Z"},
		{"set", &a.Set, true, hex, "9f86d081884c7d65"},
	}
}

// What fields are made of. They become files and are shown: a line is a line.
var (
	line   = evidence.NewForm(600, `^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$`)
	date   = evidence.NewForm(20, `^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$`)
	moment = evidence.NewForm(20, `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$`)
	number = evidence.NewForm(9, `^[1-9][0-9]*$`)
	guids  = evidence.NewForm(600, `^[A-Za-z0-9_-]+(,[A-Za-z0-9_-]+)*$`)
	hex    = evidence.NewForm(16, `^[0-9a-f]{16}$`)
)

// dueKeys are the keys that a dueVersion may have.
func dueKeys() []string { return keys(new(dueVersion).fields()) }

// alertKeys are the keys of an alertVersion.
func alertKeys() []string { return keys(new(alertVersion).fields()) }

type field struct {
	key     string
	value   *string
	needed  bool
	form    evidence.Form
	example string
}

func mapOf(fields []field) map[string]string {
	m := map[string]string{}
	for _, f := range fields {
		if *f.value != "" {
			m[f.key] = *f.value
		}
	}
	return m
}

func parseFields(m map[string]string, fields []field) error {
	var problems []error
	for _, f := range fields {
		*f.value = m[f.key]
		switch {
		case f.needed && *f.value == "":
			problems = append(problems, fmt.Errorf("%s is missing: expected something like %q", f.key, f.example))
		case *f.value != "" && !f.form.Matches(*f.value):
			problems = append(problems, fmt.Errorf("%s %s is malformed: expected something like %q", f.key, strconv.Quote(*f.value), f.example))
		}
	}
	problems = append(problems, unknownKeys(m, fields)...)
	return errors.Join(problems...)
}

// unknownKeys names the keys that no version of the resource has.
func unknownKeys(m map[string]string, fields []field) []error {
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(keys(fields), key) {
			problems = append(problems, fmt.Errorf("unknown key %q: a version of this resource has %s; %s", key, strings.Join(keys(fields), ", "), rotation.OfNewerBuild))
		}
	}
	return problems
}

func keys(fields []field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.key)
	}
	return all
}
