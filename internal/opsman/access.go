package opsman

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Access is target and login as one map, as a credential manager keeps them in one
// secret. Such a secret may have the fields of both logins with one pair empty, and
// texts alone: empty fields are left out, and true and false may be texts.
type Access struct {
	Target               string      `json:"target" empty:"absent" example:"https://opsman.example.com"`
	Username             string      `json:"username" empty:"absent" example:"admin"`
	Password             string      `json:"password" empty:"absent" example:"((opsman.password))"`
	ClientID             string      `json:"client_id" empty:"absent" example:"rotator"`
	ClientSecret         string      `json:"client_secret" empty:"absent" example:"((opsman.client_secret))"`
	CACert               string      `json:"ca_cert" empty:"absent" example:"((opsman.ca_cert))"`
	SkipSSLValidation    input.Truth `json:"skip_ssl_validation" empty:"absent" example:"true"`
	DecryptionPassphrase string      `json:"decryption_passphrase" empty:"absent" example:"((opsman.passphrase))"`
}

// AccessExample is a map that would be right, for messages.
const AccessExample = `{"target": "https://opsman.example.com", "username": "admin", "password": "…"}`

// Decode reads the map; at is its place. What a login lacks is New's to say.
func (a *Access) Decode(raw []byte, at string) []error {
	if string(bytes.TrimSpace(raw)) == "null" {
		return []error{&input.Problem{At: at, Text: "is null: expected a map with target and login, for example " + AccessExample}}
	}
	problems := input.Decode(raw, at, a)
	for i, problem := range problems {
		if p, ok := errors.AsType[*input.Problem](problem); ok && p.Key == "" {
			problems[i] = &input.Problem{At: p.At, Text: fmt.Sprintf("%s, for example %s", p.Text, AccessExample)}
		}
	}
	return problems
}

// Has tells whether a key is one of the map.
func (Access) Has(k setting.Key) bool {
	return slices.ContainsFunc(input.Fields(&Access{}), func(f input.Field) bool { return f.Key == string(k) })
}

// Beside is the problem of a map, called key, that is given beside other places of
// target and login.
func Beside(at, key string, places []string) *input.Problem {
	return &input.Problem{At: at, Text: fmt.Sprintf("is given beside %s: expected target and login in one place, so that those of two foundations are never mixed; leave out %s or the others",
		strings.Join(places, ", "), key)}
}

// Config is how to reach Ops Manager by it.
func (a Access) Config() Config {
	return Config{
		Target: a.Target, Username: a.Username, Password: a.Password,
		ClientID: a.ClientID, ClientSecret: a.ClientSecret, DecryptionPassphrase: a.DecryptionPassphrase,
		CACert: a.CACert, SkipSSLValidation: bool(a.SkipSSLValidation),
	}
}

// LogValue keeps the secrets out of logs.
func (a Access) LogValue() slog.Value { return a.Config().LogValue() }

// String shows the map without its secrets.
func (a Access) String() string { return a.Config().String() }

// Format makes every verb of fmt, %#v among them, show String.
func (a Access) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }
