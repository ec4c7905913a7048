package apply

import (
	"context"
	"errors"
	"time"

	"github.com/pivotal-cf/om/api"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// OpsManager is what supervision asks of Ops Manager, by GET alone.
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
	// ServerTime is Ops Manager's clock as its last answer told it, zero before.
	ServerTime() time.Time
}

// Errands are the staged products and their errands, as om's own api.Api
// gives them.
type Errands interface {
	ListStagedProducts() (api.StagedProductsOutput, error)
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
	// Errands are needed for a request with an ErrandsFile or ServiceErrands.
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
	if d.Errands == nil && (r.ErrandsFile != "" || r.ServiceErrands) {
		problems = append(problems, errors.New("apply needs the staged errands to plan which ones run"))
	}
	return errors.Join(append(problems, d.Om.check())...)
}

type wallClock struct{}

// Now implements Clock.
func (wallClock) Now() time.Time { return time.Now() }

// After implements Clock.
func (wallClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
