// Package form is evidence's forms under their former names, until internal/due
// uses those.
package form

import "github.com/opsman-ca/opsman-ca/internal/evidence"

// Form is evidence.Form.
type Form = evidence.Form

// New is evidence.NewForm.
func New(longest int, expression string) Form { return evidence.NewForm(longest, expression) }

// GUID is evidence.GUID.
var GUID = evidence.GUID
