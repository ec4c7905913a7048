package resource

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Source is how a pipeline configures the resource. The tags are the
// documentation too: a test keeps the README's table equal to them.
type Source struct {
	Target               string         `json:"target" required:"elsewhere" example:"https://opsman.example.com" doc:"URL of Ops Manager, https only"`
	Username             string         `json:"username" example:"admin" doc:"Ops Manager user (internal or LDAP); goes with password"`
	Password             string         `json:"password" example:"((opsman.password))" doc:"password of username"`
	ClientID             string         `json:"client_id" example:"rotator" doc:"UAA client (needed with SAML and OIDC); goes with client_secret"`
	ClientSecret         string         `json:"client_secret" example:"((opsman.client_secret))" doc:"secret of client_id"`
	CACert               string         `json:"ca_cert" example:"((opsman.ca_cert))" doc:"PEM of the CA that signed Ops Manager's web certificate, trusted besides the system's"`
	SkipSSLValidation    bool           `json:"skip_ssl_validation" default:"false" example:"true" doc:"do not verify Ops Manager's web certificate"`
	DecryptionPassphrase string         `json:"decryption_passphrase" example:"((opsman.passphrase))" doc:"unlocks Ops Manager when a reboot has locked it"`
	ConnectTimeout       input.Duration `json:"connect_timeout" default:"10s" example:"30s" doc:"limit of connecting, TLS included"`
	RequestTimeout       input.Duration `json:"request_timeout" default:"30m" example:"1h" doc:"limit of one request; the CA calls can take long"`
	RetryFor             input.Duration `json:"retry_for" default:"2m" example:"5m" doc:"how long one call is repeated while Ops Manager cannot be reached"`
	UnlockTimeout        input.Duration `json:"unlock_timeout" default:"15m" example:"30m" doc:"how long to wait for Ops Manager after unlocking it"`
	Unrotated            []string       `json:"unrotated_certificates" example:"[\"/p-bosh/*/ipsec*\"]" doc:"names of certificates that Ops Manager is known not to rotate here (some tiles' own, IPsec); * stands for anything"`
	RotateBefore         Span           `json:"rotate_before" example:"6m" doc:"turns this into a trigger resource, for a rotation: it has a version once the active CA or a certificate that a rotation renews expires within this time (d, w, m, y)"`
	Expiring             Span           `json:"expiring" example:"30d" doc:"turns this into a trigger resource, for alerts: it has a version for every set of certificates, of any kind, that expire within this time (d, w, m, y)"`
	LogLevel             input.Level    `json:"log_level" default:"info" example:"debug" doc:"how much is logged: debug, info, warn or error"`
}

// LogValue keeps the secrets out of logs.
func (s Source) LogValue() slog.Value { return s.config().LogValue() }

// String keeps the secrets out of formatted output.
func (s Source) String() string { return s.config().LogValue().String() }

// inSource are the client's problems with the source. Of a key that could not be read
// nothing more is said: it is not missing as well.
func inSource(err error, known []error) []error {
	var all []error
	for _, problem := range input.Problems(err) {
		p, ok := errors.AsType[*input.Problem](problem)
		unread := func(k setting.Key) bool { return input.Mentions(known, "source", string(k)) }
		switch {
		case !ok || p.Key == "" && !slices.ContainsFunc(p.With, unread):
			all = append(all, fmt.Errorf("source: %w", problem))
		case p.Key != "" && !unread(setting.Key(p.Key)) && !slices.ContainsFunc(p.With, unread):
			all = append(all, fmt.Errorf("%s %s", named(setting.Key(p.Key)), p.Text))
		}
	}
	return all
}

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
	return opsman.Config{
		Target: s.Target, Username: s.Username, Password: s.Password,
		ClientID: s.ClientID, ClientSecret: s.ClientSecret, DecryptionPassphrase: s.DecryptionPassphrase,
		CACert: s.CACert, SkipSSLValidation: s.SkipSSLValidation,
		ConnectTimeout: time.Duration(s.ConnectTimeout), RequestTimeout: time.Duration(s.RequestTimeout),
		RetryFor: time.Duration(s.RetryFor), UnlockTimeout: time.Duration(s.UnlockTimeout),
	}
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
