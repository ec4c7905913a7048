package opsman

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Defaults of Config's durations.
const (
	DefaultConnectTimeout = 10 * time.Second
	// DefaultRequestTimeout is long because the CA calls wait for CredHub
	// Maestro on the Ops Manager VM.
	DefaultRequestTimeout = 30 * time.Minute
	DefaultRetryFor       = 2 * time.Minute
	DefaultUnlockTimeout  = 15 * time.Minute
)

// Config says which Ops Manager to talk to, and as whom: either Username and
// Password, or ClientID and ClientSecret.
type Config struct {
	// Target is "opsman.example.com" or "https://opsman.example.com"; a path
	// is ignored because Ops Manager always sits at the root.
	Target               string
	Username             string
	Password             string `json:"-"`
	ClientID             string
	ClientSecret         string `json:"-"`
	DecryptionPassphrase string `json:"-"`
	// CACert is PEM, trusted in addition to the system's certificates.
	CACert            string
	SkipSSLValidation bool
	// ConnectTimeout limits TCP connect and TLS handshake, RequestTimeout one
	// request with its answer, RetryFor all repetitions of one call together,
	// UnlockTimeout the start of Ops Manager after it was unlocked. Zero means
	// the default.
	ConnectTimeout time.Duration
	RequestTimeout time.Duration
	RetryFor       time.Duration
	UnlockTimeout  time.Duration
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{
		{&c.ConnectTimeout, DefaultConnectTimeout},
		{&c.RequestTimeout, DefaultRequestTimeout},
		{&c.RetryFor, DefaultRetryFor},
		{&c.UnlockTimeout, DefaultUnlockTimeout},
	} {
		if *d.value == 0 {
			*d.value = d.fallback
		}
	}
	return c
}

// problems lists everything wrong with the configuration, except target and
// ca_cert, which are judged where they are parsed.
func (c Config) problems() error {
	var errs []error
	byUser := c.Username != "" || c.Password != ""
	byClient := c.ClientID != "" || c.ClientSecret != ""
	wrong := func(k setting.Key, text string, with ...setting.Key) {
		errs = append(errs, &input.Problem{Key: string(k), Text: text, With: with})
	}
	switch {
	case byUser && byClient:
		wrong("", "both username/password and client_id/client_secret are given: keep one of the two pairs",
			setting.Username, setting.Password, setting.ClientID, setting.ClientSecret)
	case !byUser && !byClient:
		wrong("", "no credentials: give username and password, or client_id and client_secret",
			setting.Username, setting.Password, setting.ClientID, setting.ClientSecret)
	case byUser && c.Username == "":
		wrong(setting.Password, "is given without username: give both, for example username admin", setting.Username)
	case byUser && c.Password == "":
		wrong(setting.Username, "is given without password: give both, or client_id and client_secret",
			setting.Password, setting.ClientID, setting.ClientSecret)
	case byClient && c.ClientID == "":
		wrong(setting.ClientSecret, "is given without client_id: give both, for example client_id rotator", setting.ClientID)
	case byClient && c.ClientSecret == "":
		wrong(setting.ClientID, "is given without client_secret: give both, or username and password",
			setting.ClientSecret, setting.Username, setting.Password)
	}
	for _, d := range []struct {
		key   setting.Key
		value time.Duration
	}{
		{setting.ConnectTimeout, c.ConnectTimeout},
		{setting.RequestTimeout, c.RequestTimeout},
		{setting.RetryFor, c.RetryFor},
		{setting.UnlockTimeout, c.UnlockTimeout},
	} {
		if d.value < 0 {
			wrong(d.key, fmt.Sprintf("is %s: expected a positive duration such as 30s", d.value))
		}
	}
	return errors.Join(errs...)
}

// secrets are what must appear nowhere. One that equals the name beside it is no
// secret, and would blot the name of everybody who starts an installation.
func (c Config) secrets() []string {
	all := []string{c.DecryptionPassphrase}
	if c.Password != c.Username {
		all = append(all, c.Password)
	}
	if c.ClientSecret != c.ClientID {
		all = append(all, c.ClientSecret, basicAuth(c.ClientID, c.ClientSecret))
	}
	return all
}

// identity is what error texts call the credentials: never the secret.
func (c Config) identity() string {
	if c.ClientID != "" {
		return fmt.Sprintf("client_id %q", c.ClientID)
	}
	return fmt.Sprintf("username %q", c.Username)
}

// LogValue keeps the secrets out of logs.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("target", c.Target),
		slog.String("username", c.Username),
		slog.String("password", hidden(c.Password)),
		slog.String("client_id", c.ClientID),
		slog.String("client_secret", hidden(c.ClientSecret)),
		slog.String("decryption_passphrase", hidden(c.DecryptionPassphrase)),
		slog.Bool("ca_cert", c.CACert != ""),
		slog.Bool("skip_ssl_validation", c.SkipSSLValidation),
		slog.Duration("connect_timeout", c.ConnectTimeout),
		slog.Duration("request_timeout", c.RequestTimeout),
		slog.Duration("retry_for", c.RetryFor),
		slog.Duration("unlock_timeout", c.UnlockTimeout),
	)
}

// String shows the configuration without its secrets.
func (c Config) String() string { return c.LogValue().String() }

// Format makes every verb of fmt, %#v among them, show String.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

func hidden(secret string) string {
	if secret == "" {
		return ""
	}
	return redacted
}

const targetExample = `expected a host such as "https://opsman.example.com"`

// parseTarget reads the address of Ops Manager. Secrets would travel over it,
// so only https is accepted. A path is dropped: people paste the address of the
// page that they are looking at.
func parseTarget(target string) (*url.URL, error) {
	text := strings.TrimSpace(target)
	if text == "" {
		return nil, input.Wrong(setting.Target, "is missing: "+targetExample)
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	// No message repeats the text: it may carry a password.
	switch {
	case err != nil:
		return nil, input.Wrong(setting.Target, "is not a valid address: "+targetExample)
	case u.User != nil:
		return nil, input.Wrong(setting.Target, "carries a user name: give username and password under their own keys; "+targetExample)
	case u.Scheme == "http":
		return nil, input.Wrong(setting.Target, "is http: Ops Manager is only spoken to over https; "+targetExample)
	case u.Scheme != "https":
		return nil, input.Wrong(setting.Target, "is not https: "+targetExample)
	case u.Hostname() == "" || strings.ContainsAny(u.Host, " ,"):
		return nil, input.Wrong(setting.Target, "names no host: "+targetExample)
	case !validPort(u.Port()):
		return nil, input.Wrong(setting.Target, "has a port that is none: expected 1 to 65535, for example https://opsman.example.com:8443")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, input.Wrong(setting.Target, "has a query or fragment: "+targetExample)
	}
	return &url.URL{Scheme: "https", Host: strings.ToLower(strings.TrimSuffix(u.Host, ":"))}, nil
}

// validPort tells a port from a number; none is https's own.
func validPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port == "" || err == nil && n > 0 && n <= math.MaxUint16
}
