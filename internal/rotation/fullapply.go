package rotation

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// recent is for how many days an apply changes of all products counts as tried.
const recent = 30

// full is what is known of a recent apply changes of all products.
type full struct {
	// missing are products that no recent installation is known to have deployed.
	missing []string
	// unproven are those whose service instances nothing shows to have been upgraded.
	unproven []ProductProof
}

func (x full) shown() bool { return len(x.missing)+len(x.unproven) == 0 }

// untold says of each of the unproven what is missing.
func (x full) untold() string {
	var all []string
	for _, line := range x.unproven {
		all = append(all, line.Product.Name()+" ("+line.Instances+")")
	}
	return some(all, "; ")
}

// fullApply looks for deployments of all products within the last days, by one
// installation or by several. The upgrade-all errands count where a log, or the record
// of an apply changes of ours, shows them. TKGI's upgrades clusters, and is not run
// unasked.
func fullApply(e evidence.Evidence) full {
	ascending, h := oldestFirst(e.History), recently(e)
	var x full
	for _, p := range e.Products.List {
		var errands []string
		if p.Type != TKGI {
			errands, _ = upgradeErrands(e, p)
		}
		switch line := proveProduct(e, p, ascending, h, false, errands, false); {
		case line.Installation == 0:
			x.missing = append(x.missing, p.Name())
		case line.Instances != "":
			x.unproven = append(x.unproven, line)
		}
	}
	return x
}

// recently is what counts as recent.
func recently(e evidence.Evidence) horizon {
	return horizon{created: evidence.Stamp{Time: e.At.AddDate(0, 0, -recent)}}
}

// HistoryForFullApply says when the history reaches back far enough to show an apply
// changes of all products; nil where it does already, or need not. It is for who
// requires one of a generate.
func HistoryForFullApply(e evidence.Evidence) func(evidence.Installation) bool {
	h := recently(e)
	if e.At.IsZero() || e.History.Complete || reachesBack(e.History, h) || fullApply(e).shown() {
		return nil
	}
	return func(i evidence.Installation) bool { return !i.StartedAt.IsZero() && !h.after(i) }
}

// LogsForFullApply are the installations, newest first, whose logs would tell whether
// service instances were upgraded lately: for who requires that of a generate. None is
// worth reading where a product was not deployed lately.
func LogsForFullApply(e evidence.Evidence) []int {
	x, h := fullApply(e), recently(e)
	if e.At.IsZero() || len(x.missing) > 0 {
		return nil
	}
	var ids []int
	for _, line := range x.unproven {
		ids = append(ids, unreadLogs(e, line.Product, h)...)
	}
	return newestFirst(ids)
}

// byRecord says of which products nothing but the record of an apply changes of ours
// shows that their service instances were upgraded, "" for none.
func byRecord(e evidence.Evidence) string {
	without := e
	without.Applied = evidence.Applied{}
	unproven := fullApply(e).unproven
	var only []string
	for _, line := range fullApply(without).unproven {
		if !slices.ContainsFunc(unproven, func(o ProductProof) bool { return o.Product.GUID == line.Product.GUID }) {
			only = append(only, line.Product.Name())
		}
	}
	if len(only) == 0 {
		return ""
	}
	return fmt.Sprintf("that the service instances of %s were upgraded is shown by the record that our own apply changes left of installation %d, and by no log", some(only, ", "), e.Applied.Installation)
}

const prepareFirst = "run prepare first (apply changes on all products with the upgrade-all-service-instances errands), so that whatever is broken shows before the CA changes"

// demanded is the advice where an apply changes is demanded: by whom, too.
var demanded = prepareFirst + "; " + setting.RequireFullApply.Place() + " demands it"

func appliedLately(q Question) *refusal {
	if !q.Options.RequireFullApply {
		return nil
	}
	switch x := fullApply(q.Evidence); {
	case q.Evidence.At.IsZero():
		return &refusal{ReasonFullApply, "whether changes were applied on all products lately is unknown: Ops Manager did not tell what day it is", demanded}
	case len(x.missing) > 0:
		return &refusal{ReasonFullApply, fmt.Sprintf("no successful deployment within %d days is known of %s, and one is required", recent, some(x.missing, ", ")), demanded}
	case len(x.unproven) > 0:
		return &refusal{ReasonFullApply, "nothing shows that service instances were upgraded lately, and that is required: " + x.untold(), demanded}
	}
	return nil
}

func fullApplyRow(q Question) []Finding {
	const name = "last apply changes of all products"
	var instead Finding
	switch x := fullApply(q.Evidence); {
	case q.Evidence.At.IsZero():
		instead = unknown(ReasonFullApply, prepareFirst, "whether changes were applied on all products lately is unknown: Ops Manager did not tell what day it is")
	case len(x.missing) > 0:
		instead = noted(ReasonFullApply, prepareFirst, "no successful deployment within %d days is known of %s", recent, some(x.missing, ", "))
	case len(x.unproven) > 0:
		instead = noted(ReasonFullApply, prepareFirst, "every product was deployed within %d days, and nothing shows that their service instances were upgraded: %s", recent, x.untold())
	default:
		instead = passes(ReasonFullApply, "every product was deployed within %d days, its service instances included", recent)
		if record := byRecord(q.Evidence); record != "" {
			instead.Message += "; " + record
		}
	}
	return refused(name, q.Options, instead, appliedLately(q))
}
