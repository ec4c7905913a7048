package opsman

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

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
// the lock, then the login page.
func (c *Client) look(ctx context.Context) (state, string) {
	var info Info
	known := c.peek(ctx, infoPath, func(resp *http.Response) error {
		return decodeInfo(limited(resp.Body, smallLimit), &info)
	}) == nil
	switch {
	case known && info.SetupComplete != nil && !*info.SetupComplete:
		return stateNeverSetUp, "GET /api/v0/info says setup_complete: false"
	case known && info.Locked != nil && *info.Locked:
		return stateLocked, "GET /api/v0/info says locked: true"
	}
	state, seen := c.availability(ctx)
	if state == stateLocked && known && info.Locked != nil {
		// Info denies it.
		return stateUnknown, seen
	}
	return state, seen
}

const availabilityPath = "/login/ensure_availability"

// availability reads /login/ensure_availability, which redirects to the login
// when all is well. Where a locked Ops Manager redirects to is not documented:
// anywhere else on itself is taken for the lock.
func (c *Client) availability(ctx context.Context) (state, string) {
	found, seen := stateUnknown, ""
	err := c.peek(ctx, availabilityPath, func(resp *http.Response) error {
		seen = fmt.Sprintf("GET %s answers %s", availabilityPath, statusName(resp.StatusCode))
		switch {
		case isRedirect(resp.StatusCode):
			location, err := url.Parse(resp.Header.Get("Location"))
			if err != nil {
				return errors.New("its redirect cannot be read")
			}
			seen = fmt.Sprintf("GET %s redirects to %s", availabilityPath, cut(c.redact.line(location.Path), textLimit))
			found = c.destination(location)
		case resp.StatusCode == http.StatusOK:
			page, err := io.ReadAll(io.LimitReader(resp.Body, drainLimit))
			if err != nil {
				return err
			}
			if strings.Contains(string(page), "Waiting for authentication system to start") {
				found, seen = stateStarting, "its authentication system is starting"
			}
		}
		return nil
	})
	if err != nil {
		return stateUnknown, c.redact.line(err.Error())
	}
	return found, seen
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
