package sim

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/internal/sim/uaa"
)

// Foundation is one simulated Ops Manager with what it deployed. It is an
// http.Handler; all methods may be called at the same time.
type Foundation struct {
	opts  Options
	v     version
	clock *clock
	face  *face

	// ctx ends with Close; installations that run end with it.
	ctx    context.Context
	stop   context.CancelFunc
	runner sync.WaitGroup

	// mu guards all that follows. API handlers run under it, which is what queues
	// writes.
	mu sync.Mutex

	// What the foundation has.
	authorities *authorities.Store
	credhub     *credhub.Store
	deployments
	history  history
	director directorSettings
	// records are the certificates that Ops Manager holds, listed those that no rotation
	// changes.
	records []*leafRecord
	listed  []certificate
	// autoDNS is the deployed director's option (facts §4.8).
	autoDNS bool
	// deploys counts deployments of products, meetingCount handshakes to be made.
	deploys, meetingCount int
	// born: a service instance was born since generate, as the options say.
	born    bool
	vmDelay time.Duration

	// What lets a caller in.
	opsmanVersion string
	uaa           *uaa.UAA
	locked, setUp bool

	// What tests ask for and look at.
	faults  faults.Set
	ledger  ledger
	changed chan struct{}
}

// New makes a running foundation: one active root CA, everything deployed by the
// installations of its history.
func New(o Options) (*Foundation, error) {
	o = o.withDefaults()
	f := &Foundation{
		opts: o, v: parseVersion(o.Version), clock: newClock(o.Now),
		authorities: authorities.New(authorities.Settings{
			Validity: o.CAValidity, CreatedOnNotBefore: o.CreatedOnNotBefore, LateLeaves: o.LateLeaves,
			KeyBits: o.KeyBits, LeafKeyBits: o.LeafKeyBits, FreshKeys: o.FreshKeys,
		}),
		credhub: credhub.New(credhub.Settings{CAValidity: o.CAValidity, LeafValidity: o.LeafValidity}), vmDelay: max(o.VMDelay, 0),
		history: history{plain: o.PlainLogs}, opsmanVersion: o.Version, setUp: !o.NotSetUp, changed: make(chan struct{}),
		director: newDirectorSettings(o), ledger: ledger{keep: o.KeepRequests},
	}
	if f.v == (version{}) {
		return nil, fmt.Errorf("version %q of Ops Manager is not understood: write it as 3.0.25-build.1261", o.Version)
	}
	f.uaa = uaa.New(uaa.Settings{
		Username: o.Username, Password: o.Password, ClientID: o.ClientID, ClientSecret: o.ClientSecret,
		Scope: o.Scope, NoTokenScope: o.NoTokenScope, TokenTTL: o.TokenTTL, OpaqueLogout: o.OpaqueLogout,
		// Tokens expire by the foundation's clock, but for its pacing.
		Downtime: o.UAADowntime, Now: f.clock.unpaced,
	})
	f.autoDNS = f.director.flag(automaticRotationFlag)
	f.ctx, f.stop = context.WithCancel(context.Background())
	f.face = &face{Foundation: f}
	if err := (builder{f}).build(); err != nil {
		f.stop()
		return nil, fmt.Errorf("build the foundation: %w", err)
	}
	return f, nil
}

// Close ends what runs in the background.
func (f *Foundation) Close() {
	f.stop()
	f.runner.Wait()
}

// signal wakes those who wait for a change of state. The caller holds mu.
func (f *Foundation) signal() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// await blocks until done, called under mu, is true.
func (f *Foundation) await(ctx context.Context, done func() bool) error {
	for {
		f.mu.Lock()
		ok, changed := done(), f.changed
		f.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for the simulator: %w", ctx.Err())
		case <-f.ctx.Done():
			return fmt.Errorf("waiting for the simulator: %w", f.ctx.Err())
		}
	}
}

// update changes state and tells those who wait.
func (f *Foundation) update(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	f.signal()
}
