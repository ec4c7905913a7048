package sim

import (
	"encoding/json"
	"net/http"
)

// getInfo is GET /info; newer versions tell whether they are locked.
func (f *Foundation) getInfo(*call) response {
	info := map[string]any{"version": f.opsmanVersion}
	if f.v.infoLocked() {
		info["locked"], info["setup_complete"] = f.locked, f.setUp
	}
	return ok(map[string]any{"info": info})
}

// putUnlock is PUT /unlock {"passphrase":"…"}; on an unlocked Ops Manager it
// does nothing and succeeds.
func (f *Foundation) putUnlock(c *call) response {
	var body struct {
		Passphrase string `json:"passphrase"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return badRequest("the body is not JSON")
	}
	if body.Passphrase != f.opts.Passphrase {
		return problems(http.StatusForbidden, "Passphrase is incorrect")
	}
	if f.locked && !c.dropped {
		f.locked = false
		f.uaa.restart(f.opts.UAADowntime)
	}
	return ok(map[string]any{})
}

// getAvailability is GET /login/ensure_availability. Where a locked machine
// redirects to is not documented.
func (f *Foundation) getAvailability(*call) response {
	switch {
	case f.locked:
		return redirect("/unlock")
	case !f.setUp:
		return redirect("/setup")
	case !f.uaa.up():
		return response{status: http.StatusOK, html: "<html><body><p>Waiting for authentication system to start...</p></body></html>"}
	}
	return redirect("/auth/cloudfoundry")
}

// postSetup is POST /setup.
func (f *Foundation) postSetup(c *call) response {
	if f.setUp {
		return problems(http.StatusUnprocessableEntity, "The application has already been set up")
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
	if err := json.Unmarshal(c.body, &body); err != nil {
		return badRequest("the body is not JSON")
	}
	s := body.Setup
	if s.Passphrase == "" || s.Passphrase != s.Confirmation {
		return problems(http.StatusUnprocessableEntity, "Decryption passphrase and its confirmation do not match")
	}
	if !c.dropped {
		f.opts.Passphrase, f.opts.Username, f.opts.Password = s.Passphrase, s.User, s.Password
		f.setUp = true
	}
	return ok(map[string]any{})
}
