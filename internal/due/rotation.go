package due

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// Finding is what came of a look.
type Finding struct {
	// Version is nil where nothing is due, or nothing that the cursor has not asked
	// for already.
	Version *Version
	// Why is half a sentence for people.
	Why string
}

// Rotation says whether a rotation is due: whether the active CA, or a certificate
// that a rotation renews, expires within the span by Ops Manager's clock. cursor is
// the last version known, nil for none. It selects and counts as Generate with
// expires_within does, and never finds due what that would not begin for.
//
// It asks for the CAs and, where the active one is not due itself, for the
// certificates; only where one of these is due, it asks which are excluded and, if
// CredHub holds one, for the products.
func Rotation(ctx context.Context, api foundation.Reader, within rotation.Within, cursor *Version) (Finding, error) {
	cas, err := api.CertificateAuthorities(ctx)
	if err != nil {
		return Finding{}, fmt.Errorf("cannot ask Ops Manager for its certificate authorities: %w", err)
	}
	at := api.ServerTime()
	active, err := activeOf(cas, at, within)
	if err != nil {
		return Finding{}, err
	}
	limit := within.After(at)
	underWay := len(cas) > 1 && cursor.asked(cas)
	// A version without a CA asked for another one's sake: this is a new reason.
	told := underWay && cursor.Active != ""
	if !told && active.ExpiresOn.Time.Before(limit) {
		return found(Version{Due: active.GUID, ExpiresOn: active.ExpiresOn.String(), Active: active.GUID}, "the active CA "+active.GUID), nil
	}
	if underWay {
		return Finding{Why: fmt.Sprintf("a rotation is under way, which %s asked for", cursor.Due)}, nil
	}
	expiring, err := renewable(ctx, api, within, limit)
	if err != nil {
		return Finding{}, err
	}
	return choose(expiring, active, len(cas) == 1, within, cursor), nil
}

// asked tells whether the rotation that is under way is the one that the version
// asked for: its CA is still there.
func (v *Version) asked(cas []evidence.CA) bool {
	return v != nil && (v.Active == "" || slices.ContainsFunc(cas, func(ca evidence.CA) bool { return ca.GUID == v.Active }))
}

// choose takes what expires first. Certificates that are older than the only CA
// come last: a rotation has left them before. Each of them is worth one rotation,
// as Ops Manager may have learned to rotate it since, but not a second one.
func choose(expiring []evidence.Certificate, active evidence.CA, settled bool, within rotation.Within, cursor *Version) Finding {
	slices.SortStableFunc(expiring, func(a, b evidence.Certificate) int {
		return cmp.Or(a.ValidUntil.Compare(b.ValidUntil), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ProductGUID, b.ProductGUID))
	})
	var left *evidence.Certificate
	for i, c := range expiring {
		if !settled || c.ValidFrom.IsZero() || !c.ValidFrom.Before(active.CreatedOn.Time) {
			v := versionOf(c)
			v.Active = active.GUID
			return found(v, "the certificate "+v.Due)
		}
		// The one that came into the span last: the others have had their rotation.
		left = &expiring[i]
	}
	if left == nil {
		return Finding{Why: "nothing that a rotation renews expires within " + within.String()}
	}
	v := versionOf(*left)
	f := found(v, "the certificate "+v.Due)
	f.Why += fmt.Sprintf(", and is older than the active CA %s, so the rotation to that CA has left it", active.GUID)
	if cursor.names(v) {
		return Finding{Why: f.Why + "; no second rotation is begun for it: see who has to act for it (opsman-ca report), or name it in source.unrotated_certificates"}
	}
	return f
}

func found(v Version, what string) Finding {
	return Finding{Version: &v, Why: fmt.Sprintf("%s expires on %s", what, v.ExpiresOn)}
}

// unnamed is a certificate for which Ops Manager has no name.
const unnamed = "a certificate without a name"

func versionOf(c evidence.Certificate) Version {
	return Version{Due: told(cmp.Or(c.Name, unnamed)), Product: told(c.ProductGUID), ExpiresOn: evidence.Stamp{Time: c.ValidUntil}.String()}
}

// activeOf is the active CA. Without one, or without dates, nobody can tell what is
// due, and that is no "nothing".
func activeOf(cas []evidence.CA, at time.Time, within rotation.Within) (evidence.CA, error) {
	var active []evidence.CA
	for _, ca := range cas {
		if ca.Active {
			active = append(active, ca)
		}
	}
	switch {
	case len(active) != 1:
		return evidence.CA{}, fmt.Errorf("Ops Manager lists %d active certificate authorities, so nobody can tell what expires within %s: "+ //nolint:staticcheck // a name begins it
			"the resource without rotate_before says what is wrong, and what to do", len(active), within)
	case at.IsZero() || active[0].ExpiresOn.IsZero():
		return evidence.CA{}, fmt.Errorf("Ops Manager did not tell what day it is or when the active CA %s expires, so nobody can tell whether that is within %s: mend that; the next check looks again", //nolint:staticcheck // a name begins it
			active[0].GUID, within)
	}
	return active[0], expired(active, at)
}

// expired is an error where the active CA has expired, which no rotation mends.
func expired(cas []evidence.CA, at time.Time) error {
	if !rotation.ActiveExpired(evidence.Evidence{At: at, CAs: cas}) {
		return nil
	}
	active := cas[slices.IndexFunc(cas, func(ca evidence.CA) bool { return ca.Active })]
	err := fmt.Errorf("the active CA %s expired on %s, and no rotation works any more: do not apply changes, and ask the vendor's support", active.GUID, active.ExpiresOn)
	return troubleshooting.Led(err, troubleshooting.OfReason(rotation.ReasonExpiredCA))
}
