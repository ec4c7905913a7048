package rig

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
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

// Environ is how om and opsman-ca are told where to go.
func (r *Rig) Environ() []string {
	variables := []string{"OM_TARGET=" + r.Target, "OM_CA_CERT=" + r.CACert, "OM_DECRYPTION_PASSPHRASE=" + passphrase}
	if r.Schedule.Client {
		variables = append(variables, "OM_CLIENT_ID="+Client, "OM_CLIENT_SECRET="+clientSecret)
	} else {
		variables = append(variables, "OM_USERNAME="+User, "OM_PASSWORD="+password)
	}
	if t := r.Schedule.RequestTimeout; t > 0 {
		variables = append(variables, fmt.Sprintf("OM_REQUEST_TIMEOUT=%d", int(t.Seconds())))
	}
	return variables
}

// Source is the resource's source.
func (r *Rig) Source() map[string]any {
	source := map[string]any{"target": r.Target, "ca_cert": r.CACert, "decryption_passphrase": passphrase}
	if r.Schedule.Client {
		source["client_id"], source["client_secret"] = Client, clientSecret
	} else {
		source["username"], source["password"] = User, password
	}
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
