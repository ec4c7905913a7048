package resource

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
	MembersOf    = membersOf
)
