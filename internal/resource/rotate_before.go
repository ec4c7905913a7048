package resource

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// rotateBefore is a resource that triggers a rotation: it has a version once
// something that a rotation renews expires within the span. What it finds is a
// function of Ops Manager's state, with no clock in it, so that the same thing
// triggers once.
type rotateBefore struct{ within rotation.Within }

// check answers a version once a rotation is due. What is due stays the same version
// until something else is.
func (k rotateBefore) check(ctx context.Context, j *job) ([]map[string]string, error) {
	cursor, err := cursorOf(j, parseDue)
	if err != nil {
		return nil, err
	}
	found, err := rotationDue(ctx, j.reader(), k.within, cursor)
	if err != nil {
		return nil, err
	}
	if found.Version == nil {
		j.console.Println(j.console.OK("nothing new:"), found.Why)
		return since(cursor, nil), nil
	}
	j.console.Println(j.console.Warn("due:"), found.Why+", which is within "+k.within.String())
	return since(cursor, found.Version.Map()), nil
}

// in writes what the version says, and asks Ops Manager only for a report: an old
// version can be got forever.
func (k rotateBefore) in(ctx context.Context, j *job) (response, error) {
	version, params, err := wanted(j, parseDue, `for example {"due": "f7bc18f34f2a7a9403c3", "expires_on": "2027-01-09T08:00:00Z"}`)
	if err != nil {
		return response{}, err
	}
	var lines metadata
	lines.add("due", version.Due)
	lines.add("product", version.Product)
	lines.add("expires on", version.ExpiresOn)
	lines.add("active CA", version.Active)
	lines.add("beside CA", version.UnderWay)
	lines.add("rotate before", k.within.String())
	lines = lines.redacted(j.redact)

	files, err := versionFiles(version.Map(), lines, page("A rotation"+params.of()+" is due", lines))
	if err != nil {
		return response{}, err
	}
	if err := (folder{j.Args[0]}).writeFiles(files, dueKeys()); err != nil {
		return response{}, err
	}
	if err := j.report(ctx, params); err != nil {
		return response{}, err
	}
	j.console.Println(j.console.Heading("due"), version.Due, "expires on", version.ExpiresOn)
	return response{Version: version.Map(), Metadata: lines}, nil
}

func (rotateBefore) refusesPut() error {
	return errors.New("source.rotate_before is for a resource that only triggers, and a put to it cannot run a phase: " +
		"put to the resource of the same foundation without it, whose versions are the state of the root CA, for example ca")
}

// finding is what came of a look.
type finding struct {
	// Version is nil where nothing is due, or nothing that the cursor has not asked
	// for already.
	Version *dueVersion
	// Why is half a sentence for people.
	Why string
}

// rotationDue says whether a rotation is due: whether the active CA, or a certificate
// that a rotation renews, expires within the span by Ops Manager's clock. cursor is
// the last version known, nil for none. It selects and counts as Generate with
// expires_within does, and never finds due what that would not begin for.
//
// It asks for the CAs and, where the active one is not due itself, for the
// certificates; only where one of these is due, it asks which are excluded and, if
// CredHub holds one, for the products.
func rotationDue(ctx context.Context, api foundation.Reader, within rotation.Within, cursor *dueVersion) (finding, error) {
	cas, err := api.CertificateAuthorities(ctx)
	if err != nil {
		return finding{}, foundation.CannotAsk("for its certificate authorities", err)
	}
	e := evidence.Evidence{At: api.ServerTime(), CAs: cas}
	active, err := activeOf(cas, e.At, within)
	if err != nil {
		return finding{}, err
	}
	underWay := len(cas) > 1 && cursor.asked(cas)
	// A version without a CA asked for another one's sake: this is a new reason.
	told := underWay && cursor.Active != ""
	if !told && rotation.ActiveDue(e, active, within) {
		v := dueVersion{Due: active.GUID, ExpiresOn: active.ExpiresOn.String(), Active: active.GUID, UnderWay: others(cas)}
		return found(v, "the active CA "+active.GUID), nil
	}
	if underWay {
		return finding{Why: fmt.Sprintf("a rotation is under way, which %s asked for", cursor.Due)}, nil
	}
	expiring, err := renewable(ctx, api, e, within)
	if err != nil {
		return finding{}, err
	}
	if err := expiredBelow(expiring, e.At); err != nil {
		return finding{}, err
	}
	return choose(expiring, active, others(cas), within, cursor), nil
}

// others are the CAs that are not active, empty for none: a rotation is under way.
func others(cas []evidence.CA) string {
	var guids []string
	for _, ca := range cas {
		if !ca.Active {
			guids = append(guids, ca.GUID)
		}
	}
	slices.Sort(guids)
	return strings.Join(guids, ",")
}

// asked tells whether the rotation that is under way is the one that the version
// asked for: its CA is still there.
func (v *dueVersion) asked(cas []evidence.CA) bool {
	return v != nil && (v.Active == "" || slices.ContainsFunc(cas, func(ca evidence.CA) bool { return ca.GUID == v.Active }))
}

// choose takes what expires first. Certificates that are older than the only CA
// come last: a rotation has left them before. Each of them is worth one rotation,
// as Ops Manager may have learned to rotate it since, but not a second one.
func choose(expiring []evidence.Certificate, active evidence.CA, underWay string, within rotation.Within, cursor *dueVersion) finding {
	var left *evidence.Certificate
	for i, c := range expiring {
		if underWay != "" || c.ValidFrom.IsZero() || !c.ValidFrom.Before(active.CreatedOn.Time) {
			v := dueOf(c)
			v.Active, v.UnderWay = active.GUID, underWay
			return found(v, "the certificate "+v.Due)
		}
		// The one that came into the span last: the others have had their rotation.
		left = &expiring[i]
	}
	if left == nil {
		return finding{Why: "nothing that a rotation renews expires within " + within.String()}
	}
	v := dueOf(*left)
	f := found(v, "the certificate "+v.Due)
	f.Why += fmt.Sprintf(", and is older than the active CA %s, so the rotation to that CA has left it", active.GUID)
	if cursor.names(v) {
		return finding{Why: f.Why + "; no second rotation is begun for it: see who has to act for it (opsman-ca report), or name it in source.unrotated_certificates"}
	}
	return f
}

func found(v dueVersion, what string) finding {
	return finding{Version: &v, Why: fmt.Sprintf("%s expires on %s", what, v.ExpiresOn)}
}

// unnamed is a certificate for which Ops Manager has no name.
const unnamed = "a certificate without a name"

func dueOf(c evidence.Certificate) dueVersion {
	return dueVersion{Due: short(cmp.Or(c.Name, unnamed)), Product: short(c.ProductGUID), ExpiresOn: evidence.Stamp{Time: c.ValidUntil}.String()}
}

// activeOf is the active CA. Without one, or without dates, it is unknown what is
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
		return evidence.CA{}, fmt.Errorf("Ops Manager lists %d active certificate authorities, so it is unknown what expires within %s: "+ //nolint:staticcheck // a name begins it
			"the resource without rotate_before says what is wrong, and what to do", len(active), within)
	case at.IsZero() || active[0].ExpiresOn.IsZero():
		return evidence.CA{}, fmt.Errorf("Ops Manager did not tell what day it is or when the active CA %s expires, so it is unknown whether that is within %s: fix that; the next check looks again", //nolint:staticcheck // a name begins it
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
	return troubleshooting.WithCodes(err, troubleshooting.OfReason(rotation.ReasonExpiredCA))
}

// expiredBelow is an error where a CA below the root has expired that a rotation would
// replace: generate is refused for it.
func expiredBelow(due []evidence.Certificate, at time.Time) error {
	for _, c := range due {
		if c.IsCA && !c.ValidUntil.After(at) {
			err := fmt.Errorf("CA %s below the root CA expired on %s, and no rotation works with it: do not apply changes, and ask the vendor's support", c.Name, evidence.Stamp{Time: c.ValidUntil})
			return troubleshooting.WithCodes(err, troubleshooting.OfReason(rotation.ReasonExpiredCA))
		}
	}
	return nil
}

// renewable are the certificates that are due, and asks no more than it takes to
// tell: what is excluded only where one is, and the products where CredHub holds it.
func renewable(ctx context.Context, api foundation.Reader, e evidence.Evidence, within rotation.Within) ([]evidence.Certificate, error) {
	var err error
	if e.Certificates.List, err = listed(ctx, api, within); err != nil {
		return nil, err
	}
	if e.Certificates.List = rotation.CertificatesDue(e, within); len(e.Certificates.List) == 0 {
		return nil, nil
	}
	if err := foundation.MarkExcluded(ctx, api, e.Certificates.List); err != nil {
		return nil, err
	}
	e.Certificates.List = rotation.CertificatesDue(e, within)
	if !slices.ContainsFunc(e.Certificates.List, func(c evidence.Certificate) bool { return c.Location == rotation.CredHub }) {
		return e.Certificates.List, nil
	}
	if e.Products, err = api.DeployedProducts(ctx); err != nil {
		return nil, foundation.CannotAsk("for its deployed products", err)
	}
	return rotation.CertificatesDue(e, within), nil
}

// listed are all that Ops Manager lists; unknown is not fine.
func listed(ctx context.Context, api foundation.Reader, within rotation.Within) ([]evidence.Certificate, error) {
	all, err := api.Certificates(ctx)
	if err != nil {
		return nil, foundation.CannotAsk("for its certificates", err)
	}
	if all.Source == evidence.SourceUnknown {
		if _, err := api.Info(ctx); err != nil {
			return nil, foundation.CannotAsk("for its version", err)
		}
		if all, err = api.Certificates(ctx); err != nil {
			return nil, foundation.CannotAsk("for its certificates", err)
		}
	}
	if all.Source == evidence.SourceUnknown {
		return nil, unlisted(all, within)
	}
	return all.List, nil
}

func unlisted(all evidence.Certificates, within rotation.Within) error {
	err := fmt.Errorf("Ops Manager did not list the deployed certificates (%s), so it is unknown whether one expires within %s: fix that; the next check looks again", //nolint:staticcheck // a name begins it
		all.Unknown, within)
	return troubleshooting.WithCodes(err, troubleshooting.OfReason(rotation.ReasonCertificatesUnknown))
}

// short is a name as a version has it, never longer than people care for; names that
// begin alike stay apart.
func short(name string) string {
	const longest = 200
	runes := []rune(name)
	if len(runes) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%s… (%x)", string(runes[:longest]), sum[:8])
}
