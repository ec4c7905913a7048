package foundation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Reader is what is asked of Ops Manager; *opsman.Client is one.
type Reader interface {
	Info(ctx context.Context) (opsman.Info, error)
	CertificateAuthorities(ctx context.Context) ([]evidence.CA, error)
	DeployedProducts(ctx context.Context) (evidence.Products, error)
	Installations(ctx context.Context, enough func(evidence.Installation) bool) (evidence.History, error)
	PendingChanges(ctx context.Context) (evidence.Pending, error)
	Certificates(ctx context.Context) (evidence.Certificates, error)
	ExcludedCertificates(ctx context.Context) (evidence.Certificates, error)
	InstallationLog(ctx context.Context, id int) (evidence.Log, error)
	NoInstallationRunning(ctx context.Context) bool
	DiagnosticReport(ctx context.Context) (evidence.DiagnosticReport, error)
	DirectorProperties(ctx context.Context) (evidence.DirectorProperties, error)
	PreDeployCheck(ctx context.Context, guid, identifier string) (evidence.PreDeployCheck, error)
	// Scopes sends nothing.
	Scopes() evidence.Scopes
	ServerTime() time.Time
}

// CannotAsk is the error of a question that Ops Manager did not answer; what follows
// "ask Ops Manager": "for its version".
func CannotAsk(what string, err error) error {
	return fmt.Errorf("cannot ask Ops Manager %s: %w", what, err)
}

// View is evidence and the state that it shows.
type View struct {
	Evidence evidence.Evidence
	Observed rotation.Observation
	// excluded is what Ops Manager lists as excluded from rotation, nil where it was
	// not asked.
	excluded *evidence.Certificates
	// applied is the record that Recall was given, for what the proof does not tell of.
	applied evidence.Applied
}

// State asks as little as it takes to name the state: the CAs alone where
// nothing of a rotation is in sight (two requests with the token), the proof
// otherwise: four with the token, five once every product is reached, and one
// more where it depends on what is excluded whether that is all.
func State(ctx context.Context, api Reader, cursor *rotation.Version) (View, error) {
	v, err := authorities(ctx, api, cursor)
	if err != nil || !rotation.NeedsProof(v.Evidence, cursor) {
		return v, err
	}
	if err := v.deployments(ctx, api, cursor, rotation.Enough); err != nil {
		return View{}, err
	}
	if p := v.Observed.Awaited(); p == nil || p.Installation == 0 {
		return v, nil
	}
	decide := func(e evidence.Evidence) bool { return rotation.ExclusionsDecide(e, cursor) }
	if err := v.certificates(ctx, api, cursor, decide); err != nil {
		return View{}, err
	}
	return v, nil
}

// Whole asks everything that a decision may depend on.
func Whole(ctx context.Context, api Reader, cursor *rotation.Version) (View, error) {
	return whole(ctx, api, cursor, rotation.CertificatesHinder)
}

// WholeWithin is Whole for a rotation that begins only when something expires within
// the span: what is excluded from rotation is asked for as well where it may be the
// certificates that are due. Without a span it is Whole.
func WholeWithin(ctx context.Context, api Reader, cursor *rotation.Version, within *rotation.Within) (View, error) {
	return whole(ctx, api, cursor, func(e evidence.Evidence) bool {
		return rotation.CertificatesHinder(e) || within != nil && len(rotation.CertificatesDue(e, *within)) > 0
	})
}

// Marked is Whole for those who list the certificates as well: whatever stands in
// the way, all that are excluded from rotation are marked.
func Marked(ctx context.Context, api Reader, cursor *rotation.Version) (View, error) {
	return whole(ctx, api, cursor, func(evidence.Evidence) bool { return true })
}

func whole(ctx context.Context, api Reader, cursor *rotation.Version, marked func(evidence.Evidence) bool) (View, error) {
	v, err := authorities(ctx, api, cursor)
	if err != nil {
		return View{}, err
	}
	info, err := api.Info(ctx)
	if err != nil {
		return View{}, CannotAsk("for its version", err)
	}
	v.Evidence.OpsManager = info.Version
	if err := v.deployments(ctx, api, cursor, rotation.EnoughForAll); err != nil {
		return View{}, err
	}
	if v.Evidence.Pending, err = api.PendingChanges(ctx); err != nil {
		return View{}, CannotAsk("for its pending changes", err)
	}
	if err := v.certificates(ctx, api, cursor, marked); err != nil {
		return View{}, err
	}
	// A record that says running may be of an installation that a reboot has ended.
	if len(v.Evidence.History.Running()) > 0 {
		v.Evidence.NoneRunning = api.NoInstallationRunning(ctx)
	}
	if err := v.logs(ctx, api, cursor); err != nil {
		return View{}, err
	}
	return v, nil
}

// mostLogs is how many logs one look reads: each may have megabytes.
const mostLogs = 5

// logs reads the logs of the installations that would complete the proof, the newest
// first, until it is complete.
func (v *View) logs(ctx context.Context, api Reader, cursor *rotation.Version) error {
	for n, id := range rotation.LogsWanted(v.Evidence, v.Observed) {
		if p := v.Observed.Awaited(); n == mostLogs || p != nil && p.Complete() {
			return nil
		}
		if err := v.log(ctx, api, id); err != nil {
			return err
		}
		v.Observed = rotation.Observe(v.Evidence, cursor)
	}
	return nil
}

// log reads the log of one installation.
func (v *View) log(ctx context.Context, api Reader, id int) error {
	log, err := api.InstallationLog(ctx, id)
	if err != nil {
		return CannotAsk(fmt.Sprintf("for the log of installation %d", id), err)
	}
	v.Evidence.History.List = slices.Clone(v.Evidence.History.List)
	for i := range v.Evidence.History.List {
		if v.Evidence.History.List[i].ID == id {
			v.Evidence.History.List[i].Log = log
		}
	}
	return nil
}

func authorities(ctx context.Context, api Reader, cursor *rotation.Version) (View, error) {
	cas, err := api.CertificateAuthorities(ctx)
	if err != nil {
		return View{}, CannotAsk("for its certificate authorities", err)
	}
	v := View{Evidence: evidence.Evidence{At: api.ServerTime(), CAs: cas}}
	v.Observed = rotation.Observe(v.Evidence, cursor)
	return v, nil
}

// until says when to stop reading the history.
type until func([]evidence.CA, []evidence.Product, *rotation.Version) func(evidence.Installation) bool

func (v *View) deployments(ctx context.Context, api Reader, cursor *rotation.Version, enough until) error {
	var err error
	if v.Evidence.Products, err = api.DeployedProducts(ctx); err != nil {
		return CannotAsk("for its deployed products", err)
	}
	if v.Evidence.History, err = api.Installations(ctx, enough(v.Evidence.CAs, v.Evidence.Products.List, cursor)); err != nil {
		return CannotAsk("for its installations", err)
	}
	v.Observed = rotation.Observe(v.Evidence, cursor)
	return nil
}

// certificates asks for the list of excluded certificates only where they are to be
// marked: for a decision where something not excluded stands in the way, for else
// it would not change the answer.
func (v *View) certificates(ctx context.Context, api Reader, cursor *rotation.Version, marked func(evidence.Evidence) bool) error {
	var err error
	if v.Evidence.Certificates, err = api.Certificates(ctx); err != nil {
		return CannotAsk("for its certificates", err)
	}
	if untold := v.Evidence.Certificates.OutdatedUntold; untold != "" {
		// A state rests on what is outdated, so the list is none for it.
		v.Evidence.Certificates = evidence.Certificates{Unknown: untold}
	}
	if marked(v.Evidence) || rotation.RenewedHinder(v.Evidence, cursor) {
		if err := v.markExcluded(ctx, api); err != nil {
			return err
		}
	}
	v.Observed = rotation.Observe(v.Evidence, cursor)
	return nil
}

func (v *View) markExcluded(ctx context.Context, api Reader) error {
	rows, err := excludedRows(ctx, api)
	if err != nil {
		return err
	}
	markRows(rows, v.Evidence.Certificates.List)
	v.excluded = &rows
	return nil
}

// Listing asks for every CA and certificate and for what a list of them needs: the
// version of Ops Manager, the names of the products, and which certificates are
// excluded from rotation. Five requests with the token not counted, and one more
// where certificates v1 is missing.
func Listing(ctx context.Context, api Reader) (evidence.Evidence, error) {
	var e evidence.Evidence
	info, err := api.Info(ctx)
	if err != nil {
		return e, CannotAsk("for its version", err)
	}
	e.OpsManager = info.Version
	if e.CAs, err = api.CertificateAuthorities(ctx); err != nil {
		return e, CannotAsk("for its certificate authorities", err)
	}
	if e.Products, err = api.DeployedProducts(ctx); err != nil {
		return e, CannotAsk("for its deployed products", err)
	}
	if e.Certificates, err = api.Certificates(ctx); err != nil {
		return e, CannotAsk("for its certificates", err)
	}
	if err := MarkExcluded(ctx, api, e.Certificates.List); err != nil {
		return e, err
	}
	e.At = api.ServerTime()
	return e, nil
}

// MarkExcluded marks the certificates that Ops Manager lists as excluded from
// rotation.
func MarkExcluded(ctx context.Context, api Reader, list []evidence.Certificate) error {
	rows, err := excludedRows(ctx, api)
	if err == nil {
		markRows(rows, list)
	}
	return err
}

// excludedRows asks for what is excluded.
func excludedRows(ctx context.Context, api Reader) (evidence.Certificates, error) {
	rows, err := api.ExcludedCertificates(ctx)
	if err != nil {
		return rows, CannotAsk("which certificates it excludes from rotation", err)
	}
	// A root CA is never excluded: a list with one in it is of all certificates, from who
	// does not know the question, and says nothing of exclusions.
	if slices.ContainsFunc(rows.List, func(c evidence.Certificate) bool { return strings.Contains(c.Name, ".root_ca.") }) {
		return evidence.Certificates{Unknown: "it lists all certificates where those are asked for that it excludes"}, nil
	}
	return rows, nil
}

func markRows(rows evidence.Certificates, list []evidence.Certificate) {
	// The products by the name of the certificate: several have one of the same name.
	excluded := map[string][]string{}
	for _, row := range rows.List {
		excluded[row.Name] = append(excluded[row.Name], row.ProductGUID)
	}
	for i, c := range list {
		if slices.ContainsFunc(excluded[c.Name], func(product string) bool { return sameProduct(c, product) }) {
			list[i].Excluded = true
		}
	}
}

// sameProduct tells whether a certificate is the product's of the same name. One of
// CredHub is known by its path alone, of which v0 names no product.
func sameProduct(c evidence.Certificate, product string) bool {
	return c.ProductGUID == product || strings.HasPrefix(c.Name, "/") && (c.ProductGUID == "" || product == "")
}
