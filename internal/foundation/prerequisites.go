package foundation

import (
	"context"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Prerequisites asks, beside what Whole has asked, what a rotation depends on before
// it begins: the stemcells where pending changes do not tell them, the director's
// properties, what is excluded from rotation, and the scopes of our login. These are
// two requests as a rule, three where a product's stemcells are not told, and one
// fewer where Whole has asked for what is excluded; and the logs, one as a rule, that
// tell what the errands of tiles with service instances passed by the last time. What
// Ops Manager cannot tell is unknown in the evidence; no answer at all is an error. Where
// the options require an apply changes of all products, what shows one is asked for as
// well.
func Prerequisites(ctx context.Context, api Reader, cursor *rotation.Version, o rotation.Options, v *View) error {
	var err error
	if len(untoldStemcells(v.Evidence)) > 0 {
		if v.Evidence.Reported, err = api.DiagnosticReport(ctx); err != nil {
			return CannotAsk("for its diagnostic report", err)
		}
	}
	if v.Evidence.Director, err = api.DirectorProperties(ctx); err != nil {
		return CannotAsk("for the director's properties", err)
	}
	if v.excluded == nil {
		if err := v.markExcluded(ctx, api); err != nil {
			return err
		}
	}
	v.Evidence.Scopes = api.Scopes()
	left := mostLogs
	if o.RequireFullApply {
		if left, err = v.fullApply(ctx, api); err != nil {
			return err
		}
	}
	if _, err := v.readLogs(ctx, api, left, func() int { return rotation.LogForOrphans(v.Evidence) }); err != nil {
		return err
	}
	v.Observed = rotation.Observe(v.Evidence, cursor)
	return nil
}

// fullApply asks for what may show an apply changes of all products: older installations
// where the history was not read as far back, and the logs that tell whether service
// instances were upgraded. What no log tells our own record may. left is how many logs
// may be read besides.
func (v *View) fullApply(ctx context.Context, api Reader) (left int, err error) {
	if enough := rotation.HistoryForFullApply(v.Evidence); enough != nil {
		history, err := api.Installations(ctx, enough)
		if err != nil {
			return 0, CannotAsk("for its installations", err)
		}
		// What was read before may have its log.
		v.Evidence.History = history.With(v.Evidence.History.List)
	}
	left, err = v.readLogs(ctx, api, mostLogs, func() int {
		if wanted := rotation.LogsForFullApply(v.Evidence); len(wanted) > 0 {
			return wanted[0]
		}
		return 0
	})
	v.Evidence.Applied = v.applied
	return left, err
}

// readLogs reads the log that is wanted, until none is (0), or as many as may be were
// read. left is how many may be read besides.
func (v *View) readLogs(ctx context.Context, api Reader, most int, wanted func() int) (left int, err error) {
	for left = most; left > 0; left-- {
		id := wanted()
		if id == 0 {
			break
		}
		if err := v.log(ctx, api, id); err != nil {
			return 0, err
		}
	}
	return left, nil
}

// AutomaticDNS asks for the director's properties where nothing else tells whether BOSH
// DNS certificates rotate by themselves: one request, in a rotation alone, before an
// apply changes of it.
func AutomaticDNS(ctx context.Context, api Reader, v *View) error {
	if _, known, _ := rotation.AutomaticDNS(v.Evidence); known || len(v.Evidence.CAs) < 2 && v.Observed.State != rotation.Retired {
		return nil
	}
	var err error
	if v.Evidence.Director, err = api.DirectorProperties(ctx); err != nil {
		return CannotAsk("for the director's properties", err)
	}
	return nil
}

// PreDeployChecks has Ops Manager check the director and every staged product, one
// after the other. Each check is work for it, so this is for who is about to begin a
// rotation, or asks whether it may begin.
func PreDeployChecks(ctx context.Context, api Reader, v *View) error {
	checks := evidence.PreDeployChecks{Asked: true}
	for _, p := range checkable(v.Evidence) {
		check, err := api.PreDeployCheck(ctx, p.GUID, p.Identifier)
		if err != nil {
			return CannotAsk("to check "+p.Name()+" before a deployment", err)
		}
		checks.List = append(checks.List, check)
	}
	v.Evidence.Checks = checks
	return nil
}

// untoldStemcells are the deployed products of which pending changes do not list the
// stemcells. The director is none of them: its own VM comes with Ops Manager.
func untoldStemcells(e evidence.Evidence) []evidence.Product {
	var untold []evidence.Product
	for _, p := range e.Products.List {
		told := slices.ContainsFunc(e.Pending.List, func(c evidence.PendingChange) bool { return c.GUID == p.GUID && c.Stemcells.Listed })
		if p.Type != evidence.Director && !told {
			untold = append(untold, p)
		}
	}
	return untold
}

// checkable are the director, and the products that are staged. What is to be deleted
// is not staged any more.
func checkable(e evidence.Evidence) []evidence.PendingChange {
	director := evidence.PendingChange{Identifier: evidence.Director}
	for _, p := range e.Products.List {
		if p.Type == evidence.Director {
			director.GUID, director.Label = p.GUID, p.Label
		}
	}
	all := []evidence.PendingChange{director}
	for _, c := range e.Pending.List {
		if c.Identifier != evidence.Director && c.GUID != director.GUID && c.Action != "delete" {
			all = append(all, c)
		}
	}
	return all
}
