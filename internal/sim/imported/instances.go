package imported

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// instancePrefix begins the name of a service instance's deployment.
const instancePrefix = "service-instance_"

var instancePath = regexp.MustCompile(`^/[^/]+/(` + instancePrefix + `[A-Za-z0-9-]+)/`)

var instanceName = regexp.MustCompile(`^` + instancePrefix + `[A-Za-z0-9-]+$`)

// giveInstances gives the service tiles the service instances that certificates
// name.
func (r *reader) giveInstances(products []sim.Tile, certificates []*certificate) {
	owners, order := map[string]string{}, []string{}
	see := func(name, owner string) {
		if _, seen := owners[name]; !seen {
			order = append(order, name)
			owners[name] = ""
		}
		if owner != "" {
			owners[name] = owner
		}
	}
	for _, c := range certificates {
		for _, d := range c.Deployments {
			if instanceName.MatchString(d) {
				owner := ""
				if c.Instance {
					owner = c.ProductGUID
				}
				see(d, owner)
			}
		}
		if match := instancePath.FindStringSubmatch(c.Name); match != nil {
			see(match[1], "")
		}
	}
	if len(order) == 0 {
		return
	}
	guessed := r.guessOwners(products, certificates, order, owners)
	if len(owners) == 0 {
		return
	}
	for i := range products {
		for _, name := range order {
			if owners[name] == products[i].GUID {
				jobs := instanceJobs(products[i].GUID, certificates)
				products[i].ServiceInstances = append(products[i].ServiceInstances, sim.ServiceInstance{Name: strings.TrimPrefix(name, instancePrefix), Jobs: jobs})
			}
		}
	}
	assumed := "one VM for each of their jobs"
	if guessed > 0 {
		assumed += fmt.Sprintf("; which tile %d of them belong to", guessed)
	}
	r.note("service instances", fmt.Sprintf("%d", len(order)), assumed)
}

// guessOwners finds tiles for instances of which no certificate tells the tile:
// one that has as many of them as v0 has rows for its instances' certificate, or
// else the first one with an errand that upgrades instances.
func (r *reader) guessOwners(products []sim.Tile, certificates []*certificate, order []string, owners map[string]string) (guessed int) {
	var tiles []sim.Tile
	for _, p := range products {
		if slices.ContainsFunc(p.Errands, func(e sim.ErrandSpec) bool { return strings.HasPrefix(e.Name, "upgrade-all") }) {
			tiles = append(tiles, p)
		}
	}
	free := slices.DeleteFunc(slices.Clone(order), func(name string) bool { return owners[name] != "" })
	if len(free) > 0 && len(tiles) == 0 {
		r.note("service instances", fmt.Sprintf("nothing of %d", len(free)), "that no tile upgrades them: there is no errand upgrade-all-…")
		for _, name := range free {
			delete(owners, name)
		}
		return 0
	}
	guessed = len(free)
	for _, t := range tiles {
		for _, c := range certificates {
			if c.Instance && c.ProductGUID == t.GUID {
				n := min(c.Rows, len(free))
				for _, name := range free[:n] {
					owners[name] = t.GUID
				}
				free = free[n:]
				break
			}
		}
	}
	for _, name := range free {
		owners[name] = tiles[0].GUID
	}
	return guessed
}

func instanceJobs(guid string, certificates []*certificate) []sim.Job {
	var jobs []sim.Job
	for _, c := range certificates {
		if c.ProductGUID == guid && c.Instance {
			jobs = append(jobs, sim.Job{Name: c.Job, Instances: 1})
		}
	}
	if len(jobs) == 0 {
		jobs = []sim.Job{{Name: "instance", Instances: 1}}
	}
	return jobs
}
