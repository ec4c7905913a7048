// Package inventory is every CA and certificate that Ops Manager lists, by the
// procedure that replaces it: when it expires, and who has to act how. It has it
// as Markdown, as JSON, and as a page of HTML.
package inventory

import (
	"cmp"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// format is the number of the JSON form: fields are added to it, never renamed and
// never given another meaning, or the number grows.
const format = 1

// Inventory is every CA and certificate that Ops Manager knows of.
type Inventory struct {
	Format int `json:"format"`
	// Foundation is what the reader calls it, empty where the reader gave no name.
	Foundation string `json:"foundation,omitempty"`
	OpsManager string `json:"ops_manager"`
	// At is Ops Manager's clock, by which days are counted.
	At string `json:"at"`
	// Unknown says why Ops Manager did not list its certificates.
	Unknown string  `json:"unknown,omitempty"`
	Summary Summary `json:"summary"`
	// Due is absent unless a span was given.
	Due    *Due    `json:"due,omitempty"`
	Groups []Group `json:"procedures"`
	// Unlisted is what no list of Ops Manager has, on any foundation.
	Unlisted []Unlisted `json:"not_listed"`
	// Findings say whether a rotation may begin, absent where the caller did not ask.
	Findings []rotation.Finding `json:"findings,omitempty"`

	at time.Time
	// expired tells that the active root CA has.
	expired bool
}

// Group are the certificates that one procedure replaces.
type Group struct {
	// Procedure is as Ops Manager names it (2.10.33 and newer), else as this
	// project does.
	Procedure string `json:"procedure"`
	// Label is what no other group is called: where Ops Manager calls the procedures of
	// several the same, with what is in it.
	Label string `json:"label"`
	// Category is this project's own name of the procedure, the same on every
	// version of Ops Manager.
	Category Category `json:"category"`
	URL      string   `json:"url,omitempty"`
	// Rotated tells that a rotation by this product replaces them.
	Rotated bool `json:"rotated"`
	// Who has to act, and How.
	Who          string  `json:"who"`
	How          string  `json:"how"`
	Certificates []Entry `json:"certificates"`
}

// Of sorts the certificates; the group that expires first comes first, and within
// it the certificate that does.
func Of(e evidence.Evidence) Inventory {
	inventory := Inventory{Format: format, OpsManager: e.OpsManager, Unknown: e.Certificates.Unknown, Groups: []Group{}, Unlisted: unlisted(), at: e.At}
	if !e.At.IsZero() {
		inventory.At = e.At.UTC().Format(time.RFC3339)
	}
	type member struct {
		key
		identity
	}
	var (
		groups   = map[key]*Group{}
		seen     = make(map[member]bool, len(e.CAs)+len(e.Certificates.List))
		products = productsOf(e.Products)
		expired  = rotation.ActiveExpired(e)
	)
	add := func(k key, url string, entry Entry) {
		m := member{k, entry.identity()}
		if seen[m] {
			return
		}
		seen[m] = true
		if groups[k] == nil {
			task := taskOf(k.category, expired)
			groups[k] = &Group{Procedure: k.procedure, Category: k.category, Rotated: task.rotated, Who: task.who, How: task.how}
		}
		if groups[k].URL == "" {
			groups[k].URL = url
		}
		products.name(&entry)
		groups[k].Certificates = append(groups[k].Certificates, entry)
	}
	name, address := rootProcedure(e)
	for _, ca := range e.CAs {
		add(keyOf(CategoryRotation, name), address, entryOf(rotation.ExpiryOfCA(ca), e.At))
	}
	tkgi := rotation.WithTKGI(e.Products)
	for _, c := range e.Certificates.List {
		if !rotation.IsRoot(c, e.CAs) {
			add(keyOf(categoryOf(c, tkgi), c.RotationProcedure), c.RotationProcedureURL, entryOf(rotation.ExpiryOf(c), e.At))
		}
	}
	inventory.expired = expired
	for _, g := range groups {
		slices.SortFunc(g.Certificates, Entry.Compare)
		inventory.Groups = append(inventory.Groups, *g)
	}
	slices.SortFunc(inventory.Groups, func(a, b Group) int {
		return cmp.Or(a.Certificates[0].Compare(b.Certificates[0]), cmp.Compare(a.Procedure, b.Procedure), cmp.Compare(a.Category, b.Category))
	})
	nameRows(inventory.Groups)
	inventory.Summary = SummaryOf(inventory.Groups)
	return inventory
}

// rootProcedure is what Ops Manager calls the procedure of its root CAs, empty where
// it does not say.
func rootProcedure(e evidence.Evidence) (name, url string) {
	for _, c := range e.Certificates.List {
		if c.RotationProcedure != "" && rotation.IsRoot(c, e.CAs) {
			return c.RotationProcedure, c.RotationProcedureURL
		}
	}
	return "", ""
}

// Title says which foundation, and when.
func (i Inventory) Title() string {
	at := i.At
	if at == "" {
		at = "at a time that Ops Manager did not tell"
	}
	if i.Foundation == "" {
		return at
	}
	return i.Foundation + ", " + at
}

// Sentence is the summary for people. Where Ops Manager did not list its
// certificates, no number is given that could be taken for good news.
func (i Inventory) Sentence() string {
	if i.Unknown != "" {
		return "what expires is unknown: only the root CAs are listed"
	}
	return i.Summary.Sentence()
}
