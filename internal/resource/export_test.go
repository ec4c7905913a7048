package resource

import (
	"context"

	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// What the specs of the triggers look at for themselves.
type (
	DueVersion   = dueVersion
	AlertVersion = alertVersion
	Finding      = finding
)

var (
	ParseDue     = parseDue
	ParseAlert   = parseAlert
	RotationDue  = rotationDue
	ExpiringSoon = expiringSoon
)

// MembersOf asks and lists as a get of an alert does.
func MembersOf(ctx context.Context, api foundation.Reader, lister Lister, within rotation.Within, a AlertVersion) ([]Member, bool, error) {
	e, err := foundation.Listing(ctx, api)
	if err != nil {
		return nil, false, err
	}
	return membersOf(e, lister, func(text string) string { return text }, within, a)
}
