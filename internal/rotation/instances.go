package rotation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Service instances are deployments of their own, which an errand of their tile
// reaches. Certificates v1 names those that lag behind; without it, a tile with such
// an errand is proven by what shows that the errand ran: the installation's log,
// no matter who started it, or, where the log does not tell, the record that an apply
// changes of ours left behind.

// UpgradesInstances tells an errand that brings new certificates to service
// instances: their names vary by tile, and all begin alike.
func UpgradesInstances(errand string) bool { return strings.HasPrefix(errand, "upgrade-all") }

// tellsInstances tells whether certificates v1 names the service instances that the
// change has not reached: it does where it lists the CA.
func tellsInstances(e evidence.Evidence, guid string) bool {
	return e.Certificates.Source == evidence.SourceV1 && (guid == "" || listsCA(e, guid))
}

// listsCA tells whether a row of certificates v1 is that of the root CA.
func listsCA(e evidence.Evidence, guid string) bool {
	return slices.ContainsFunc(e.Certificates.List, func(c evidence.Certificate) bool { return c.IsCA && isRow(c, guid) })
}

// isRow tells the entry of a root CA, or of the NATS CA beside it, by the GUID in its
// name: ".properties.root_ca.<guid>".
func isRow(c evidence.Certificate, guid string) bool {
	return guid != "" && strings.Contains(c.Name, guid)
}

// RecreatesInstances tells an errand that recreates service instances.
func RecreatesInstances(errand string) bool { return strings.HasPrefix(errand, "recreate-all") }

// upgradeErrands are the errands of the product that reach its service instances.
// known is false where no evidence tells whether it has any: the director has none.
func upgradeErrands(e evidence.Evidence, product evidence.Product) (errands []string, known bool) {
	if product.Type == evidence.Director {
		return nil, true
	}
	return errandsOf(e, product, UpgradesInstances)
}

// recreateErrands are the errands of the product that recreate its service instances.
// byHand tells that it has service instances, and no such errand.
func recreateErrands(e evidence.Evidence, product evidence.Product) (errands []string, byHand bool) {
	upgrades, _ := upgradeErrands(e, product)
	errands, _ = errandsOf(e, product, RecreatesInstances)
	return errands, len(upgrades) > 0 && len(errands) == 0
}

// errandsOf are the product's post-deploy errands of a kind, each once. known is false
// where its errands were not asked for, or Ops Manager does not list the product or
// its errands. One of which it does not tell when it runs counts.
func errandsOf(e evidence.Evidence, product evidence.Product, of func(errand string) bool) (errands []string, known bool) {
	if !e.Pending.Asked {
		return nil, false
	}
	for _, p := range e.Pending.List {
		if p.GUID != product.GUID {
			continue
		}
		known = !p.ErrandsUntold
		for _, errand := range p.Errands {
			if (errand.PostDeploy != "" || errand.PreDelete == "") && of(errand.Name) && !slices.Contains(errands, errand.Name) {
				errands = append(errands, errand.Name)
			}
		}
	}
	return errands, known
}

// unread says why the installation's log tells nothing, "" where it does.
func unread(i evidence.Installation) string {
	if !i.Log.Asked {
		return "its log was not read"
	}
	return i.Log.Unknown
}

// errandsWithout says which of the errands are not known to have run in the
// installation, "" where all are. unknown tells that nothing shows they did not.
func errandsWithout(e evidence.Evidence, i evidence.Installation, product evidence.Product, errands []string) (without string, unknown bool) {
	if len(errands) == 0 {
		return "", false
	}
	without, unknown = errandsInLog(i, product, errands)
	if unknown && !leavesOut(i, product, errands) && e.Applied.Of(i) && e.Applied.Ran(product.GUID, errands...) {
		return "", false
	}
	return without, unknown
}

// errandsInLog says which of the errands the installation's log does not show to
// have run to a good end, "" where it shows all.
func errandsInLog(i evidence.Installation, product evidence.Product, errands []string) (without string, unknown bool) {
	if why := unread(i); why != "" {
		return fmt.Sprintf("whether %s ran in installation %d is not known: %s", strings.Join(errands, ", "), i.ID, why), true
	}
	for _, name := range errands {
		ran, without, unknown := false, fmt.Sprintf("%s did not run in installation %d", name, i.ID), false
		for _, c := range i.Log.Commands {
			if c.Deployment != product.GUID || c.Errand != name {
				continue
			}
			switch {
			case !c.Finished:
				ran, unknown, without = false, true, fmt.Sprintf("%s in installation %d has no end in its log", name, i.ID)
			case c.ExitStatus != 0:
				ran, unknown, without = false, false, fmt.Sprintf("%s failed in installation %d (exit status %d)", name, i.ID, c.ExitStatus)
			case c.WhenChanged:
				ran, unknown, without = false, true, fmt.Sprintf("%s may have been skipped in installation %d (--when-changed)", name, i.ID)
			case c.Orphans > 0:
				ran, unknown, without = false, true, fmt.Sprintf("%s in installation %d passed by %d that Cloud Foundry does not know any more (orphans: find them with bosh deployments; delete each, or redeploy it after each apply changes)", name, i.ID, c.Orphans)
			case c.Left > 0:
				ran, unknown, without = false, true, fmt.Sprintf("%s in installation %d ended well and says that it could not upgrade %d", name, i.ID, c.Left)
			default:
				ran = true
			}
		}
		if !ran {
			return without, unknown
		}
	}
	return "", false
}

// leavesOut tells whether one of the errands says that it left service instances out:
// that it ran, and no more, is what a record of ours says.
func leavesOut(i evidence.Installation, product evidence.Product, errands []string) bool {
	return slices.ContainsFunc(i.Log.Commands, func(c evidence.Command) bool {
		return c.Deployment == product.GUID && c.Orphans+c.Left > 0 && slices.Contains(errands, c.Errand)
	})
}

// showsErrands tells whether the log shows that all of them ran to a good end.
func showsErrands(i evidence.Installation, product evidence.Product, errands []string) bool {
	without, _ := errandsInLog(i, product, errands)
	return without == ""
}

// LogsWanted are the installations, newest first, whose logs would tell whether the
// proof that the state waits for is complete. None is worth reading before every
// product was deployed.
func LogsWanted(e evidence.Evidence, s Observation) []int {
	p := s.Awaited()
	switch {
	case s.NeedsApply(), s.Untrusted():
	case s.State == Settled && s.Version.Installation == "" && cameByRotation(e.History, *s.Active):
		// Whether leaves may be renewed under a CA whose rotation was not watched.
		alone := trustInAlone(e, *s.Active)
		p = &alone
	default:
		return nil
	}
	vms := Recreating(e)
	var ids []int
	for _, line := range p.Products {
		if line.Installation > 0 && !line.lacks() {
			continue
		}
		errands, known := upgradeErrands(e, line.Product)
		if !vms.demands(line.Product, s.Version.Recreate != "") && (!known || len(errands) == 0) {
			if line.Installation == 0 {
				return nil
			}
			continue
		}
		since := p.Since
		if line.Installation > 0 {
			// By a bare date nothing may be surely later than the change, and Since the
			// newest installation; the one that deployed the product counts all the same.
			since = min(since, line.Installation-1)
		}
		worth := unreadLogs(e, line.Product, anchoredAt(since))
		if len(worth) == 0 && line.Installation == 0 {
			return nil
		}
		ids = append(ids, worth...)
	}
	return newestFirst(ids)
}

// unreadLogs are the installations beyond the horizon that deployed the product, and
// whose logs were not read.
func unreadLogs(e evidence.Evidence, product evidence.Product, h horizon) []int {
	var ids []int
	for _, i := range e.History.List {
		c, found := changeOf(i, product)
		if found && h.after(i) && c.Status == evidence.DeploymentSuccessful && i.Status != evidence.InstallationRunning && !i.Log.Asked {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

// newestFirst are the ids of installations, each once.
func newestFirst(ids []int) []int {
	slices.Sort(ids)
	slices.Reverse(ids)
	return slices.Compact(ids)
}
