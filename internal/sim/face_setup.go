package sim

import (
	"encoding/json"
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// getInfo is GET /info; newer versions tell whether they are locked.
func (f *face) getInfo(*web.Call) web.Response {
	info := map[string]any{"version": f.opsmanVersion}
	if f.v.infoLocked() {
		info["locked"], info["setup_complete"] = f.locked, f.setUp
	}
	return web.OK(map[string]any{"info": info})
}

// putUnlock is PUT /unlock {"passphrase":"…"}; on an unlocked Ops Manager it
// does nothing and succeeds.
func (f *face) putUnlock(c *web.Call) web.Response {
	var body struct {
		Passphrase string `json:"passphrase"`
	}
	if err := json.Unmarshal(c.Content, &body); err != nil {
		return web.BadRequest("the body is not JSON")
	}
	if body.Passphrase != f.opts.Passphrase {
		return web.Problems(http.StatusForbidden, "Passphrase is incorrect")
	}
	if f.locked && !c.Dropped {
		f.locked = false
		f.uaa.Restart(0)
	}
	return web.OK(map[string]any{})
}

// getAvailability is GET /login/ensure_availability. Where a locked machine
// redirects to is not documented.
func (f *face) getAvailability(*web.Call) web.Response {
	switch {
	case f.locked:
		return web.Redirect("/unlock")
	case !f.setUp:
		return web.Redirect("/setup")
	case !f.uaa.Up():
		return web.Response{Status: http.StatusOK, HTML: "<html><body><p>Waiting for authentication system to start...</p></body></html>"}
	}
	return web.Redirect("/auth/cloudfoundry")
}

// postSetup is POST /setup.
func (f *face) postSetup(c *web.Call) web.Response {
	if f.setUp {
		return web.Problems(http.StatusUnprocessableEntity, "The application has already been set up")
	}
	var body struct {
		Setup struct {
			Passphrase   string `json:"decryption_passphrase"`
			Confirmation string `json:"decryption_passphrase_confirmation"`
			EULA         any    `json:"eula_accepted"`
			User         string `json:"admin_user_name"`
			Password     string `json:"admin_password"`
		} `json:"setup"`
	}
	if err := json.Unmarshal(c.Content, &body); err != nil {
		return web.BadRequest("the body is not JSON")
	}
	s := body.Setup
	if s.Passphrase == "" || s.Passphrase != s.Confirmation {
		return web.Problems(http.StatusUnprocessableEntity, "Decryption passphrase and its confirmation do not match")
	}
	if !c.Dropped {
		f.opts.Passphrase, f.uaa.Username, f.uaa.Password = s.Passphrase, s.User, s.Password
		f.setUp = true
	}
	return web.OK(map[string]any{})
}
