package foundation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// NoEffectError is a call that Ops Manager accepted without doing anything.
type NoEffectError struct {
	Phase rotation.Phase
	// Found is the state afterwards.
	Found rotation.Observation
}

func (e *NoEffectError) Error() string {
	return fmt.Sprintf("%s was accepted by Ops Manager, which shows state %s all the same %s"+
		"(it drops one of two calls that come at the same time): rerun this step", e.Phase, e.Found.State, e.Found.Message)
}

// Troubleshooting implements troubleshooting.Entry.
func (e *NoEffectError) Troubleshooting() []troubleshooting.Code {
	return []troubleshooting.Code{troubleshooting.NoEffect}
}

// act sends the one call of the phase and reads back what became of it. A lone
// answer is never believed: Ops Manager drops one of two parallel calls without
// an error, and an answer may be lost after the work is done. So the state
// decides in every case, except for regenerate, which leaves no trace in it.
func (r *run) act(ctx context.Context, before View) error {
	o := &r.outcome
	o.Sent = true
	report, callErr := r.call(ctx, before.Observed)
	o.Report = &report
	r.tell(report)
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", o.Phase, context.Cause(ctx))
	}
	_, lost := errors.AsType[*opsman.OutcomeUnknownError](callErr)
	_, partly := errors.AsType[*opsman.FailedCertificatesError](callErr)
	partly = partly && o.Phase != rotation.Regenerate
	switch {
	case lost && o.Phase == rotation.Regenerate:
		return fmt.Errorf("regenerate: %w; rerun this step, regenerating twice does no harm", callErr)
	case lost:
		r.Console.Println(r.Console.Warn("the answer was lost:"), callErr.Error())
	case callErr != nil && !partly:
		if _, turnedAway := errors.AsType[*opsman.NotPerformedError](callErr); turnedAway && o.Phase == rotation.Generate {
			// It is repeated, and each makes another CA: a first one has to show.
			if err := r.stable(ctx); err != nil {
				return err
			}
		}
		return fmt.Errorf("%s failed: %w%s", o.Phase, callErr, bornBehind(before, callErr))
	}
	after, err := r.readBack(ctx, before, lost)
	if err != nil {
		return fmt.Errorf("%s was sent, and its effect could not be read back: %w; rerun this step, it looks first", o.Phase, err)
	}
	switch reached := after.Observed.State == r.target(); {
	case !reached && lost:
		return fmt.Errorf("%s has had no effect so far (state %s, CAs %s): %w; "+
			"Ops Manager may still be working on it: wait a few minutes, then rerun this step", o.Phase, after.Observed.State, after.Observed.Version.CAs, callErr)
	case !reached && partly:
		return fmt.Errorf("%s failed: %w", o.Phase, callErr)
	case !reached:
		return &NoEffectError{Phase: o.Phase, Found: after.Observed}
	case lost:
		o.Notes = append(o.Notes, "the answer to the call was lost; Ops Manager shows that it was carried out")
	}
	o.Summary = string(o.Phase) + " done"
	o.View = after
	if partly {
		r.inPart(report)
		return nil
	}
	r.Console.Println(r.Console.OK(o.Summary))
	return nil
}

// bornBehind says which of the CAs that an activate was refused for came into being
// after generate, where that tells why: applying changes once more is no remedy then.
func bornBehind(before View, callErr error) string {
	refused, is := errors.AsType[*opsman.APIError](callErr)
	if !is {
		return ""
	}
	for _, v := range refused.Violations {
		if v.Code != opsman.CodeLatestNotTransitional {
			continue
		}
		if said := rotation.BornSentence(before.Evidence, before.Observed, v.CertificateNames); said != "" {
			return "; " + said
		}
	}
	return ""
}

// inPart blocks what is behind a call that failed for some certificates: nothing lists
// them later, and the phase that is run again would find nothing to do.
func (r *run) inPart(report opsman.Report) {
	o := &r.outcome
	var failed []string
	for _, item := range report.Failed {
		failed = append(failed, item.String())
	}
	o.View.Observed, _ = rotation.Partly(o.Phase, o.View.Observed, o.View.Evidence, failed)
	o.Summary = string(o.Phase) + " done in part"
	o.Notes = append(o.Notes, "failed: "+strings.Join(failed, ", "))
	o.Partly = &PartlyDoneError{Phase: o.Phase, Found: o.View.Observed}
}

// PartlyDoneError is a phase that was carried out, and not for every certificate.
type PartlyDoneError struct {
	Phase rotation.Phase
	// Found is the state afterwards, which is blocked.
	Found rotation.Observation
}

func (e *PartlyDoneError) Error() string {
	return fmt.Sprintf("%s: nothing runs from its version until that is mended and %s is accepted", e.Found.Message, e.Found.Reason)
}

// Troubleshooting implements troubleshooting.Entry.
func (e *PartlyDoneError) Troubleshooting() []troubleshooting.Code {
	return []troubleshooting.Code{troubleshooting.OfReason(e.Found.Reason)}
}

// call sends the phase's one call.
func (r *run) call(ctx context.Context, s rotation.Observation) (opsman.Report, error) {
	switch r.Phase {
	case rotation.Generate:
		if r.Custom != nil {
			created, err := r.API.Create(ctx, r.Custom.CertificatePEM, r.Custom.PrivateKeyPEM, r.exclusions.list())
			return created.Report, err
		}
		created, err := r.API.Generate(ctx, r.exclusions.list())
		return created.Report, err
	case rotation.Activate:
		return r.API.Activate(ctx, s.Candidate.GUID)
	case rotation.Regenerate:
		return r.API.Regenerate(ctx)
	case rotation.Delete:
		return r.API.Delete(ctx, s.Retiring.GUID)
	}
	return opsman.Report{}, fmt.Errorf("%s sends no call", r.Phase)
}

// target is the state that the phase ends in.
func (r *run) target() rotation.State {
	if r.Options.LeafOnly {
		return rotation.Renewed
	}
	return r.Phase.Target()
}

// looks is how often the state is read again after a lost answer, with a pause
// between: the work behind it may take a while to show. Of a new CA it is read for
// longer: an operator who runs the step again makes another one.
const (
	looks    = 6
	looksNew = 25
	pause    = 5 * time.Second
	// looksStable is how often a list of CAs is read to see whether it changes.
	looksStable = 4
)

// stable reads the CAs until they have stayed the same for some pauses.
func (r *run) stable(ctx context.Context) error {
	var last []evidence.CA
	for look, same := 1, 0; same < looksStable && look <= looksNew; look++ {
		cas, err := r.API.CertificateAuthorities(ctx)
		if err != nil {
			return fmt.Errorf("%s was turned away, and the certificate authorities could not be read again: %w; rerun this step, it looks first", r.Phase, err)
		}
		if look > 1 && !sameCAs(last, cas) {
			same = 0
		}
		last = cas
		same++
		if same == looksStable {
			return nil
		}
		if err := r.Sleep(ctx, pause); err != nil {
			return err
		}
	}
	return nil
}

// sameCAs tells whether two lists have the same CAs, active or not.
func sameCAs(one, other []evidence.CA) bool {
	return slices.EqualFunc(one, other, func(a, b evidence.CA) bool { return a.GUID == b.GUID && a.Active == b.Active })
}

// readBack reads the CAs and the newest installation, and says what they show
// together with what was just done. After a lost answer it is patient: until what
// was wanted shows, or for as long as it may take and until two lists of CAs agree.
func (r *run) readBack(ctx context.Context, before View, patient bool) (View, error) {
	last := before.Evidence.CAs
	most := looks
	if r.Phase == rotation.Generate {
		most = looksNew
	}
	for look := 1; ; look++ {
		e := before.Evidence
		var err error
		if e.CAs, err = r.API.CertificateAuthorities(ctx); err != nil {
			return View{}, err
		}
		newest, err := r.API.Installations(ctx, func(evidence.Installation) bool { return true })
		if err != nil {
			return View{}, err
		}
		e.At = r.API.ServerTime()
		e.History = e.History.With(newest.List)
		cursor := rotation.After(before.Observed, r.Phase, e)
		if r.Phase == rotation.Generate && r.Options.Recreate {
			cursor.Recreate = rotation.MustRecreate
		}
		if r.Options.LeafOnly {
			cursor = rotation.Renew(before.Observed, before.Evidence.At, e)
		}
		after := View{Evidence: e, Observed: rotation.Observe(e, cursor)}
		agree := sameCAs(last, e.CAs)
		last = e.CAs
		if !patient || look >= most && (agree || look >= 2*most) || after.Observed.State == r.target() {
			return after, nil
		}
		if err := r.Sleep(ctx, pause); err != nil {
			return View{}, err
		}
	}
}
