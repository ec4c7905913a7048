package sim

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Foundation is one simulated Ops Manager with what it deployed. It is an
// http.Handler; all methods may be called at the same time.
type Foundation struct {
	opts  Options
	v     version
	clock *clock
	mux   *http.ServeMux

	leafKeys, natsKeys, caKeys *keyring

	// ctx ends with Close; installations that run end with it.
	ctx    context.Context
	stop   context.CancelFunc
	runner sync.WaitGroup

	// mu guards all that follows. API handlers run under it, which is what queues
	// writes.
	mu          sync.Mutex
	authorities []*authority
	caCount     int
	leafCount   int
	records     []*leafRecord
	credhub     []*credhubCA
	// exclusions are what no rotation touches now: ownExclusions, the server's own
	// list, or the one that a call gave (facts §3.9, §8).
	exclusions, ownExclusions []string
	// listed are certificates that no rotation changes.
	listed   []certificate
	products []*product
	// outsiders are the deployments that no tile made.
	outsiders []*product
	// installations, oldest first; they keep their own ids when pruned.
	installations []*installation
	lastID        int
	deploys       int
	meetingCount  int
	director      directorSettings
	vmDelay       time.Duration

	// autoDNS is the deployed director's option (facts §4.8).
	autoDNS bool

	opsmanVersion string
	uaa           uaa
	locked        bool
	setUp         bool
	certCache     certificateCache
	faults        []*fault
	faultCount    int
	ledger        ledger
	changed       chan struct{}
}

// New makes a running foundation: one active root CA, everything deployed by the
// installations of its history.
func New(o Options) (*Foundation, error) {
	o = o.withDefaults()
	f := &Foundation{
		opts: o, v: parseVersion(o.Version), clock: newClock(o.Now),
		leafKeys: sharedKeyring("leaf", o.LeafKeyBits), natsKeys: sharedKeyring("nats", o.KeyBits), caKeys: sharedKeyring("ca", o.KeyBits),
		ownExclusions: []string{servicesTLSCA}, vmDelay: max(o.VMDelay, 0),
		opsmanVersion: o.Version, setUp: !o.NotSetUp, changed: make(chan struct{}),
		director: newDirectorSettings(o), ledger: ledger{keep: o.KeepRequests},
	}
	if o.FreshKeys {
		f.caKeys = newKeyring(o.KeyBits)
	}
	if f.v == (version{}) {
		return nil, fmt.Errorf("version %q of Ops Manager is not understood: write it as 3.0.25-build.1261", o.Version)
	}
	f.uaa = newUAA()
	f.autoDNS = f.director.flag(automaticRotationFlag)
	f.ctx, f.stop = context.WithCancel(context.Background())
	f.mux = f.routes()
	f.buildProducts()
	if f.knownCertificates() {
		f.placeKnown()
	} else {
		f.buildCredHub()
	}
	f.placeSubCAs()
	f.buildNonTiles()
	seed := f.seed
	if f.opts.Known != nil {
		seed = f.seedKnown
	}
	err := seed()
	if err == nil {
		err = f.firstOutsiders()
	}
	if err != nil {
		f.stop()
		return nil, fmt.Errorf("build the foundation: %w", err)
	}
	f.weatherHistory()
	f.leaveInstancesBehind()
	return f, nil
}

// Close ends what runs in the background.
func (f *Foundation) Close() {
	f.stop()
	f.runner.Wait()
}

// seed is the foundation's past: its CA, its leaves, its installations.
func (f *Foundation) seed() error {
	now := f.clock.now()
	born, leavesFrom := now.Add(-f.opts.CAAge).Truncate(time.Second), now.Add(-f.opts.LeafAge).Truncate(time.Second)
	root, err := f.firstAuthority(born)
	if err != nil {
		return err
	}
	root.active = true
	if f.opts.LeftoverCA {
		former, err := f.newAuthority(born.Add(-f.opts.CAValidity))
		if err != nil {
			return err
		}
		f.authorities = append(f.authorities, former)
	}
	f.authorities = append(f.authorities, root)
	for _, r := range f.records {
		if err := f.issueFirst(r, root, leavesFrom); err != nil {
			return err
		}
	}
	f.firstVersions(born, leavesFrom)
	f.seedInstallation(kindAddition, born.Add(10*time.Minute), usualRoll)
	f.seedInstallation(kindUnchanged, leavesFrom.Add(20*time.Minute), usualRoll)
	f.fillHistory(leavesFrom.Add(day), now)
	f.selectiveHistory(leavesFrom.Add(day), now)
	f.listMore(leavesFrom)
	return nil
}

// usualRoll is how long a product took in the past.
const usualRoll = 20 * time.Minute

// seedInstallation is an installation that succeeded for everything at that
// time; each product took as long.
func (f *Foundation) seedInstallation(kind string, at time.Time, took time.Duration) {
	p := f.newPlan(applyRequest{force: true, past: true})
	in := f.newInstallation(p, "admin", at)
	for _, c := range in.changes {
		c.kind, c.status, c.started, c.finished = kind, successful, at, at.Add(took)
		for _, d := range c.product.deployments() {
			for _, v := range d.vms {
				f.roll(v, p, true)
			}
			d.take(p, true)
		}
		f.deploys++
		c.product.deployedAt = f.deploys
		at = c.finished
	}
	in.past = true
	in.finish(succeeded, at)
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
