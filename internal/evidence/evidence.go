// Package evidence is what Ops Manager was seen to say, as plain data: no
// I/O, no clock, no judgement. internal/opsman fills it in, internal/rotation
// decides by it.
package evidence

import (
	"cmp"
	"regexp"
	"sync"
	"time"
	"unicode/utf8"
)

// Evidence is one look at a foundation. A field that was not asked for is
// empty and, where empty is also an answer, says so (History.Asked,
// Pending.Asked, Certificates.Source).
type Evidence struct {
	// At is Ops Manager's own clock (the Date header of its answers): dates in
	// evidence are compared with it and never with the worker's clock.
	At time.Time
	// OpsManager is the version of Ops Manager as GET /info spells it,
	// "3.0.25-build.1261"; empty when not asked.
	OpsManager string
	CAs        []CA
	History    History
	// NoneRunning tells that Ops Manager denies that an installation is in progress
	// (GET /installations/current_log). It is asked only where a record says
	// running, and never by a check.
	NoneRunning bool
	// Applied is what an apply changes of ours left behind, zero for nothing.
	Applied      Applied
	Products     Products
	Pending      Pending
	Certificates Certificates
	// What follows is asked only before a rotation begins (prerequisites.go).
	Reported DiagnosticReport
	Director DirectorProperties
	Checks   PreDeployChecks
	Scopes   Scopes
}

// Running are the installations that run: those whose record says so and is not
// dead (History.Dead).
func (e Evidence) Running() []Installation {
	if e.NoneRunning {
		return nil
	}
	return e.History.Running()
}

// Products are the deployed products, the director among them
// (GET /deployed/products).
type Products struct {
	Asked bool
	List  []Product
}

// Product is one deployed product.
type Product struct {
	GUID string
	// Type is the product's identifier: "p-bosh", "cf", "p.mysql".
	Type    string
	Label   string
	Version string
	// StaleParents are products deployed more recently that this one depends
	// on (stale.parent_products_deployed_more_recently).
	StaleParents []string
}

// Director is the identifier of the BOSH director's own tile.
const Director = "p-bosh"

// Name is what a person calls the product: label, else identifier, else GUID.
func (p Product) Name() string { return cmp.Or(p.Label, p.Type, p.GUID) }

// Pending are the staged changes that the next apply changes would deploy
// (GET /staged/pending_changes). Ops Manager lists every staged product.
type Pending struct {
	Asked bool
	List  []PendingChange
}

// PendingChange is one staged product and what would happen to it.
type PendingChange struct {
	GUID       string
	Identifier string
	Label      string
	// Action is install, update, delete or unchanged.
	Action  string
	Errands []Errand
	// ErrandsUntold is true where Ops Manager gives no list of its errands, which is not
	// the same as an empty one.
	ErrandsUntold bool
	// Stemcells are those of its deployed form. Listed is false where Ops
	// Manager does not tell them, or nothing of it is deployed.
	Stemcells ProductStemcells
	// Wanted are those of its staged form, which the next apply changes deploys,
	// Succeeded those of its last deployment that succeeded: behind one that failed
	// the deployed form shows what was wanted then. Empty where it does not tell.
	Wanted    []Stemcell
	Succeeded []Stemcell
	// WantedListed is true where Ops Manager tells the stemcells of its staged form.
	WantedListed bool
	// Unsucceeded tells that Ops Manager names no deployment that succeeded, of a
	// product that it calls deployed, where it has a place for one.
	Unsucceeded bool
}

// Name is what a person calls the product: label, else identifier, else GUID.
func (p PendingChange) Name() string { return cmp.Or(p.Label, p.Identifier, p.GUID) }

// Unchanged tells whether the product has nothing staged.
func (p PendingChange) Unchanged() bool { return p.Action == "unchanged" }

// Errand is an errand of a staged product. PostDeploy and PreDelete are
// "true", "false", "default" or, where the errand is not of that kind, empty; both
// are where Ops Manager does not tell of which kind it is.
type Errand struct {
	Name       string
	Label      string
	PostDeploy string
	PreDelete  string
}

// Form is what a text of some key has to look like. Its regular expression is
// compiled when it is first asked: a check needs few of them, and compiling all took
// longer than one of its requests (docs/dev/performance.md).
type Form struct {
	longest  int
	compiled func() *regexp.Regexp
}

// NewForm is a form of at most so many characters. The length is no part of the
// expression, where it would be as many copies of what is repeated.
func NewForm(longest int, expression string) Form {
	return Form{longest: longest, compiled: Expression(expression)}
}

// Matches tells whether the text has the form.
func (f Form) Matches(text string) bool {
	return utf8.RuneCountInString(text) <= f.longest && f.compiled().MatchString(text)
}

// Expression is a regular expression for other uses; it panics at its first use
// when it is wrong.
func Expression(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// ProductGUID is what a product's GUID is made of, such as p.mysql-d5125795cf2182f03340.
// It may become a part of a path, and is never of dots alone.
var ProductGUID = NewForm(128, `^[A-Za-z0-9_-][A-Za-z0-9._-]*$`)

// GUID is what Ops Manager's GUIDs are made of (20 hexadecimal digits, or a name
// and such digits); nothing else may reach a path.
var GUID = NewForm(128, `^[A-Za-z0-9_-]+$`)
