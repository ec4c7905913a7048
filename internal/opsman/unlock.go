package opsman

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

// unlockPause is the time between two looks at an Ops Manager that starts.
const unlockPause = 5 * time.Second

// rescue finds out why Ops Manager does not answer as it should. A locked one
// is unlocked when there is a passphrase, and one that starts is waited for:
// then it is true and the call is worth repeating. The caller has the
// turn.
func (c *Client) rescue(ctx context.Context, x *exchange, cause error) (bool, error) {
	state, evidence, stranger := c.look(ctx)
	switch state {
	case stateNeverSetUp:
		return false, &NeverSetUpError{Target: c.target.String()}
	case stateStarting:
		c.log.InfoContext(ctx, "Ops Manager is starting", "seen", evidence)
		return true, c.awaitStart(ctx)
	case stateLocked:
		if c.cfg.DecryptionPassphrase == "" {
			return false, &LockedError{Target: c.target.String(), Evidence: evidence, Passphrase: c.names.Of(setting.DecryptionPassphrase)}
		}
		return true, c.unlock(ctx)
	}
	if ctx.Err() != nil {
		return false, ended(ctx)
	}
	if stranger && !c.met.Load() && !errors.As(cause, new(*RedirectError)) {
		return false, &NotOpsManagerError{
			Target: c.target.String(), Seen: fmt.Sprintf("%s %s: %s; %s", x.method, x.path, answerOf(cause), evidence),
			Setting: c.names.Of(setting.Target),
		}
	}
	return false, nil
}

// answerOf is what an answer was that made us look, without a judgement on it.
func answerOf(err error) string {
	var api *APIError
	var answered *unavailableAnswer
	switch {
	case errors.As(err, &api):
		return statusName(api.Status)
	case errors.As(err, &answered) && answered.html:
		return statusName(answered.status) + " with a page of HTML"
	case errors.As(err, &answered):
		return statusName(answered.status)
	}
	return "an answer that is not of Ops Manager's API"
}

// unlock gives Ops Manager the passphrase and waits until it has started.
func (c *Client) unlock(ctx context.Context) error {
	c.log.InfoContext(ctx, "Ops Manager is locked since its last reboot: unlocking it")
	body, err := json.Marshal(map[string]string{"passphrase": c.cfg.DecryptionPassphrase})
	if err != nil {
		return fmt.Errorf("cannot encode the decryption passphrase: %w", err)
	}
	// Unlocking twice does no harm, so this PUT is repeated like a GET.
	err = c.send(ctx, &exchange{
		method: http.MethodPut, path: "/api/v0/unlock", body: body, public: true, rescued: true, limit: smallLimit,
		read: func(*answer) error { return nil },
	})
	switch {
	case isStatus(err, http.StatusForbidden):
		return &WrongPassphraseError{Target: c.target.String(), Passphrase: c.names.Of(setting.DecryptionPassphrase)}
	case err != nil:
		return fmt.Errorf("cannot unlock Ops Manager: %w", err)
	}
	return c.awaitStart(ctx)
}

// awaitStart polls /login/ensure_availability until the login is there.
func (c *Client) awaitStart(ctx context.Context) error {
	began, waited := c.now(), time.Duration(0)
	for {
		state, seen, _ := c.availability(ctx)
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
			return &NotStartedError{Target: c.target.String(), For: spent, Last: seen, Limit: c.names.Of(setting.UnlockTimeout)}
		}
		c.log.DebugContext(ctx, "waiting for Ops Manager to start", "seen", seen)
		waited += unlockPause
		if err := c.pause(ctx, unlockPause); err != nil {
			return err
		}
	}
}

// state is what an Ops Manager without a login shows of itself.
type state int

const (
	stateUnknown state = iota
	stateReady
	stateStarting
	stateLocked
	stateNeverSetUp
)

// look asks what can be asked without a token: info, whose newest form names
// the lock, then the login page. It takes for a stranger what answers both as no
// Ops Manager does, not even one that restarts.
func (c *Client) look(ctx context.Context) (found state, evidence string, stranger bool) {
	var info Info
	known, foreign, answered := false, false, ""
	_ = c.peek(ctx, infoPath, func(resp *http.Response) error {
		answered = "GET " + infoPath + ": " + statusName(resp.StatusCode)
		if isForeign(resp) {
			foreign = true
			return nil
		}
		err := decodeInfo(limited(resp.Body, smallLimit), &info)
		known = err == nil
		if err != nil && resp.StatusCode == http.StatusOK {
			foreign, answered = true, answered+" without a version"
		}
		return err
	})
	switch {
	case known && info.SetupComplete != nil && !*info.SetupComplete:
		return stateNeverSetUp, "GET /api/v0/info says setup_complete: false", false
	case known && info.Locked != nil && *info.Locked:
		return stateLocked, "GET /api/v0/info says locked: true", false
	}
	found, seen, foreignLogin := c.availability(ctx)
	if found == stateLocked && known && info.Locked != nil {
		// Info denies it.
		return stateUnknown, seen, false
	}
	if found == stateUnknown && foreign && foreignLogin {
		return stateUnknown, answered + "; " + seen, true
	}
	return found, seen, false
}

// isForeign tells an answer that Ops Manager gives to no question without a token,
// whether it is locked, starts, or is down behind its web server. 400 and 423 may be
// a locked one's, 408, 425 and 429 ask for patience.
func isForeign(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusBadRequest, http.StatusRequestTimeout, http.StatusLocked, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return resp.StatusCode >= 400 && resp.StatusCode < 500
}

const availabilityPath = "/login/ensure_availability"

// availability reads /login/ensure_availability, which redirects to the login
// when all is well. Where a locked Ops Manager redirects to is not documented:
// anywhere else on itself is taken for the lock.
func (c *Client) availability(ctx context.Context) (found state, seen string, foreign bool) {
	err := c.peek(ctx, availabilityPath, func(resp *http.Response) error {
		seen = fmt.Sprintf("GET %s answers %s", availabilityPath, statusName(resp.StatusCode))
		switch {
		case isRedirect(resp.StatusCode):
			location, err := url.Parse(resp.Header.Get("Location"))
			if err != nil {
				return errors.New("its redirect cannot be read")
			}
			seen = fmt.Sprintf("GET %s redirects to %s", availabilityPath, shorten.Text(c.redact.line(location.Path), textLimit))
			found = c.destination(location)
		case resp.StatusCode == http.StatusOK:
			page, err := io.ReadAll(io.LimitReader(resp.Body, drainLimit))
			if err != nil {
				return err
			}
			if strings.Contains(string(page), "Waiting for authentication system to start") {
				found, seen = stateStarting, "its authentication system is starting"
				return nil
			}
			foreign = true
		default:
			foreign = isForeign(resp)
		}
		return nil
	})
	if err != nil {
		return stateUnknown, c.redact.line(err.Error()), false
	}
	return found, seen, foreign
}

func (c *Client) destination(location *url.URL) state {
	switch {
	case location.Host != "" && !strings.EqualFold(location.Hostname(), c.target.Hostname()):
		return stateUnknown
	case strings.HasPrefix(location.Path, "/auth/"):
		return stateReady
	case location.Path == "/setup" || strings.HasPrefix(location.Path, "/setup/"):
		return stateNeverSetUp
	}
	return stateLocked
}

// peek is one GET without token or retry.
func (c *Client) peek(ctx context.Context, path string, read func(*http.Response) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.target.String()+path, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() {
		_, _ = io.CopyN(io.Discard, resp.Body, drainLimit)
		_ = resp.Body.Close()
	}()
	return read(resp)
}
