package omenv

import "cmp"

// settings are the flags as a place of settings.
func (f Flags) settings() settings {
	s := settings{Target: f.Target, Username: f.Username, ClientID: f.ClientID, CACert: f.CACert}
	if f.SkipSSLValidation {
		s.SkipSSLValidation = &f.SkipSSLValidation
	}
	return s
}

// merge takes the places in the order given, the nearest first. A user and a
// client may come from different places: the kind of credentials of the nearest
// place that has any wins, because om's env file may hold the other.
func merge(places ...settings) settings {
	user, client := credentials(places)
	var merged settings
	for _, p := range places {
		if !user {
			p.Username, p.Password = "", ""
		}
		if !client {
			p.ClientID, p.ClientSecret = "", ""
		}
		merged = settings{
			Target:               cmp.Or(merged.Target, p.Target),
			UAATarget:            cmp.Or(merged.UAATarget, p.UAATarget),
			Username:             cmp.Or(merged.Username, p.Username),
			Password:             cmp.Or(merged.Password, p.Password),
			ClientID:             cmp.Or(merged.ClientID, p.ClientID),
			ClientSecret:         cmp.Or(merged.ClientSecret, p.ClientSecret),
			DecryptionPassphrase: cmp.Or(merged.DecryptionPassphrase, p.DecryptionPassphrase),
			CACert:               cmp.Or(merged.CACert, p.CACert),
			SkipSSLValidation:    cmp.Or(merged.SkipSSLValidation, p.SkipSSLValidation),
			ConnectTimeout:       cmp.Or(merged.ConnectTimeout, p.ConnectTimeout),
			RequestTimeout:       cmp.Or(merged.RequestTimeout, p.RequestTimeout),
		}
	}
	return merged
}

// credentials are what the nearest place with credentials has; both, where one place has
// both, is for the client to refuse.
func credentials(places []settings) (user, client bool) {
	for _, p := range places {
		user, client = p.Username != "" || p.Password != "", p.ClientID != "" || p.ClientSecret != ""
		if user || client {
			break
		}
	}
	return user, client
}
