package resource

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// listFile has every certificate of an alert.
const listFile = "certificates.json"

// expiring is a resource that alerts: it has a version for every set of certificates,
// of any kind, that expire within the span. There is no clock in it, as in
// rotateBefore.
type expiring struct{ within rotation.Within }

// check answers a version for every set of certificates that expire soon.
func (k expiring) check(ctx context.Context, j *job) ([]map[string]string, error) {
	cursor, err := cursorOf(j, parseAlert)
	if err != nil {
		return nil, err
	}
	alert, err := expiringSoon(ctx, j.reader(), k.within)
	if err != nil {
		return nil, err
	}
	if alert == nil {
		j.console.Println(j.console.OK("nothing"), "expires within", k.within.String())
		return since(cursor, nil), nil
	}
	j.console.Println(j.console.Warn("expiring:"), alert.Expiring, "within", k.within.String()+"; the first is", alert.First, "on", alert.ExpiresOn)
	return since(cursor, alert.Map()), nil
}

// in lists the certificates beside what the version says, with who has to act for
// each, and says so where those are not the version's any more.
func (k expiring) in(ctx context.Context, j *job) (response, error) {
	version, params, err := wanted(j, parseAlert, "with the keys "+strings.Join(alertKeys(), ", "))
	if err != nil {
		return response{}, err
	}
	var (
		e       evidence.Evidence
		members []Member
		same    bool
	)
	if !params.SkipDownload {
		if e, err = foundation.Listing(ctx, j.reader()); err != nil {
			return response{}, err
		}
		if members, same, err = membersOf(e, j.lister, j.redact, k.within, *version); err != nil {
			return response{}, err
		}
	}
	var lines metadata
	lines.add("expiring", version.Expiring+" within "+k.within.String())
	lines.add("first", version.First+" on "+version.ExpiresOn)
	lines.add("last on", version.Last)
	lines.add("who has to act", actors(members))
	if !params.SkipDownload && !same {
		lines.add("changed since", fmt.Sprintf("Ops Manager lists %d of them now, or others: the next check makes a version of those", len(members)))
	}
	lines = lines.redacted(j.redact)

	files, err := versionFiles(version.Map(), lines, append(page("Certificates"+params.of()+" expire soon", lines), []byte(j.redact(table(members)))...))
	if err != nil {
		return response{}, err
	}
	if !params.SkipDownload {
		list := struct {
			OfVersion    bool     `json:"of_version"`
			Certificates []Member `json:"certificates"`
		}{same, members}
		if files[listFile], err = asJSON(listFile, list); err != nil {
			return response{}, err
		}
		files[listFile] = []byte(j.redact(string(files[listFile])))
	}
	if err := (folder{j.Args[0]}).writeFiles(files, append(alertKeys(), listFile)); err != nil {
		return response{}, err
	}
	// A job that wants the report has not skipped the download.
	if params.Report {
		if err := j.reportOf(e); err != nil {
			return response{}, err
		}
	}
	j.console.Println(j.console.Heading("expiring"), version.Expiring, "within", k.within.String())
	return response{Version: version.Map(), Metadata: lines}, nil
}

func (expiring) refusesPut() error {
	return errors.New("source.expiring is for a resource that only alerts, and a put to it cannot run a phase: " +
		"put to the resource of the same foundation without it, whose versions are the state of the root CA, for example ca")
}

// expiringSoon says which CAs and certificates of any kind expire within the span by
// Ops Manager's clock, or have expired; nil for none. It asks for the CAs and the
// certificates.
func expiringSoon(ctx context.Context, api foundation.Reader, within rotation.Within) (*alertVersion, error) {
	var (
		e   evidence.Evidence
		err error
	)
	if e.CAs, err = api.CertificateAuthorities(ctx); err != nil {
		return nil, foundation.CannotAsk("for its certificate authorities", err)
	}
	if e.Certificates.List, err = listed(ctx, api, within); err != nil {
		// Once the CA has expired Ops Manager may list no certificates any more.
		if gone := expired(e.CAs, api.ServerTime()); gone != nil {
			return nil, gone
		}
		return nil, err
	}
	if e.At = api.ServerTime(); e.At.IsZero() {
		return nil, fmt.Errorf("Ops Manager did not tell what day it is, so it is unknown what expires within %s: fix that; the next check looks again", within) //nolint:staticcheck // a name begins it
	}
	return alertOf(e, func(until time.Time) bool { return within.Covers(e.At, until) }), nil
}

// Member is a certificate of an alert, and who has to act.
type Member struct {
	Name string        `json:"name"`
	Kind rotation.Kind `json:"kind"`
	// Product is the GUID of the product, ProductName what people call it where
	// Ops Manager tells.
	Product     string `json:"product,omitempty"`
	ProductName string `json:"product_name,omitempty"`
	// Expires is a date. How many days that leaves is not told: a version has no clock.
	Expires   string `json:"expires,omitempty"`
	Procedure string `json:"procedure"`
	Category  string `json:"category"`
	URL       string `json:"url,omitempty"`
	// Rotated tells that a rotation by this product renews it.
	Rotated bool   `json:"rotated"`
	Who     string `json:"who"`
	How     string `json:"how"`
}

// membersOf lists the certificates of an alert, what expires first first. same is
// false where the set is not the one of the alert any more: then they are those
// that Ops Manager lists now up to the last day of the alert.
func membersOf(e evidence.Evidence, lister Lister, redact func(string) string, within rotation.Within, a alertVersion) (members []Member, same bool, err error) {
	if e.Certificates.Source == evidence.SourceUnknown {
		return nil, false, unlisted(e.Certificates, within)
	}
	last, err := time.Parse(time.RFC3339, a.Last)
	if err != nil {
		return nil, false, fmt.Errorf("the version's last, %q, is no date: %w", a.Last, err)
	}
	soon := func(until time.Time) bool { return !until.After(last) }
	now := alertOf(e, soon)
	return lister.Members(e, redact, inSeconds(soon)), now != nil && now.Set == a.Set, nil
}

// inSeconds asks soon of a time in whole seconds, which are what versions tell, and
// never of none.
func inSeconds(soon func(time.Time) bool) func(time.Time) bool {
	return func(until time.Time) bool { return !until.IsZero() && soon(until.Truncate(time.Second)) }
}

// alertOf is the version of those that expire soon, nil of none. Who has to act for
// them is no part of it: in a get more is known of that than in a check.
func alertOf(e evidence.Evidence, soon func(time.Time) bool) *alertVersion {
	soon = inSeconds(soon)
	set := slices.DeleteFunc(rotation.Expiries(e), func(x rotation.Expiry) bool { return !soon(x.Until) })
	if len(set) == 0 {
		return nil
	}
	slices.SortFunc(set, rotation.Expiry.Compare)
	// Certificates v0 lists one once more for another deployment.
	set = slices.CompactFunc(set, func(x, y rotation.Expiry) bool { return x.Compare(y) == 0 })
	sum := sha256.New()
	for _, x := range set {
		fmt.Fprintf(sum, "%q %q %t %d\n", x.Name, x.Product, x.Kind.IsCA(), x.Until.Unix())
	}
	first, last := set[0], set[len(set)-1]
	return &alertVersion{
		Expiring: fmt.Sprint(len(set)), First: short(cmp.Or(first.Name, unnamed)),
		ExpiresOn: first.Until.UTC().Format(time.RFC3339), Last: last.Until.UTC().Format(time.RFC3339),
		Set: fmt.Sprintf("%x", sum.Sum(nil)[:8]),
	}
}

// actors are who has to act, and for how many.
func actors(members []Member) string {
	count := map[string]int{}
	for _, m := range members {
		count[m.Who]++
	}
	var all []string
	for _, who := range slices.Sorted(maps.Keys(count)) {
		all = append(all, fmt.Sprintf("%s: %d", who, count[who]))
	}
	return strings.Join(all, "; ")
}

// table is the list in Markdown. Names are Ops Manager's and stay within their cell.
func table(members []Member) string {
	if len(members) == 0 {
		return ""
	}
	cell := strings.NewReplacer("|", `\|`, "`", "'", "\n", " ", "\r", " ")
	var text strings.Builder
	text.WriteString("\n| certificate | kind | product | expires | who has to act |\n|---|---|---|---|---|\n")
	for _, m := range members {
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s | %s |\n", cell.Replace(m.Name), m.Kind, cell.Replace(cmp.Or(m.ProductName, m.Product)), m.Expires, m.Who)
	}
	return text.String()
}
