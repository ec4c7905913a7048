package rotation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// preDeployChecked refuses where Ops Manager's own check says that an apply changes
// would fail. What it would pass over, and a check that was not answered, stop nothing.
func preDeployChecked(q Question) *refusal {
	var failing []string
	for _, c := range q.Evidence.Checks.List {
		switch {
		case c.Unknown != "":
		case len(c.Problems) > 0:
			failing = append(failing, checkedName(q.Evidence, c)+": "+some(c.Problems, "; "))
		case !c.Complete:
			failing = append(failing, checkedName(q.Evidence, c)+": its configuration is not complete")
		}
	}
	if len(failing) == 0 {
		return nil
	}
	return &refusal{ReasonPreDeployCheck, "Ops Manager's own check says that an apply changes would fail: " + some(failing, "; "),
		"complete the settings of these tiles in Ops Manager, then rerun this step"}
}

func checkedName(e evidence.Evidence, c evidence.PreDeployCheck) string {
	for _, p := range e.Pending.List {
		if p.GUID == c.GUID && p.Label != "" {
			return p.Label
		}
	}
	if name := productName(e, c.GUID); name != c.GUID || c.Identifier == "" {
		return name
	}
	return c.Identifier
}

func checkRow(q Question) []Finding {
	const name = "Ops Manager's pre-deploy check"
	e := q.Evidence
	if !e.Checks.Asked {
		return one(name, unknown(ReasonPreDeployCheck, "look at the settings of the tiles in Ops Manager", "whether Ops Manager's own check of the tiles passes is unknown: it was not asked for"))
	}
	var silent, ignorable []string
	for _, c := range e.Checks.List {
		if c.Unknown != "" {
			silent = append(silent, checkedName(e, c)+": "+c.Unknown)
		}
		if len(c.Ignorable) > 0 {
			ignorable = append(ignorable, checkedName(e, c)+": "+some(c.Ignorable, "; "))
		}
	}
	var all []Finding
	if len(silent) > 0 {
		f := unknown(ReasonPreDeployCheck, "look at the settings of these tiles in Ops Manager", "Ops Manager's own check was not answered of %s", some(silent, "; "))
		f.Name = name
		all = append(all, f)
	}
	if len(ignorable) > 0 {
		f := noted(ReasonPreDeployCheck, "apply changes passes over them with "+setting.IgnoreWarnings.Place()+" alone", "verifiers fail that an apply changes may pass over: %s", some(ignorable, "; "))
		f.Name = name
		all = append(all, f)
	}
	if r := preDeployChecked(q); r != nil {
		return append([]Finding{r.found(name, q.Options)}, all...)
	}
	if len(all) == 0 {
		all = one(name, passes(ReasonPreDeployCheck, "Ops Manager's own check passes for %d products", len(e.Checks.List)))
	}
	return all
}

func otherDeploymentsRow(q Question) []Finding {
	const name = "deployments of no tile"
	const next = "redeploy them with bosh after each apply changes of the rotation, and recreate them with it where their stemcell, which Ops Manager does not tell, is below " + minima + "; where Concourse or its secret store lives on this Director, give clients that pin the old root CA the candidate (candidate.pem) before regenerate"
	others, told := otherDeployments(q.Evidence)
	switch {
	case !told && len(others) > 0:
		return one(name, noted(ReasonOtherDeployments, next, "no apply changes brings new certificates to %s, which the paths of certificates name; whether there are more, Ops Manager does not tell (bosh deployments does)", some(others, ", ")))
	case !told:
		return one(name, unknown(ReasonOtherDeployments, "if there are any: "+next, "does the Director of this foundation deploy anything that is no tile, such as the Concourse that runs this? Ops Manager does not tell (bosh deployments does)"))
	case len(others) == 0:
		return one(name, passes(ReasonOtherDeployments, "certificates v1 names none"))
	}
	return one(name, noted(ReasonOtherDeployments, next, "no apply changes brings new certificates to %s", some(others, ", ")))
}

// withoutRecreateAll are the products with service instances that have no errand to
// recreate them.
func withoutRecreateAll(e evidence.Evidence) []evidence.Product {
	return slices.DeleteFunc(tilesWithInstances(e), func(p evidence.Product) bool {
		_, byHand := recreateErrands(e, p)
		return !byHand
	})
}

// perInstance says what recreating leaves to be done by hand, "" for nothing.
func perInstance(e evidence.Evidence) string {
	tiles := withoutRecreateAll(e)
	if len(tiles) == 0 {
		return ""
	}
	return "; no errand recreates the service instances of " + some(productNames(tiles), ", ") + ": recreate each after each apply changes (bosh -d DEPLOYMENT recreate); nothing tells of that, so verify waits there until instances-unproven is accepted, which is for when each is recreated (rotate goes on at once where it is accepted beforehand)"
}

// unreached is what an errand passes by although it ends well, and what comes to be
// beside it. Nothing tells of all of it before a rotation: logs tell of orphans alone (orphans.go).
const unreached = "no errand reaches an instance that Cloud Foundry does not know any more (an orphan) or a VM that BOSH ignores: compare bosh deployments with cf service-instances, and look at bosh instances --details; delete or redeploy those first, and after each apply changes, and let no service instances be created until the rotation has ended"

func errandsRow(q Question) []Finding {
	const name = "service instances"
	e := q.Evidence
	if !e.Pending.Asked {
		return one(name, unknown(ReasonServiceErrands, "", "which tiles have errands for service instances is unknown: their errands were not asked for"))
	}
	recreate := recreates(e, q.Options)
	var run, missing []string
	for _, p := range tilesWithInstances(e) {
		errands, _ := upgradeErrands(e, p)
		phrase := p.Name() + ": " + strings.Join(errands, ", ")
		switch {
		case p.Type == TKGI:
			missing = append(missing, phrase+" (it upgrades clusters, and is not run unasked)")
			continue
		case off(e, p, errands):
			phrase += " (off by its tile's setting)"
		}
		if recreate {
			phrase += ", and recreate-all where it has that"
		}
		run = append(run, phrase)
	}
	missing = append(missing, instancesWithoutErrand(e)...)
	next := ""
	if len(missing) > 0 {
		next = "bring the new certificates to them after each apply changes: upgrade the clusters, or redeploy the instances with bosh"
	}
	if recreate {
		next = strings.TrimPrefix(next+perInstance(e), "; ")
	}
	if len(run) > 0 {
		next = strings.TrimPrefix(next+"; "+unreached, "; ")
	}
	switch {
	case len(run)+len(missing) == 0:
		return one(name, passes(ReasonServiceErrands, "no tile has an errand that upgrades service instances"))
	case len(missing) == 0:
		return one(name, noted(ReasonServiceErrands, next, "every apply changes of the rotation runs %s", strings.Join(run, "; ")))
	case len(run) == 0:
		return one(name, noted(ReasonServiceErrands, next, "no apply changes of the rotation reaches %s", strings.Join(missing, "; ")))
	}
	return one(name, noted(ReasonServiceErrands, next, "every apply changes of the rotation runs %s; it does not reach %s", strings.Join(run, "; "), strings.Join(missing, "; ")))
}

// off tells whether a tile's own setting switches one of the errands off.
func off(e evidence.Evidence, p evidence.Product, errands []string) bool {
	return slices.ContainsFunc(e.Pending.List, func(c evidence.PendingChange) bool {
		return c.GUID == p.GUID && slices.ContainsFunc(c.Errands, func(errand evidence.Errand) bool {
			return errand.PostDeploy == "false" && slices.Contains(errands, errand.Name)
		})
	})
}

// instancesWithoutErrand are the products of which certificates v1 names service
// instances, and whose errands bring nothing to them.
func instancesWithoutErrand(e evidence.Evidence) []string {
	var all []string
	for _, p := range e.Products.List {
		if errands, known := upgradeErrands(e, p); len(errands) > 0 || !known || p.Type == evidence.Director {
			continue
		}
		for n := range e.Certificates.List {
			c := &e.Certificates.List[n]
			if c.ProductGUID != p.GUID && !strings.Contains(c.Name, "/"+p.GUID+"/") {
				continue
			}
			if slices.ContainsFunc(c.Deployments, func(d string) bool { return strings.HasPrefix(d, instancePrefix) }) {
				all = append(all, fmt.Sprintf("%s: it has service instances, and no errand that upgrades them", p.Name()))
				break
			}
		}
	}
	return all
}

func backupRow(Question) []Finding {
	return one("backup", noted(ReasonBackup, "om export-installation --output-file installation.zip; BBR for the director and the tiles, and never during an apply changes",
		"no API tells whether there is a backup; one from before the rotation has the old root CA alone, so make another when the rotation has ended"))
}

func pipelinesRow(Question) []Finding {
	return one("other pipelines", noted(ReasonOtherPipelines, "pause pipelines that upload stemcells that float, revert staged changes, or upgrade tiles or Ops Manager, until the rotation has ended",
		"no API tells which other pipelines change this foundation"))
}
