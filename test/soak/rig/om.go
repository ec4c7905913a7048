package rig

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
)

// wrapOm puts an om first on the PATH that notes its process id and its
// arguments, and is then the real one.
func (r *Rig) wrapOm() error {
	if err := os.MkdirAll(r.Path("bin"), 0o700); err != nil {
		return fmt.Errorf("make the folder of om: %w", err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho $$ >> '%s'\nprintf '%%s\\n' \"$*\" >> '%s'\nexec '%s' \"$@\"\n", r.Path("om.pids"), r.Path("om.args"), r.realOm())
	return r.write(filepath.Join("bin", "om"), []byte(script), 0o700)
}

// Om is the path of om for the procedure.
func (r *Rig) Om() string { return r.Path("bin", "om") }

func (r *Rig) realOm() string { return filepath.Join(r.binaries, "om-quick") }

// login is how the procedure logs in.
func (r *Rig) login() concourse.Login {
	l := concourse.Login{Target: r.Target, CACert: r.CACert, Passphrase: passphrase}
	if r.Schedule.Client {
		l.ClientID, l.ClientSecret = Client, clientSecret
	} else {
		l.Username, l.Password = User, password
	}
	return l
}

// Environ is how om and opsman-ca are told where to go.
func (r *Rig) Environ() []string {
	variables := r.login().Environ()
	if t := r.Schedule.RequestTimeout; t > 0 {
		variables = append(variables, fmt.Sprintf("OM_REQUEST_TIMEOUT=%d", int(t.Seconds())))
	}
	return variables
}

// Source is the resource's source.
func (r *Rig) Source() map[string]any {
	source := r.login().Source()
	if t := r.Schedule.RequestTimeout; t > 0 {
		source["request_timeout"] = t.String()
	}
	return source
}

// Passphrase unlocks the foundation.
func (r *Rig) Passphrase() string { return passphrase }

// Login is what UAA is sent: a client's id and secret, and the form.
func (r *Rig) Login() (id, secret string, form url.Values) {
	if r.Schedule.Client {
		return Client, clientSecret, url.Values{"grant_type": {"client_credentials"}, "token_format": {"jwt"}}
	}
	return "opsman", "", url.Values{"grant_type": {"password"}, "client_id": {"opsman"}, "username": {User}, "password": {password}, "token_format": {"jwt"}}
}
