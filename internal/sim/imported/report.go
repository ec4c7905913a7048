package imported

import (
	"fmt"
	"time"
)

// report says how many certificates of which kind there are.
func (l *listing) report() {
	cas, leaves, supplied, excluded, expired := 0, 0, 0, 0, 0
	for _, c := range l.all {
		switch {
		case c.IsCA:
			cas++
		case c.Configurable:
			supplied++
		case c.Excluded:
			excluded++
		default:
			leaves++
		}
		if c.Until.Before(l.Now) {
			expired++
		}
	}
	l.note("certificates", fmt.Sprintf("%d CAs, %d leaves, %d configurable, %d excluded", cas, leaves, supplied, excluded), "keys of the simulator's own")
	if expired > 0 {
		l.note("expired certificates", fmt.Sprintf("%d", expired), "nothing: they are refused here as there")
	}
	if l.nameless > 0 {
		l.note("certificates without a name", fmt.Sprintf("nothing of %d rows", l.nameless), "that nothing depends on them")
	}
	if l.older > 0 {
		l.note("older versions of certificates", fmt.Sprintf("nothing of %d rows", l.older), "the newest one is deployed everywhere")
	}
}

// noteRoot is the line of the root CA.
func (r *reader) noteRoot(c *rootCA) {
	assumed := "a key of the simulator's own"
	if !c.certain {
		assumed += "; the subject from the certificates' issuers"
	}
	if c.Until.Before(r.Now) {
		assumed += "; it has expired, so a rotation is refused here as there"
	}
	r.note("root CA "+c.GUID, fmt.Sprintf("%s, %s to %s", c.Issuer, c.CreatedOn.Format(time.DateOnly), c.ExpiresOn.Format(time.DateOnly)), assumed)
}
