package sim

import (
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net/http"
	"slices"
)

// rotationCall is a call that rotates, by the API or by the second operator.
type rotationCall struct {
	by string
	// skipChecks is skip_safety_check=true.
	skipChecks bool
	// exclude replaces the default exclusion list when not nil.
	exclude []string
	// failing are CredHub names that cannot be changed.
	failing []string
	// dropped: answer as if done, and do nothing.
	dropped bool
}

// statusItem is one certificate in a rotation answer.
type statusItem struct {
	Location          string `json:"location"`
	ProductGUID       string `json:"product_guid"`
	PropertyReference string `json:"property_reference"`
	VariablePath      string `json:"variable_path"`
	Reason            string `json:"reason"`
}

// rotationStatus is what a call did with each certificate.
type rotationStatus struct{ done, excluded, failed []statusItem }

// refusal is a call that Ops Manager does not carry out.
type refusal struct {
	status     int
	errors     []string
	violations []Violation
}

func (r *refusal) Error() string {
	s := fmt.Sprint(r.errors)
	for _, v := range r.violations {
		s += "; " + v.Violation
	}
	return s
}

func (f *Foundation) caKey() (*rsa.PrivateKey, error) {
	n := f.caCount
	f.caCount++
	key, err := f.caKeys.get(n)
	f.caKeys.ahead(n + 1)
	return key, err
}

// checksOn tells whether Maestro's checks run for this call.
func (f *Foundation) checksOn(c rotationCall) bool { return *f.opts.SafetyChecks && !c.skipChecks }

// withMaestro tells whether the calls rotate CredHub's certificates at all.
func (f *Foundation) withMaestro() bool {
	return f.v.credhubRotation() && !slices.ContainsFunc(f.products, func(p *product) bool { return p.tile.withoutMaestro() })
}

func (f *Foundation) excluded(c *credhubCA) bool {
	return c.fixed || slices.Contains(f.exclusions, c.path)
}

func (f *Foundation) check(c rotationCall, summary string, rules func() findings) error {
	if !f.checksOn(c) || !f.withMaestro() {
		return nil
	}
	if found := rules(); len(found) > 0 {
		return &refusal{status: http.StatusUnprocessableEntity, errors: []string{summary}, violations: found}
	}
	return nil
}

// addAuthority is generate and create: a new inactive root CA and a new
// transitional version of every CredHub CA.
func (f *Foundation) addAuthority(c rotationCall, cert *x509.Certificate, key *rsa.PrivateKey) (*authority, rotationStatus, error) {
	before := f.exclusions
	f.exclusions = f.ownExclusions
	if c.exclude != nil {
		f.exclusions = c.exclude
	}
	if err := f.check(c, "failed to create new inactive certificate authorities", f.checkGenerate); err != nil {
		f.exclusions = before
		return nil, rotationStatus{}, err
	}
	var a *authority
	var err error
	kind := "generate"
	at := f.clock.event()
	if cert == nil {
		a, err = f.newAuthority(at)
	} else {
		kind = "create"
		a, err = f.customAuthority(cert, key, at)
	}
	if err != nil {
		return nil, rotationStatus{}, err
	}
	if c.dropped {
		f.exclusions = before
		return a, rotationStatus{}, nil
	}
	f.authorities = append(f.authorities, a)
	status := f.eachCA(c, func(ca *credhubCA) { ca.add(at, f.opts.CAValidity, true) })
	f.caEvent(kind, a.guid, c.by)
	return a, status, nil
}

// activate makes one CA the signing one, and flips CredHub's versions.
func (f *Foundation) activate(c rotationCall, guid string) (rotationStatus, error) {
	a := f.findAuthority(guid)
	if a == nil {
		return rotationStatus{}, notFound()
	}
	if err := f.check(c, "failed to activate certificate authority", f.checkActivate); err != nil || c.dropped {
		return rotationStatus{}, err
	}
	f.clock.event()
	for _, other := range f.authorities {
		other.active = other == a
	}
	status := f.eachCA(c, func(ca *credhubCA) {
		if ca.latest().transitional {
			if old := ca.signing(); old != nil {
				old.transitional = true
			}
			ca.latest().transitional = false
		}
	})
	f.caEvent("activate", guid, c.by)
	return status, nil
}

// regenerate makes new versions of all non-configurable leaves, signed by the
// active CA.
func (f *Foundation) regenerate(c rotationCall) (rotationStatus, error) {
	if err := f.check(c, "failed to regenerate leaf certificates", f.checkRegenerate); err != nil || c.dropped {
		return rotationStatus{}, err
	}
	at, active := f.clock.event(), f.active()
	if active == nil {
		return rotationStatus{}, &refusal{status: http.StatusUnprocessableEntity, errors: []string{"There is no active certificate authority"}}
	}
	var status rotationStatus
	for _, r := range f.records {
		if r.configurable {
			continue
		}
		if err := f.issue(r, active, at); err != nil {
			return status, err
		}
		status.done = append(status.done, statusItem{Location: "ops_manager", ProductGUID: r.product.guid, PropertyReference: r.name})
	}
	f.eachLeaf(c, &status, func(l *credhubLeaf) { l.add(at, f.opts.LeafValidity) })
	f.caEvent("regenerate", active.guid, c.by)
	return status, nil
}

// remove deletes an inactive CA, and with it the trust in CredHub's old
// versions.
func (f *Foundation) remove(c rotationCall, guid string) (rotationStatus, error) {
	a := f.findAuthority(guid)
	if a == nil {
		return rotationStatus{}, notFound()
	}
	if a.active {
		return rotationStatus{}, &refusal{status: http.StatusUnprocessableEntity, errors: []string{"Active certificates cannot be deleted"}}
	}
	if err := f.check(c, "failed to delete certificate authority", f.checkDelete); err != nil || c.dropped {
		return rotationStatus{}, err
	}
	f.clock.event()
	f.authorities = slices.DeleteFunc(slices.Clone(f.authorities), func(other *authority) bool { return other == a })
	status := f.eachCA(c, func(ca *credhubCA) {
		if ca.latest().transitional {
			return
		}
		for _, v := range ca.versions {
			v.transitional = false
		}
	})
	f.exclusions = f.ownExclusions
	f.caEvent("delete", guid, c.by)
	return status, nil
}

func notFound() error {
	return &refusal{status: http.StatusNotFound, errors: []string{"Certificate with specified guid not found"}}
}

// eachCA does something to every CredHub CA that takes part.
func (f *Foundation) eachCA(c rotationCall, do func(*credhubCA)) rotationStatus {
	var s rotationStatus
	if !f.withMaestro() {
		return s
	}
	for _, ca := range f.credhub {
		item := statusItem{Location: "credhub", VariablePath: ca.path}
		switch {
		case f.excluded(ca):
			item.Reason = "excluded from rotation"
			s.excluded = append(s.excluded, item)
		case slices.Contains(c.failing, ca.path):
			item.Reason = "CredHub did not answer"
			s.failed = append(s.failed, item)
		case ca.customer:
			item.Reason = "certificate authority was not generated by CredHub"
			s.excluded = append(s.excluded, item)
		default:
			do(ca)
			s.done = append(s.done, item)
		}
	}
	return s
}

func (f *Foundation) eachLeaf(c rotationCall, s *rotationStatus, do func(*credhubLeaf)) {
	if !f.withMaestro() {
		return
	}
	for _, ca := range f.credhub {
		for _, l := range ca.leaves {
			item := statusItem{Location: "credhub", VariablePath: l.path}
			switch {
			case f.excluded(ca), ca.customer, l.fixed, excludedLeaf(l.path):
				item.Reason = "excluded from rotation"
				s.excluded = append(s.excluded, item)
			case slices.Contains(c.failing, l.path):
				item.Reason = "CredHub did not answer"
				s.failed = append(s.failed, item)
			default:
				do(l)
				s.done = append(s.done, item)
			}
		}
	}
}

func (f *Foundation) findAuthority(guid string) *authority {
	for _, a := range f.authorities {
		if a.guid == guid {
			return a
		}
	}
	return nil
}

func (f *Foundation) active() *authority {
	for _, a := range f.authorities {
		if a.active {
			return a
		}
	}
	return nil
}
