package resource

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Source is how a pipeline configures the resource. The tags are the
// documentation too: a test keeps the table in docs/resource.md equal to them.
type Source struct {
	Target               string         `json:"target" required:"elsewhere" example:"https://opsman.example.com" doc:"URL of Ops Manager, https only; here or in opsman"`
	Username             string         `json:"username" example:"admin" doc:"Ops Manager user (internal or LDAP); goes with password"`
	Password             string         `json:"password" example:"((opsman.password))" doc:"password of username"`
	ClientID             string         `json:"client_id" example:"rotator" doc:"UAA client (needed with SAML and OIDC); goes with client_secret"`
	ClientSecret         string         `json:"client_secret" example:"((opsman.client_secret))" doc:"secret of client_id"`
	CACert               string         `json:"ca_cert" example:"((opsman.ca_cert))" doc:"PEM of the CA that signed Ops Manager's web certificate, trusted besides the system's"`
	SkipSSLValidation    bool           `json:"skip_ssl_validation" default:"false" example:"true" doc:"do not verify Ops Manager's web certificate"`
	DecryptionPassphrase string         `json:"decryption_passphrase" example:"((opsman.passphrase))" doc:"unlocks Ops Manager when a reboot has locked it"`
	Opsman               opsman.Access  `json:"opsman" example:"((opsman))" doc:"a secret of a credential manager as a whole, in the place of the keys above: a map with target, username and password or client_id and client_secret, and where needed ca_cert, skip_ssl_validation and decryption_passphrase"`
	ConnectTimeout       input.Duration `json:"connect_timeout" default:"10s" example:"30s" doc:"limit of connecting, TLS included"`
	RequestTimeout       input.Duration `json:"request_timeout" default:"30m" example:"1h" doc:"limit of one request; the CA calls can take long"`
	RetryFor             input.Duration `json:"retry_for" default:"2m" example:"5m" doc:"how long one call is repeated while Ops Manager cannot be reached"`
	UnlockTimeout        input.Duration `json:"unlock_timeout" default:"15m" example:"30m" doc:"how long to wait for Ops Manager after unlocking it"`
	Unrotated            []string       `json:"unrotated_certificates" example:"[\"/p-bosh/*/ipsec*\"]" doc:"names of certificates that Ops Manager is known not to rotate here (some tiles' own, IPsec); * stands for anything"`
	RotateBefore         Span           `json:"rotate_before" example:"6m" doc:"turns this into a trigger resource, for a rotation: it has a version once the active CA or a certificate that a rotation renews expires within this time (d, w, m, y)"`
	Expiring             Span           `json:"expiring" example:"30d" doc:"turns this into a trigger resource, for alerts: it has a version for every set of certificates, of any kind, that expire within this time (d, w, m, y)"`
	History              string         `json:"history" example:"2026-11-28" doc:"any text; another one lets Concourse begin the history of this resource anew, as another login does, and changes nothing else"`
	LogLevel             input.Level    `json:"log_level" default:"info" example:"debug" doc:"how much is logged: debug, info, warn or error"`

	// whole tells that target and login come as one map.
	whole bool
}

// The place of the source, and that of the map with target and login in it.
const (
	sourcePlace = "source"
	opsmanPlace = sourcePlace + ".opsman"
)

// readSource decodes a source, and lists every problem with it.
func readSource(raw []byte) (Source, []error) {
	var s Source
	problems := input.Decode(raw, sourcePlace, &s)
	var given map[string]json.RawMessage
	if json.Unmarshal(raw, &given) != nil {
		return s, problems // which say so
	}
	_, s.whole = given["opsman"]
	var beside []string
	for _, f := range input.Fields(&s.Opsman) {
		if _, found := given[f.Key]; found {
			beside = append(beside, sourcePlace+"."+f.Key)
		}
	}
	if s.whole && beside != nil {
		problems = append(problems, opsman.Beside(opsmanPlace, "opsman", beside))
	}
	return s, problems
}

// place is where target and login stand.
func (s Source) place() string {
	if s.whole {
		return opsmanPlace
	}
	return sourcePlace
}

// named is what a pipeline with this source calls a key.
func (s Source) named(k setting.Key) string {
	if s.whole && s.Opsman.Has(k) {
		return opsmanPlace + "." + string(k)
	}
	return named(k)
}

// LogValue keeps the secrets out of logs.
func (s Source) LogValue() slog.Value { return s.config().LogValue() }

// String keeps the secrets out of formatted output.
func (s Source) String() string { return s.config().LogValue().String() }

// named is what a pipeline calls a key: where it stands, and its name there.
func named(k setting.Key) string {
	for _, f := range input.Fields(&Source{}) {
		if f.Key == string(k) {
			return "source." + f.Key
		}
	}
	return "params." + string(k)
}

func (s Source) config() opsman.Config {
	login := s.Opsman
	if !s.whole {
		login = opsman.Access{
			Target: s.Target, Username: s.Username, Password: s.Password,
			ClientID: s.ClientID, ClientSecret: s.ClientSecret, DecryptionPassphrase: s.DecryptionPassphrase,
			CACert: s.CACert, SkipSSLValidation: input.Truth(s.SkipSSLValidation),
		}
	}
	c := login.Config()
	c.ConnectTimeout, c.RequestTimeout = time.Duration(s.ConnectTimeout), time.Duration(s.RequestTimeout)
	c.RetryFor, c.UnlockTimeout = time.Duration(s.RetryFor), time.Duration(s.UnlockTimeout)
	return c
}

// mode is what the versions of a resource are about. The source chooses it, once.
type mode interface {
	// check answers the versions from the cursor on.
	check(ctx context.Context, j *job) ([]map[string]string, error)
	// in writes a version, and what belongs to it.
	in(ctx context.Context, j *job) (response, error)
	// refusesPut says why a put makes no sense, nil where it does.
	refusesPut() error
}

// The keys of the source that make another mode of the resource.
const (
	rotateBeforeKey = "rotate_before"
	expiringKey     = "expiring"
)

// state is the mode without any of the keys: its versions are the state of the root CA.
type state struct{}

func (state) refusesPut() error { return nil }

// unclear is the mode where the keys are wrong: there are problems, and no version is
// looked at, which would be taken for one of another mode.
type unclear struct{}

func (unclear) check(_ context.Context, j *job) ([]map[string]string, error) {
	return nil, errors.Join(j.problems...)
}

func (unclear) in(_ context.Context, j *job) (response, error) {
	return response{}, errors.Join(j.problems...)
}

func (unclear) refusesPut() error { return nil }

// mode tells which one the source makes. Of a key that could not be read nothing more
// is said.
func (s Source) mode(known []error) (mode, error) {
	before, soon := s.RotateBefore.Within, s.Expiring.Within
	switch {
	case before != nil && soon != nil:
		return unclear{}, errors.New("source.rotate_before and source.expiring are given both, and a resource is for one of them: " +
			"make two resources, for example one with rotate_before: 6m and one with expiring: 30d")
	case input.Mentions(known, "source", rotateBeforeKey), input.Mentions(known, "source", expiringKey):
		return unclear{}, nil
	case before != nil:
		return rotateBefore{*before}, nil
	case soon != nil:
		return expiring{*soon}, nil
	}
	return state{}, nil
}

// keyOf is the key of the source whose versions look like this one, empty for the
// state's and for what is no version at all.
func keyOf(raw []byte) string {
	if _, problems := readVersion(raw, "", parseDue); len(problems) == 0 {
		return rotateBeforeKey
	}
	if _, problems := readVersion(raw, "", parseAlert); len(problems) == 0 {
		return expiringKey
	}
	return ""
}
