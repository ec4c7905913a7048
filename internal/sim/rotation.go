package sim

import (
	"crypto/rsa"
	"crypto/x509"
	"net/http"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
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

// rotation is such a call on its way: what it does to the root CAs, to the leaves that Ops
// Manager holds, and to CredHub. It runs under the foundation's lock.
type rotation struct {
	*Foundation
	rotationCall
}

// checksOn tells whether Maestro's checks run for this call.
func (r rotation) checksOn() bool { return *r.opts.SafetyChecks && !r.skipChecks }

// withMaestro tells whether the calls rotate CredHub's certificates at all.
func (f *Foundation) withMaestro() bool {
	return f.v.credhubRotation() && !slices.ContainsFunc(f.products, func(p *product) bool { return p.tile.withoutMaestro() })
}

// maestro has CredHub's certificates take part, where Ops Manager calls Maestro at all.
func (r rotation) maestro(part func() outcome.Status) outcome.Status {
	if !r.withMaestro() {
		return outcome.Status{}
	}
	return part()
}

func (r rotation) check(summary string, rules func() outcome.Findings) error {
	if !r.checksOn() || !r.withMaestro() {
		return nil
	}
	if found := rules(); len(found) > 0 {
		return &outcome.Refusal{Status: http.StatusUnprocessableEntity, Errors: []string{summary}, Violations: found}
	}
	return nil
}

// add is generate and create: a new inactive root CA and a new
// transitional version of every CredHub CA.
func (r rotation) add(cert *x509.Certificate, key *rsa.PrivateKey) (*authorities.Authority, outcome.Status, error) {
	before := r.credhub.Exclude(r.exclude)
	if err := r.check("failed to create new inactive certificate authorities", r.credhub.CheckGenerate); err != nil {
		r.credhub.RestoreExclusions(before)
		return nil, outcome.Status{}, err
	}
	var a *authorities.Authority
	var err error
	kind := "generate"
	at := r.clock.event()
	if cert == nil {
		a, err = r.authorities.Generate(at)
	} else {
		kind = "create"
		a, err = r.authorities.Own(cert, key, at)
	}
	if err != nil {
		return nil, outcome.Status{}, err
	}
	if r.dropped {
		r.credhub.RestoreExclusions(before)
		return a, outcome.Status{}, nil
	}
	r.authorities.Add(a)
	status := r.maestro(func() outcome.Status { return r.credhub.Generate(r.failing, at) })
	r.caEvent(kind, a.GUID, r.by)
	return a, status, nil
}

// activate makes one CA the signing one, and flips CredHub's versions.
func (r rotation) activate(guid string) (outcome.Status, error) {
	a := r.authorities.Find(guid)
	if a == nil {
		return outcome.Status{}, notFound()
	}
	if err := r.check("failed to activate certificate authority", r.credhub.CheckActivate); err != nil || r.dropped {
		return outcome.Status{}, err
	}
	r.clock.event()
	r.authorities.Activate(a)
	status := r.maestro(func() outcome.Status { return r.credhub.Activate(r.failing) })
	r.caEvent("activate", guid, r.by)
	return status, nil
}

// regenerate makes new versions of all non-configurable leaves, signed by the
// active CA.
func (r rotation) regenerate() (outcome.Status, error) {
	if err := r.check("failed to regenerate leaf certificates", r.credhub.CheckRegenerate); err != nil || r.dropped {
		return outcome.Status{}, err
	}
	at, active := r.clock.event(), r.authorities.Active()
	if active == nil {
		return outcome.Status{}, &outcome.Refusal{Status: http.StatusUnprocessableEntity, Errors: []string{"There is no active certificate authority"}}
	}
	var status outcome.Status
	for _, record := range r.records {
		if record.configurable {
			continue
		}
		if err := r.issue(record, active, at); err != nil {
			return status, err
		}
		status.Done = append(status.Done, outcome.Item{Location: "ops_manager", ProductGUID: record.product.guid, PropertyReference: record.name})
	}
	if r.withMaestro() {
		r.credhub.Regenerate(r.failing, at, &status)
	}
	r.caEvent("regenerate", active.GUID, r.by)
	return status, nil
}

// remove deletes an inactive CA, and with it the trust in CredHub's old
// versions.
func (r rotation) remove(guid string) (outcome.Status, error) {
	a := r.authorities.Find(guid)
	if a == nil {
		return outcome.Status{}, notFound()
	}
	if a.Active {
		return outcome.Status{}, &outcome.Refusal{Status: http.StatusUnprocessableEntity, Errors: []string{"Active certificates cannot be deleted"}}
	}
	if err := r.check("failed to delete certificate authority", r.credhub.CheckDelete); err != nil || r.dropped {
		return outcome.Status{}, err
	}
	r.clock.event()
	r.authorities.Remove(a)
	status := r.maestro(func() outcome.Status { return r.credhub.Delete(r.failing) })
	r.credhub.Exclude(nil)
	r.caEvent("delete", guid, r.by)
	return status, nil
}

func notFound() error {
	return &outcome.Refusal{Status: http.StatusNotFound, Errors: []string{"Certificate with specified guid not found"}}
}
