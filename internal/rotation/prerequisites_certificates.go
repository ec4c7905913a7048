package rotation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// unlistedNote is what rows say that need the certificates: the row of the
// certificates is what refuses.
func unlistedNote(code Reason, what string) Finding {
	return unknown(code, "see certificates-unknown", "%s is unknown: Ops Manager did not list the deployed certificates", what)
}

func certificatesRow(q Question) []Finding {
	c := q.Evidence.Certificates
	instead := passes(ReasonCertificatesUnknown, "Ops Manager listed %d certificates (certificates %s)", len(c.List), c.Source)
	if c.Fallback != "" {
		instead = noted(ReasonCertificatesUnknown, "", "Ops Manager listed %d certificates (certificates %s): %s", len(c.List), c.Source, c.Fallback)
	}
	return refused("list of certificates", q.Options, instead, certificatesKnown(q))
}

// ending are CAs below the root that this rotation replaces and that have expired, or
// expire before their successors are in use: in the second apply changes, by the long
// forecast. soon are those of which no forecast tells. unclear have expired, and may be
// of a root CA that is not the active one.
type ending struct{ expired, unclear, before, soon []evidence.Certificate }

func endingOf(e evidence.Evidence, o Options) ending {
	var x ending
	if e.At.IsZero() {
		return x
	}
	// Also where Ops Manager leaves CredHub's alone: deployments fail by them all the same.
	used := Renews(evidence.Products{})
	var end, limit time.Time
	forecast := false
	for _, c := range e.Certificates.List {
		if !c.IsCA || c.ValidUntil.IsZero() || !used(c) || slices.Contains(o.Exclude, c.Name) {
			continue
		}
		place := placeOf(e, c)
		if place == elsewhere {
			continue
		}
		if limit.IsZero() {
			if f := ForecastApply(e, recreates(e, o)); f.Known() {
				forecast, end = true, e.At.Add(2*f.High)
			}
			limit = e.At.AddDate(0, 0, soon)
		}
		switch {
		case !c.ValidUntil.After(e.At) && place == unplaced:
			x.unclear = append(x.unclear, c)
		case !c.ValidUntil.After(e.At):
			x.expired = append(x.expired, c)
		case forecast && c.ValidUntil.Before(end):
			x.before = append(x.before, c)
		case !forecast && c.ValidUntil.Before(limit):
			x.soon = append(x.soon, c)
		}
	}
	return x
}

// place is where a listed CA is: below the active root CA, or elsewhere, which is a root
// CA itself or the NATS CA of one that is not the active one. The list of CAs tells of
// those.
type place byte

const (
	below place = iota
	elsewhere
	unplaced
)

func placeOf(e evidence.Evidence, c evidence.Certificate) place {
	active := activeCA(e)
	switch {
	case IsRoot(c, e.CAs), strings.Contains(c.Name, ".root_ca."), strings.HasSuffix(c.Name, ".root_ca") && ofOpsManager(c):
		return elsewhere
	case strings.Contains(c.Name, ".nats_ca.") && (active == nil || !isRow(c, active.GUID)):
		return elsewhere
	case isNATS(c) && active != nil && len(e.CAs) > 1:
		return placeByDate(e, c, *active)
	}
	return below
}

// isNATS tells a NATS CA that is listed without the GUID of its root CA, as certificates
// v1 may have it.
func isNATS(c evidence.Certificate) bool { return c.IsCA && strings.HasSuffix(c.Name, ".nats_ca") }

// placeByDate is for a NATS CA without a GUID beside a second root CA. A NATS CA is made
// together with its root CA: one from before the active CA is not the active CA's, as
// long as another one is listed that can be.
func placeByDate(e evidence.Evidence, c evidence.Certificate, active evidence.CA) place {
	earlier := func(c evidence.Certificate) bool { return c.ValidFrom.Before(active.CreatedOn.Time.Add(-skew)) }
	switch {
	case c.ValidFrom.IsZero() || active.CreatedOn.IsZero() || undated(e, active):
		return unplaced
	case !earlier(c):
		return below
	case slices.ContainsFunc(e.Certificates.List, func(o evidence.Certificate) bool { return isNATS(o) && !earlier(o) }):
		return elsewhere
	}
	return unplaced
}

// recreates tells whether the applies of the rotation will recreate VMs.
func recreates(e evidence.Evidence, o Options) bool {
	return o.Recreate || len(Recreating(e).Needed) > 0
}

func authoritiesLast(q Question) *refusal {
	x := endingOf(q.Evidence, q.Options)
	const support = "contact Ops Manager's support for the recovery procedure before anything is applied: an expired CA makes apply changes fail or cuts VMs off"
	switch {
	case len(x.expired) > 0:
		return &refusal{ReasonExpiredCA, "CAs below the root CA have expired, and the normal procedure does not work then: " + timed(x.expired), support}
	case len(x.unclear) > 0:
		return &refusal{ReasonExpiredCA, fmt.Sprintf(
			"it is unknown whether the NATS CA of the active CA has expired: certificates v1 lists one that has without telling of which CA it is, and it may be of %s, which is not active: %s", inactives(q.Evidence), timed(x.unclear)),
			"find out of which it is (om curl --path /api/v0/deployed/certificates); if it is of the other CA, delete CA " + inactives(q.Evidence) + " first, then rerun this step; if it is of the active CA, " + support}
	case len(x.before) > 0:
		f := ForecastApply(q.Evidence, recreates(q.Evidence, q.Options))
		return &refusal{ReasonExpiredCA, fmt.Sprintf(
			"CAs below the root CA expire before the second apply changes of a rotation ends, which is when their successors sign (two of them take up to %s, %s): %s", about(2*f.High), f.Basis, timed(x.before)), support}
	}
	return nil
}

// inactives are the GUIDs of the CAs that are not active.
func inactives(e evidence.Evidence) string {
	var all []string
	for _, ca := range e.CAs {
		if !ca.Active {
			all = append(all, ca.GUID)
		}
	}
	return some(all, ", ")
}

func endingRow(q Question) []Finding {
	const name = "CAs below the root CA"
	if q.Evidence.Certificates.Source == evidence.SourceUnknown {
		return one(name, unlistedNote(ReasonExpiredCA, "whether one has expired"))
	}
	if q.Evidence.At.IsZero() {
		return one(name, unknown(ReasonExpiredCA, "see clock-unknown", "whether one has expired is unknown: Ops Manager did not tell what day it is"))
	}
	instead := passes(ReasonExpiredCA, "none that a rotation replaces has expired, or does before the second apply changes ends")
	if soon := endingOf(q.Evidence, q.Options).soon; len(soon) > 0 {
		instead = noted(ReasonExpiredCA, "begin now rather than later: waiting is worse", "how long two apply changes take is not known, and these CAs expire soon: %s", timed(soon))
	}
	return refused(name, q.Options, instead, authoritiesLast(q))
}

// dated lists certificates with the day on which they expire, timed with the moment.
func dated(certificates []evidence.Certificate) string {
	return listedBy(certificates, " on ", time.DateOnly)
}

func timed(certificates []evidence.Certificate) string {
	return listedBy(certificates, " at ", time.RFC3339)
}

func listedBy(certificates []evidence.Certificate, word, layout string) string {
	var all []string
	for _, c := range certificates {
		all = append(all, c.Name+word+c.ValidUntil.UTC().Format(layout))
	}
	slices.Sort(all)
	return some(slices.Compact(all), ", ")
}

// CustomerCAs are the CAs in CredHub that customers have provided and that Ops Manager
// does not exclude from rotation yet: it cannot make their successors, so an
// activation is refused for good once a rotation has begun with them.
func CustomerCAs(e evidence.Evidence) []evidence.Certificate {
	var all []evidence.Certificate
	for _, c := range e.Certificates.List {
		if c.IsCA && c.Configurable && c.Location == CredHub && !c.Excluded && !OfServices(c) {
			all = append(all, c)
		}
	}
	return all
}

func customersExcluded(q Question) *refusal {
	left := slices.DeleteFunc(CustomerCAs(q.Evidence), func(c evidence.Certificate) bool { return slices.Contains(q.Options.Exclude, c.Name) })
	if len(left) == 0 {
		return nil
	}
	return &refusal{ReasonCustomerCAs, "CredHub holds CAs that customers have provided; Ops Manager cannot make their successors, and refuses activate for good once a rotation has begun with them: " + names(left),
		"leave them out of the rotation, and name them in " + setting.Exclude.Place() + ": " + strings.Join(every(left), ", ") + "; who provided them replaces them"}
}

// every is the names of all, none left out.
func every(certificates []evidence.Certificate) []string {
	var all []string
	for _, c := range certificates {
		all = append(all, c.Name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func customersRow(q Question) []Finding {
	const name = "CAs of customers in CredHub"
	if q.Evidence.Certificates.Source == evidence.SourceUnknown {
		return one(name, unlistedNote(ReasonCustomerCAs, "whether there are any"))
	}
	instead := passes(ReasonCustomerCAs, "there are none that Ops Manager does not exclude from rotation")
	if all := CustomerCAs(q.Evidence); len(all) > 0 {
		instead = noted(ReasonCustomerCAs, "who provided them replaces them", "left out of the rotation, as wanted, together with /services/tls_ca and what Ops Manager excludes by itself: %s", names(all))
	}
	return refused(name, q.Options, instead, customersExcluded(q))
}

// telling is how a question about signatures was answered.
type telling byte

const (
	notTold telling = iota
	byIssuer
	byList
)

// configurableAhead are the configurable leaves that the active CA signed or, by the
// text of their issuer, may have signed: delete would wait for them. Those of SAML do
// not count.
func configurableAhead(e evidence.Evidence) (leaves []evidence.Certificate, told telling) {
	active := activeCA(e)
	if active == nil {
		return nil, notTold
	}
	if tellsInstances(e, active.GUID) {
		return slices.DeleteFunc(leavesOn(e, *active, true), OfSAML), byList
	}
	var issuers []string
	for _, c := range e.Certificates.List {
		if !c.Configurable || c.IsCA || OfSAML(c) || ofOpsManager(c) {
			continue
		}
		if issuers == nil {
			if issuers = issuersOf(e, *active); len(issuers) == 0 {
				return nil, notTold
			}
		}
		if slices.Contains(issuers, c.Issuer) {
			leaves = append(leaves, c)
		}
	}
	return leaves, byIssuer
}

func noConfigurableAhead(q Question) *refusal {
	leaves, told := configurableAhead(q.Evidence)
	if told != byList || len(leaves) == 0 {
		return nil
	}
	return &refusal{ReasonConfigurableAhead, fmt.Sprintf(
		"certificates that operators supplied in the settings of their tiles are signed by the root CA, and no rotation replaces them: %s; delete will be refused until their operators have", ofTiles(q.Evidence, leaves)),
		"agree with the operators of these tiles on a time after activate and before delete, in which they generate them anew in the tiles' settings and changes are applied; " +
			"accepting it here does not accept it for delete: the rotation then waits there, and nothing breaks"}
}

// ofTiles lists certificates with their tiles.
func ofTiles(e evidence.Evidence, certificates []evidence.Certificate) string {
	var all []string
	for _, c := range certificates {
		phrase := c.Name
		if c.ProductGUID != "" {
			phrase += " of " + productName(e, c.ProductGUID)
		}
		all = append(all, phrase)
	}
	slices.Sort(all)
	return some(slices.Compact(all), ", ")
}

func aheadRow(q Question) []Finding {
	const name = "certificates that operators supplied"
	if q.Evidence.Certificates.Source == evidence.SourceUnknown {
		return one(name, unlistedNote(ReasonConfigurableAhead, "whether the root CA has signed one"))
	}
	leaves, told := configurableAhead(q.Evidence)
	instead := passes(ReasonConfigurableAhead, "the root CA has signed none (those of SAML do not count: identity providers know them themselves)")
	switch {
	case told == notTold:
		instead = unknown(ReasonConfigurableAhead, "find out who signed the certificates in the settings of the tiles", "whether the root CA has signed one is unknown: its own certificate cannot be read")
	case told == byIssuer && len(leaves) > 0:
		instead = noted(ReasonConfigurableAhead, "find out who signed them; the operators of their tiles replace those of the root CA after activate and before delete, which will be refused until then",
			"by the text of their issuer the root CA may have signed these, and this Ops Manager does not tell more: %s", ofTiles(q.Evidence, leaves))
	case told == byIssuer:
		instead.Message = "by the text of their issuer the root CA has signed none, and this Ops Manager does not tell more (those of SAML do not count: identity providers know them themselves)"
	}
	return refused(name, q.Options, instead, noConfigurableAhead(q))
}

// ofOpsManager tells a certificate of Ops Manager's own settings, the one of its web
// site among them.
func ofOpsManager(c evidence.Certificate) bool { return c.ProductGUID == "ops_manager" }

// otherSpan is how far ahead a look for other certificates goes where the operator says
// nothing else.
var otherSpan = Within{3, 'm'}

func otherCertificatesRow(q Question) []Finding {
	const name = "other certificates"
	e, within := q.Evidence, otherSpan
	if q.Options.Within != nil {
		within = *q.Options.Within
	}
	switch {
	case e.Certificates.Source == evidence.SourceUnknown:
		return one(name, unlistedNote(ReasonOtherCertificates, "which of those expire that no rotation replaces"))
	case e.At.IsZero():
		return one(name, unknown(ReasonOtherCertificates, "see clock-unknown", "which of those expire that no rotation replaces is unknown: Ops Manager did not tell what day it is"))
	}
	groups := []struct {
		of   func(evidence.Certificate) bool
		acts string
		due  []evidence.Certificate
	}{
		{of: OfServices, acts: "by the Services TLS CA procedure, which the operators of the platform carry out"},
		{of: OfSAML, acts: "by the operator of the tile together with the administrators of the identity provider"},
		{of: func(c evidence.Certificate) bool { return ofOpsManager(c) && !c.IsCA && c.Configurable }, acts: "by an administrator of Ops Manager in its settings"},
	}
	for _, c := range e.Certificates.List {
		for n := range groups {
			if groups[n].of(c) {
				if within.Covers(e.At, c.ValidUntil) {
					groups[n].due = append(groups[n].due, c)
				}
				break
			}
		}
	}
	var said []string
	for _, g := range groups {
		if len(g.due) > 0 {
			said = append(said, dated(g.due)+", to be replaced "+g.acts)
		}
	}
	if len(said) == 0 {
		return one(name, passes(ReasonOtherCertificates, "of /services/tls_ca, SAML and Ops Manager's own settings, nothing that Ops Manager lists expires within %s", within))
	}
	return one(name, noted(ReasonOtherCertificates, "plan these beside the rotation, not during it", "not replaced by a rotation, and due within %s: %s", within, strings.Join(said, "; ")))
}
