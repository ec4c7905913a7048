package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pivotal-cf/om/api"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Request is what to apply and how patiently. Zero durations mean the
// defaults named at each field.
type Request struct {
	// Needed says whether something is outstanding that Ops Manager's pending
	// changes do not show. It is asked after every wait, as the installation
	// waited for may have done it. Nil leaves it to the pending changes alone.
	Needed func(context.Context) (Need, error)
	// LeaveStaged takes staged changes alone for no reason to apply: they are
	// named and left.
	LeaveStaged bool
	// Force applies even when nothing is outstanding.
	Force bool

	// Names are what the operator calls what is in a request, for sentences.
	Names setting.Names

	// Products has to be empty: changes are always applied to all products. It
	// is here so that a request for a selective deploy is refused by name.
	Products []string
	// ErrandsFile is om's errand configuration (om apply-changes --config).
	ErrandsFile string
	// ErrandsText is the same, itself instead of a file of it; one of the two is given.
	ErrandsText string
	// ServiceErrands runs every tile's errand that brings new certificates to
	// its service instances (upgrade-all…, and recreate-all… with RecreateVMs),
	// unless the errand configuration says otherwise of it.
	ServiceErrands bool
	// RecreateVMs recreates every VM, the director's among them.
	RecreateVMs bool
	// ForceLatestVariables deploys the newest version of every BOSH variable
	// even where no stemcell changes.
	ForceLatestVariables bool
	// IgnoreWarnings passes over verifiers that may be ignored.
	IgnoreWarnings bool

	// Attempts is how often changes are applied when an installation fails;
	// 1 unless set.
	Attempts int
	// IgnoreInstallations are ids of installations that Ops Manager calls
	// running although an operator knows them to be dead.
	IgnoreInstallations []int

	// WaitFor limits all waiting for installations of others together; 12h.
	WaitFor time.Duration
	// StuckAfter is how long an installation may run without a new line in its
	// log or a product going on; 6h, as an errand that upgrades every service
	// instance is silent until its end.
	StuckAfter time.Duration
	// Patience is how long Ops Manager may fail to answer while an
	// installation runs; 30m.
	Patience time.Duration
	// Poll is the pause between two looks at an installation; 10s, as om's.
	Poll time.Duration
	// Heartbeat is the silence after which the elapsed time is written, and the
	// pause between two looks at the products while om runs; 1m.
	Heartbeat time.Duration
}

// Need is whether changes have to be applied, and why (or why not), as half a
// sentence: "the candidate 3f2a… is not deployed yet".
type Need struct {
	Apply bool
	Why   string
	// Recreate says why VMs have to be recreated, whatever the request says; "" where
	// they need not be.
	Recreate string
	// ForceLatestVariables says why the newest version of every variable has to be
	// deployed, whatever the request says; "" where it need not be.
	ForceLatestVariables string
	// Others are changes of other operators that go along, as Ops Manager deploys
	// everything that is staged: "update of TAS".
	Others []string
	// With is what they go along with; the rotation's changes if empty.
	With string
}

func (r Request) withDefaults() Request {
	r.Attempts = max(r.Attempts, 1)
	for _, d := range []struct {
		value *time.Duration
		unset time.Duration
	}{
		{&r.WaitFor, 12 * time.Hour},
		{&r.StuckAfter, 6 * time.Hour},
		{&r.Patience, 30 * time.Minute},
		{&r.Poll, 10 * time.Second},
		{&r.Heartbeat, time.Minute},
	} {
		if *d.value == 0 {
			*d.value = d.unset
		}
	}
	return r
}

// check refuses what cannot be done, with every problem at once.
func (r Request) check(environ []string) error {
	problems := []error{r.refuseSelective(environ)}
	for name, value := range map[string]time.Duration{
		"wait for": r.WaitFor, "stuck after": r.StuckAfter, "patience": r.Patience, "poll": r.Poll, "heartbeat": r.Heartbeat,
	} {
		if value < 0 {
			problems = append(problems, fmt.Errorf("the duration %q is negative (%s): give one such as 30m", name, value))
		}
	}
	if r.Attempts < 0 {
		problems = append(problems, fmt.Errorf("attempts is %d: give 1 or more", r.Attempts))
	}
	return errors.Join(problems...)
}

// refuseSelective refuses to deploy some products only: a root CA is rotated
// on all of them or not at all.
func (r Request) refuseSelective(environ []string) error {
	var asked []string
	if len(r.Products) > 0 {
		asked = append(asked, "products "+strings.Join(r.Products, ", "))
	}
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		if slices.Contains(selective, name) && value != "" && value != "false" && value != "[]" {
			asked = append(asked, "the environment variable "+name)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	return fmt.Errorf("a selective deploy is refused (%s): a product that is left out keeps the old certificates and loses its foundation in a later phase, so changes are applied to all products; remove the selection",
		strings.Join(asked, " and "))
}

// selective are the environment variables by which pipelines select products.
var selective = []string{"OM_PRODUCT_NAME", "OM_PRODUCT_NAMES", "OM_SKIP_DEPLOY_PRODUCTS", "PRODUCT_NAMES", "PRODUCTS", "SKIP_DEPLOY_PRODUCTS", "SELECTIVE_DEPLOY_PRODUCTS"}

// OpsManager is a client with what supervision asks of Ops Manager, by GET alone.
type OpsManager interface {
	// Installations reads from the newest on, and may stop after the one for
	// which enough is true.
	Installations(ctx context.Context, enough func(evidence.Installation) bool) (evidence.History, error)
	// Installation has the status of one installation, and maybe no changes.
	Installation(ctx context.Context, id int) (evidence.Installation, error)
	// InstallationLogs is the whole log so far, byte for byte.
	InstallationLogs(ctx context.Context, id int) (string, error)
	DeployedProducts(ctx context.Context) (evidence.Products, error)
	PendingChanges(ctx context.Context) (evidence.Pending, error)
	// NoInstallationRunning tells that Ops Manager denies that one is in progress.
	NoInstallationRunning(ctx context.Context) bool
	// Redact takes secrets out of what om prints, as they are taken out of what Ops
	// Manager answers.
	Redact(text string) string
	// ServerTime is Ops Manager's clock as its last answer told it, zero before.
	ServerTime() time.Time
}

// Errands are the staged and deployed products and their errands, as om's own
// api.Api gives them.
type Errands interface {
	ListStagedProducts() (api.StagedProductsOutput, error)
	ListDeployedProducts() ([]api.DeployedProductOutput, error)
	ListStagedPendingChanges() (api.PendingChangesOutput, error)
	ListStagedProductErrands(productGUID string) (api.ErrandsListOutput, error)
}

// Clock is the time, so that tests need none.
type Clock interface {
	Now() time.Time
	After(time.Duration) <-chan time.Time
}

// Deps are what Run works with.
type Deps struct {
	OpsManager OpsManager
	// Errands are needed for a request with an errand configuration or ServiceErrands.
	Errands Errands
	Om      Om
	// Environ is this program's environment; om gets it without its OM_…
	// variables.
	Environ []string
	Console *console.Console
	// Clock is the machine's unless set.
	Clock Clock
}

func (d Deps) check(r Request) error {
	var problems []error
	if d.OpsManager == nil || d.Console == nil {
		problems = append(problems, errors.New("apply needs an Ops Manager client and a console"))
	}
	if d.Errands == nil && (r.hasErrands() || r.ServiceErrands) {
		problems = append(problems, errors.New("apply needs the staged errands to plan which ones run"))
	}
	return errors.Join(append(problems, d.Om.check())...)
}

type wallClock struct{}

// Now implements Clock.
func (wallClock) Now() time.Time { return time.Now() }

// After implements Clock.
func (wallClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
