package concourse

// Login is where an Ops Manager is, and how to log in to it.
type Login struct {
	Target string
	// CACert signed its web certificate, PEM.
	CACert string
	// A user's, or a UAA client's.
	Username, Password     string
	ClientID, ClientSecret string
	Passphrase             string
}

// settings are what the resource and om call each.
func (l Login) settings() []struct{ key, variable, value string } {
	return []struct{ key, variable, value string }{
		{"target", "OM_TARGET", l.Target}, {"ca_cert", "OM_CA_CERT", l.CACert},
		{"username", "OM_USERNAME", l.Username}, {"password", "OM_PASSWORD", l.Password},
		{"client_id", "OM_CLIENT_ID", l.ClientID}, {"client_secret", "OM_CLIENT_SECRET", l.ClientSecret},
		{"decryption_passphrase", "OM_DECRYPTION_PASSPHRASE", l.Passphrase},
	}
}

// Source is it as the resource's source.
func (l Login) Source() map[string]any {
	source := map[string]any{}
	for _, s := range l.settings() {
		if s.value != "" {
			source[s.key] = s.value
		}
	}
	return source
}

// Environ is it as variables of om and opsman-ca.
func (l Login) Environ() []string {
	var all []string
	for _, s := range l.settings() {
		if s.value != "" {
			all = append(all, s.variable+"="+s.value)
		}
	}
	return all
}
