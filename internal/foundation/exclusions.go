package foundation

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// servicesCA belongs into every list of exclusions: without it, the services lose
// their CA.
const servicesCA = "/services/tls_ca"

// CheckExclude refuses what cannot be the path of a CA in CredHub.
func CheckExclude(paths []string) error {
	for _, path := range paths {
		switch {
		case strings.Contains(path, "*"):
			return fmt.Errorf("has %q, and Ops Manager knows no patterns: expected the whole path of each CA in CredHub, for example /services/customer_ca", path)
		case !strings.HasPrefix(path, "/") || strings.Trim(path, "/") == "" || len(path) > longestPath || strings.ContainsFunc(path, unfit):
			return fmt.Errorf("has %.100q, which is no path in CredHub: expected the paths of CAs, each of which begins with /, for example /services/customer_ca", path)
		}
	}
	return nil
}

// longestPath is what CredHub takes for a name.
const longestPath = 1024

func unfit(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// exclusions is the list that is sent in the place of Ops Manager's own: what is
// wanted, the services' CA, and what Ops Manager excludes now.
type exclusions struct{ wanted, now []string }

func (x exclusions) list() []string {
	if len(x.wanted) == 0 {
		return nil
	}
	var all []string
	for _, path := range slices.Concat(x.wanted, []string{servicesCA}, x.now) {
		if !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	return all
}

// String says what is in the list, and why.
func (x exclusions) String() string {
	wanted := slices.DeleteFunc(slices.Clone(x.wanted), func(path string) bool { return path == servicesCA })
	text := servicesCA + " (always)"
	if len(wanted) > 0 {
		text = strings.Join(wanted, ", ") + " (as wanted), " + text
	}
	var kept []string
	for _, path := range x.now {
		if path != servicesCA && !slices.Contains(x.wanted, path) {
			kept = append(kept, path)
		}
	}
	if len(kept) > 0 {
		text += ", " + strings.Join(kept, ", ") + " (already excluded)"
	}
	return text
}

// exclude says which list is sent with generate, and refuses to send one where it
// is unknown what it would replace. Without a wish none is sent.
func exclude(v View, o rotation.Options) (x exclusions, notes []string, refused *rotation.Decision) {
	if len(o.Exclude) == 0 {
		return exclusions{}, nil, nil
	}
	x.wanted = slices.Clone(o.Exclude)
	rows := evidence.Certificates{Unknown: "it was not asked"}
	if v.excluded != nil {
		rows = *v.excluded
	}
	if rows.Source == evidence.SourceUnknown {
		message := fmt.Sprintf("a list of CAs that are excluded from rotation replaces the one that Ops Manager has, and it did not tell what is on it (%s)", rows.Unknown)
		if !slices.Contains(o.Accept, rotation.ReasonCertificatesUnknown) {
			return x, nil, &rotation.Decision{
				Verdict: rotation.Refuse, Reason: rotation.ReasonCertificatesUnknown, Message: message,
				Next: "fix that, then rerun this step, or have every CA on your list that is to stay excluded", Setting: setting.Accept,
			}
		}
		notes = append(notes, fmt.Sprintf("accepted %s: %s", rotation.ReasonCertificatesUnknown, message))
	}
	for _, row := range rows.List {
		if row.IsCA && strings.HasPrefix(row.Name, "/") && !slices.Contains(x.now, row.Name) {
			x.now = append(x.now, row.Name)
		}
	}
	slices.Sort(x.now)
	return x, append(notes, "excluded from this rotation: "+x.String()), nil
}

// Readiness is rotation.Readiness of what was gathered, and of the list of exclusions
// that generate would send.
func Readiness(v View, from *rotation.Version, o rotation.Options) []rotation.Finding {
	q := rotation.Question{Phase: rotation.Generate, From: v.Observed.Version, Observed: v.Observed, Evidence: v.Evidence, Options: o}
	if from != nil {
		q.From = *from
	}
	findings := rotation.Readiness(q)
	if !rotation.PrerequisitesAsked(v.Evidence) || len(o.Exclude) == 0 {
		return findings
	}
	_, notes, refused := exclude(v, o)
	f := rotation.Finding{Code: rotation.ReasonCertificatesUnknown, Name: "list of exclusions", Status: rotation.StatusPasses, Message: strings.Join(notes, "; "), Acceptable: true}
	switch {
	case refused != nil:
		f.Status, f.Message, f.Next = rotation.StatusRefuses, refused.Message, refused.Next
	case len(notes) > 1:
		f.Status = rotation.StatusAccepted
	}
	return append(findings, f)
}
