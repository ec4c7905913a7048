package apply

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pivotal-cf/om/api"
)

// Om is the om binary and where it is sent. Credentials reach it by its
// environment, never by its arguments. A decryption passphrase is not among
// them: om breaks on one with a quote or a backslash, so Ops Manager is
// unlocked before om starts.
type Om struct {
	// Path is the binary; "om", looked up in PATH, unless set.
	Path string

	Target string
	// Username is also how our own installations are recognised.
	Username     string
	Password     Secret
	ClientID     string
	ClientSecret Secret
	// CACert is a PEM certificate, or the path of one.
	CACert            string
	SkipSSLValidation bool
	// ConnectTimeout and RequestTimeout are om's own defaults (10s, 30m) when
	// zero; om knows whole seconds only.
	ConnectTimeout time.Duration
	RequestTimeout time.Duration
}

func (o Om) check() error {
	var problems []error
	if o.Target == "" {
		problems = append(problems, errors.New("om needs a target such as https://opsman.example.com"))
	}
	user, client := o.Username != "" && o.Password != "", o.ClientID != "" && o.ClientSecret != ""
	switch {
	case user && client:
		problems = append(problems, errors.New("om is given both a user and a client: give username and password, or client id and client secret"))
	case !user && !client:
		problems = append(problems, errors.New("om needs credentials: give username and password, or client id and client secret"))
	}
	if _, err := o.binary(); err != nil {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

func (o Om) binary() (string, error) {
	name := o.Path
	if name == "" {
		name = "om"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("the om binary was not found: %w; install om, or name its path", err)
	}
	return path, nil
}

// Command is om with these arguments, and with the credentials in its environment.
func (o Om) Command(ctx context.Context, environ []string, args ...string) (*exec.Cmd, error) {
	path, err := o.binary()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // the operator's own om, with arguments of ours or the operator's
	cmd.Env = o.environment(environ)
	return cmd, nil
}

// arguments are those of `om apply-changes`. --reattach is never among them:
// it follows whatever runs and takes its success for ours.
func (r Request) arguments(errandsFile string) []string {
	args := []string{"apply-changes"}
	if errandsFile != "" {
		args = append(args, "--config", errandsFile)
	}
	if r.RecreateVMs {
		args = append(args, "--recreate-vms")
	}
	if r.ForceLatestVariables {
		args = append(args, "--force-latest-variables")
	}
	if r.IgnoreWarnings {
		args = append(args, "--ignore-warnings")
	}
	return args
}

// environment is ours with om's variables replaced by those of this request:
// a foreign OM_TRACE would print tokens, a foreign OM_TARGET apply elsewhere.
func (o Om) environment(environ []string) []string {
	const filler = "OM_VARS_ENV="
	own := "OM_"
	if at := slices.IndexFunc(environ, func(v string) bool { return strings.HasPrefix(v, filler) && v != filler }); at >= 0 {
		// What fills in an env file is secret as a rule, and has done its work.
		own = strings.TrimPrefix(environ[at], filler) + "_"
	}
	var env []string
	for _, v := range environ {
		// OPSMAN is target and login as one map, of which om gets its part below.
		if !strings.HasPrefix(v, "OM_") && !strings.HasPrefix(v, own) && !strings.HasPrefix(v, "OPSMAN=") {
			env = append(env, v)
		}
	}
	for _, v := range []struct{ name, value string }{
		{"OM_TARGET", o.Target},
		{"OM_USERNAME", o.Username},
		{"OM_PASSWORD", string(o.Password)},
		{"OM_CLIENT_ID", o.ClientID},
		{"OM_CLIENT_SECRET", string(o.ClientSecret)},
		{"OM_CA_CERT", o.CACert},
		{"OM_CONNECT_TIMEOUT", seconds(o.ConnectTimeout)},
		{"OM_REQUEST_TIMEOUT", seconds(o.RequestTimeout)},
	} {
		if v.value != "" {
			env = append(env, v.name+"="+v.value)
		}
	}
	if o.SkipSSLValidation {
		env = append(env, "OM_SKIP_SSL_VALIDATION=true")
	}
	return env
}

// seconds rounds up, as 0 would mean no limit at all.
func seconds(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}

// Sender sends requests to Ops Manager, with a token or without one.
type Sender interface {
	Do(req *http.Request) (*http.Response, error)
	DoWithoutToken(req *http.Request) (*http.Response, error)
}

// OmAPI is om's own typed API over another client, for the calls of which om keeps
// every field (staged errands, director properties, staged products). It is good for
// as long as ctx is; one call at a time, where the client does no more.
func OmAPI(ctx context.Context, client Sender) api.Api {
	login, open := bound{ctx, client.Do}, bound{ctx, client.DoWithoutToken}
	return api.New(api.ApiInput{
		Client:                 login,
		ProgressClient:         login,
		UnauthedClient:         open,
		UnauthedProgressClient: open,
		Logger:                 slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	})
}

// bound sends requests that were made without a context under one: om's API has no
// contexts of its own.
type bound struct {
	ctx  context.Context
	send func(*http.Request) (*http.Response, error)
}

// Do has the form that om's API expects of an HTTP client.
func (b bound) Do(req *http.Request) (*http.Response, error) {
	return b.send(req.WithContext(b.ctx))
}
