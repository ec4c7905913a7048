package sim

import (
	"fmt"
	"time"
)

// fillHistory adds installations between two times until there are as many as
// the options say. They deployed again what was deployed already.
func (f *Foundation) fillHistory(from, until time.Time) {
	missing := f.opts.History - len(f.installations)
	if missing <= 0 {
		return
	}
	p := f.newPlan(applyRequest{past: true})
	step := until.Sub(from) / time.Duration(missing+1)
	for i := range missing {
		at := from.Add(time.Duration(i) * step).Truncate(time.Second)
		in := f.newInstallation(p, "admin", at)
		took := min(usualRoll, step/time.Duration(2*len(in.changes)))
		for _, c := range in.changes {
			c.kind, c.status, c.started, c.finished = kindUnchanged, successful, at, at.Add(took)
			at = c.finished
		}
		in.past = true
		in.finish(succeeded, at)
	}
}

// leavesBelow is how many leaves each CA of the further certificates has.
const leavesBelow = 99

// listMore lists further certificates, as of the service instances of a large
// foundation: CAs in CredHub with leaves, a tenth of which is excluded from
// rotation. They expire over the years to come.
func (f *Foundation) listMore(from time.Time) {
	for number := 0; number < f.opts.MoreCertificates; {
		deployment := []string{fmt.Sprintf("service-instance_%08d-4b1d-4c5e-9f6a-000000000000", number)}
		prefix := "/p-bosh/" + deployment[0]
		add := func(name, issuer string, isCA bool) certificate {
			number++
			return certificate{
				name: prefix + name, location: "credhub", issuer: issuer, isCA: isCA,
				from: from, until: from.Add(f.opts.LeafValidity + time.Duration(number%1000)*day),
				deployments: deployment, outdated: []string{}, excluded: number%10 == 0, procedure: "Standard Leaf Procedure",
			}
		}
		authority := add("/service_ca", "/CN=root", true)
		for i := 0; i < leavesBelow && number < f.opts.MoreCertificates; i++ {
			authority.signs = append(authority.signs, add(fmt.Sprintf("/leaf-%02d_tls", i), "/CN="+prefix+"/service_ca", false))
		}
		f.listed = append(f.listed, authority)
	}
}
