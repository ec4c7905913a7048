package opsman

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// unlockPause is the time between two looks at an Ops Manager that starts.
const unlockPause = 5 * time.Second

// rescue finds out why Ops Manager does not answer as it should. A locked one
// is unlocked when there is a passphrase, and one that starts is waited for:
// then it is true and the call is worth repeating. Whoever calls it has the
// turn.
func (c *Client) rescue(ctx context.Context) (bool, error) {
	state, evidence := c.look(ctx)
	switch state {
	case stateNeverSetUp:
		return false, &NeverSetUpError{Target: c.target.String()}
	case stateStarting:
		c.log.InfoContext(ctx, "Ops Manager is starting", "seen", evidence)
		return true, c.awaitStart(ctx)
	case stateLocked:
		if c.cfg.DecryptionPassphrase == "" {
			return false, &LockedError{Target: c.target.String(), Evidence: evidence}
		}
		return true, c.unlock(ctx)
	}
	if ctx.Err() != nil {
		return false, ended(ctx)
	}
	return false, nil
}

// unlock gives Ops Manager the passphrase and waits until it has started.
func (c *Client) unlock(ctx context.Context) error {
	c.log.InfoContext(ctx, "Ops Manager is locked since its last reboot: unlocking it")
	body, err := json.Marshal(map[string]string{"passphrase": c.cfg.DecryptionPassphrase})
	if err != nil {
		return fmt.Errorf("cannot encode decryption_passphrase: %w", err)
	}
	// Unlocking twice does no harm, so this PUT is repeated like a GET.
	err = c.send(ctx, &exchange{
		method: http.MethodPut, path: "/api/v0/unlock", body: body, public: true, rescued: true, limit: smallLimit,
		read: func(*answer) error { return nil },
	})
	switch {
	case isStatus(err, http.StatusForbidden):
		return &WrongPassphraseError{Target: c.target.String()}
	case err != nil:
		return fmt.Errorf("cannot unlock Ops Manager: %w", err)
	}
	return c.awaitStart(ctx)
}

// awaitStart polls /login/ensure_availability until the login is there.
func (c *Client) awaitStart(ctx context.Context) error {
	began, waited := c.now(), time.Duration(0)
	for {
		state, seen := c.availability(ctx)
		switch state {
		case stateReady:
			c.log.InfoContext(ctx, "Ops Manager has started")
			return nil
		case stateNeverSetUp:
			return &NeverSetUpError{Target: c.target.String()}
		}
		if ctx.Err() != nil {
			return ended(ctx)
		}
		if spent := max(waited, c.now().Sub(began)); spent+unlockPause > c.cfg.UnlockTimeout {
			return &NotStartedError{Target: c.target.String(), For: spent, Last: seen}
		}
		c.log.DebugContext(ctx, "waiting for Ops Manager to start", "seen", seen)
		waited += unlockPause
		if err := c.sleep(ctx, unlockPause); err != nil {
			return err
		}
	}
}
