package rotation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Born are the CAs in CredHub that came into being after generate, such as those of a
// service instance that was created meanwhile: generate gave them no version of their
// own, and Ops Manager refuses to activate for each that still has none. Whether one
// has got it since no answer of Ops Manager tells (maestro's makes it younger still),
// so Ops Manager decides, and these are the names of what it may refuse for. Where
// nothing tells when generate was over, or where Ops Manager leaves CredHub alone,
// they are none.
func Born(e evidence.Evidence, s Observation) []evidence.Certificate {
	on, known, _ := MaestroChecks(e)
	over := generatedBy(e, s)
	if s.Candidate == nil || over.IsZero() || !on && known {
		return nil
	}
	var all []evidence.Certificate
	for _, c := range e.Certificates.List {
		// BOSH DNS rotates by itself where it does, and its CA is of no deployment.
		if c.IsCA && c.Location == CredHub && strings.HasPrefix(c.Name, "/p-bosh/") && !c.AutoRotated && Rotates(c) && c.ValidFrom.After(over) {
			all = append(all, c)
		}
	}
	return all
}

// generatedBy is a moment at which generate was surely over, zero where nothing tells.
// It makes versions of CredHub's CAs for as long as half an hour behind the creation of
// the candidate, so that date is none: it is the beginning of the first installation
// after it or, where the date is of another day or too coarse, of the one that completed
// the proof of trust. CredHub's clock may be ahead.
func generatedBy(e evidence.Evidence, s Observation) time.Time {
	if s.Candidate == nil {
		return time.Time{}
	}
	created := horizon{created: s.Candidate.CreatedOn}
	dated := !created.created.IsZero() && !undated(e, *s.Candidate)
	proven := 0
	if s.State == Trusted {
		proven = s.Version.anchor()
	}
	for _, i := range oldestFirst(e.History) {
		if !i.StartedAt.IsZero() && (dated && created.after(i) || proven > 0 && i.ID >= proven) {
			return i.StartedAt.Add(skew)
		}
	}
	return time.Time{}
}

// bornNote warns of them before an activate, "" where there are none.
func bornNote(q Question) string {
	born := Born(q.Evidence, q.Observed)
	if q.Phase != Activate || len(born) == 0 {
		return ""
	}
	return fmt.Sprintf("CAs in CredHub came into being after generate, which so gave them no version of their own: %s; Ops Manager refuses activate for each that still has none, and changes nothing then (whether it has one, its API does not tell); "+
		"for such a CA, %s", names(born), ForBorn(born[0].Name))
}

// ForBorn is what to do about such a CA.
func ForBorn(name string) string {
	return "run maestro regenerate ca --name " + name + " on the Ops Manager VM and apply changes on all products, with the upgrade-all-service-instances errands; or delete the service instance, and create it again when the rotation has ended"
}

// BornSentence tells of those that a refusal of activate is about: the ones that it
// names, or all where it names none; "" where none of them was born after generate.
func BornSentence(e evidence.Evidence, s Observation, refused []string) string {
	born := slices.DeleteFunc(Born(e, s), func(c evidence.Certificate) bool { return len(refused) > 0 && !slices.Contains(refused, c.Name) })
	if len(born) == 0 {
		return ""
	}
	return fmt.Sprintf("by their dates these came into being after generate, so applying changes alone does not help: %s; %s, then rerun this step", names(born), ForBorn(born[0].Name))
}
