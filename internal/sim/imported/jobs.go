package imported

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// serviceInstance is the prefix of names of properties that belong to service
// instances.
const serviceInstance = "service_instance"

// jobOf is the job that a property of a product belongs to; properties of the
// product as a whole give a job of their own name.
func jobOf(property string) (job string, instance bool) {
	parts := strings.Split(strings.TrimPrefix(property, "."), ".")
	if len(parts) > 1 && (parts[0] == serviceInstance || parts[0] == "properties") {
		return jobName(parts[1]), parts[0] == serviceInstance
	}
	return jobName(parts[0]), false
}

var notOfJobs = regexp.MustCompile(`[^A-Za-z0-9]+`)

// jobName can be a part of a host name.
func jobName(text string) string {
	return cmp.Or(strings.Trim(notOfJobs.ReplaceAllString(text, "_"), "_"), "vm")
}

// giveJobs tells which certificate the VMs of each job present: the first one
// of the job that the root CA signed, an operator's own before all others.
func giveJobs(products []sim.Tile, certificates []*certificate, rootIssuer string) {
	type owner struct {
		product, job string
		instance     bool
	}
	taken := map[owner]bool{}
	for _, configurable := range []bool{true, false} {
		for _, c := range certificates {
			if c.IsCA || c.Location == "credhub" || c.Excluded || c.Configurable != configurable || c.Issuer != rootIssuer ||
				!slices.ContainsFunc(products, func(t sim.Tile) bool { return t.GUID == c.ProductGUID }) {
				continue
			}
			job, instance := jobOf(c.Name)
			if o := (owner{c.ProductGUID, job, instance}); !taken[o] {
				taken[o] = true
				c.Job, c.Instance = job, instance
			}
		}
	}
}

// giveVMs gives a product its jobs, and those as many VMs as the settings say.
func (r *reader) giveVMs(t *sim.Tile, certificates []*certificate) {
	if len(t.Jobs) > 0 && r.VMs[t.Identifier] == 0 {
		return
	}
	var names []string
	for _, c := range certificates {
		if c.ProductGUID == t.GUID && c.Job != "" && !c.Instance {
			names = append(names, c.Job)
		}
	}
	if len(names) == 0 {
		names = []string{"vm"}
		if t.Identifier == director {
			names = []string{"bosh"}
		}
	}
	total := r.VMs[t.Identifier]
	if total == 0 {
		total = len(names)
	}
	if total < len(names) {
		r.wrong("--vms %s=%d: it has %d jobs with certificates of their own (%s), so as many VMs or more", t.Identifier, total, len(names), strings.Join(names, ", "))
		return
	}
	t.Jobs = nil
	for i, name := range names {
		n := total / len(names)
		if i < total%len(names) {
			n++
		}
		t.Jobs = append(t.Jobs, sim.Job{Name: name, Instances: n})
	}
}

// checkVMs refuses numbers of VMs for products that are not there.
func (r *reader) checkVMs(products []sim.Tile) {
	var types []string
	for _, p := range products {
		types = append(types, p.Identifier)
	}
	for _, name := range slices.Sorted(maps.Keys(r.VMs)) {
		switch {
		case !slices.Contains(types, name):
			r.wrong("--vms %s=%d: there is no product of that type, there are %s", name, r.VMs[name], strings.Join(types, ", "))
		case r.VMs[name] < 1:
			r.wrong("--vms %s=%d: expected 1 or more, for example --vms %s=12", name, r.VMs[name], name)
		}
	}
}
