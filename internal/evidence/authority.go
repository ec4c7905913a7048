package evidence

import "time"

// CA is one root certificate authority (GET /certificate_authorities).
type CA struct {
	GUID string
	// Issuer is short ("Pivotal") and the same for old and new generated CAs:
	// it never tells them apart.
	Issuer    string
	CreatedOn Stamp
	ExpiresOn Stamp
	Active    bool
	CertPEM   string
	// NATSCertPEM is the paired BOSH NATS CA; Ops Manager 3.1 and newer.
	NATSCertPEM string
}

// Stamp is a date as Ops Manager writes it: RFC 3339, or (created_on and
// expires_on on some versions) a bare date, which leaves a whole UTC day open.
type Stamp struct {
	Time     time.Time
	DateOnly bool
}

// IsZero tells that there is no date.
func (s Stamp) IsZero() bool { return s.Time.IsZero() }

// Latest is the last moment that the stamp can mean.
func (s Stamp) Latest() time.Time {
	if s.DateOnly {
		return s.Time.Add(24*time.Hour - time.Nanosecond)
	}
	return s.Time
}

// SurelyBefore tells whether the stamp is before t, whatever moment of a bare
// date is meant.
func (s Stamp) SurelyBefore(t time.Time) bool {
	return !s.IsZero() && s.Latest().Before(t)
}

// Order compares two stamps: -1 when s is surely earlier, +1 when it is surely
// later, 0 when they cannot be told apart.
func (s Stamp) Order(o Stamp) int {
	switch {
	case s.IsZero() || o.IsZero():
		return 0
	case s.Latest().Before(o.Time):
		return -1
	case o.Latest().Before(s.Time):
		return 1
	}
	return 0
}

// String is the stamp as Ops Manager wrote it.
func (s Stamp) String() string {
	switch {
	case s.IsZero():
		return ""
	case s.DateOnly:
		return s.Time.Format(time.DateOnly)
	}
	return s.Time.UTC().Format(time.RFC3339)
}
