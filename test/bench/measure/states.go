package measure

import (
	"context"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/bench/stage"
)

// settled puts every command beside the command of om that is most like it.
func (b *Bench) settled(ctx context.Context) error {
	w, err := b.walk(ctx, stage.Shape{})
	if err != nil {
		return err
	}
	check := w.candidate("settled")
	check.against, check.limit = omAuthorities+"/settled", limitOf("settled", true)
	get := b.get(w.at, w.builds.Version)
	programs := append([]candidate{
		check,
		{name: "floor/settled", program: b.floor(w.at), at: w.at},
		{name: omAuthorities + "/settled", program: b.om(w.at, false, "certificate-authorities"), at: w.at},
		{name: "in/settled", against: omAuthorities + "/settled", program: get, at: w.at},
		{name: "status/settled", against: omInstallations + "/settled", program: b.tool(w.at, "status"), at: w.at},
		{name: omInstallations + "/settled", program: b.om(w.at, false, "installations"), at: w.at},
		{name: "report/settled", against: omExpiring + "/settled", program: b.tool(w.at, "report"), at: w.at},
		b.omExpiring(w.at, "settled"),
	}, b.curl(w.at)...)
	return w.close(b.sideBySide(ctx, "Every command beside om, settled", b.Runs, programs...))
}

// states measures check in each state of a rotation.
func (b *Bench) states(ctx context.Context) error {
	w, err := b.walk(ctx, stage.Shape{})
	if err != nil {
		return err
	}
	return w.close(w.rotate(ctx, func(state string, arrival bool) error {
		if arrival {
			return nil
		}
		name := state
		if state == "settled" {
			name = "settled-after"
		}
		check := w.candidate(name)
		om := omAuthorities + "/" + name
		check.against, check.limit = om, limitOf(state, true)
		return b.sideBySide(ctx, "check in each state of a rotation", b.few(), check,
			candidate{name: om, program: b.om(w.at, false, "certificate-authorities"), at: w.at})
	}))
}

// requests counts what check sends in every situation, on several versions of Ops
// Manager, each once: the number does not depend on the machine.
func (b *Bench) requests(ctx context.Context) error {
	for _, v := range []struct {
		version        string
		certificatesV1 bool
	}{
		{"2.10.60-build.1", false}, {"3.0.12-build.1", false}, {"3.1.2-build.5", true}, {"3.3.0-build.1", true},
	} {
		w, err := b.walk(ctx, stage.Shape{Version: v.version, Small: true})
		if err != nil {
			return err
		}
		group := Group{Title: "Requests of check, Ops Manager " + line(v.version)}
		if err := w.close(w.count(ctx, &group, line(v.version), v.certificatesV1)); err != nil {
			return err
		}
		b.groups = append(b.groups, group)
	}
	return nil
}

// count adds a series of one run for each situation.
func (w *walk) count(ctx context.Context, group *Group, version string, certificatesV1 bool) error {
	stop := func(name, situation string) error {
		check := w.candidate(version + "-" + name)
		run, err := w.bench.once(ctx, check)
		group.Series = append(group.Series, Series{Name: check.name, Limit: limitOf(situation, certificatesV1), Runs: []Run{run}})
		return err
	}
	known := w.builds.Version
	w.builds.Version = nil
	if err := stop("settled-first", "settled-first"); err != nil {
		return err
	}
	w.builds.Version = known
	if err := stop("settled", "settled"); err != nil {
		return err
	}
	if err := w.rotate(ctx, func(state string, arrival bool) error {
		switch {
		case arrival:
			return stop(state+"-arrival", state+"-arrival")
		case state == "settled":
			return stop("settled-after", state)
		}
		return stop(state, state)
	}); err != nil {
		return err
	}
	if err := w.late(ctx, stop); err != nil {
		return err
	}
	if err := w.at.OperatorContext(ctx, sim.Action{Do: "generate"}); err != nil {
		return err
	}
	return stop("blocked", "blocked")
}

// late: an errand does not run, so every product is proven and a certificate of
// service instances is not deployed.
func (w *walk) late(ctx context.Context, stop func(name, situation string) error) error {
	if err := w.put(ctx, "generate"); err != nil {
		return err
	}
	if err := w.at.OperatorContext(ctx, sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.UpgradeAllErrand}); err != nil {
		return err
	}
	if err := w.apply(ctx); err != nil {
		return err
	}
	return stop("late", "late")
}
