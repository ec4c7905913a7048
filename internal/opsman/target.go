package opsman

import (
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
)

const targetExample = `expected a host such as "https://opsman.example.com"`

// parseTarget reads the address of Ops Manager. Secrets would travel over it,
// so only https is accepted. A path is dropped: people paste the address of the
// page that they are looking at.
func parseTarget(target string) (*url.URL, error) {
	text := strings.TrimSpace(target)
	if text == "" {
		return nil, errors.New("target is missing: " + targetExample)
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	// No message repeats the text: it may carry a password.
	switch {
	case err != nil:
		return nil, errors.New("target is not a valid address: " + targetExample)
	case u.User != nil:
		return nil, errors.New("target carries a user name: give username and password under their own keys; " + targetExample)
	case u.Scheme == "http":
		return nil, errors.New("target is http: Ops Manager is only spoken to over https; " + targetExample)
	case u.Scheme != "https":
		return nil, errors.New("target is not https: " + targetExample)
	case u.Hostname() == "" || strings.ContainsAny(u.Host, " ,"):
		return nil, errors.New("target names no host: " + targetExample)
	case !validPort(u.Port()):
		return nil, errors.New("target has a port that is none: expected 1 to 65535, for example https://opsman.example.com:8443")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("target has a query or fragment: " + targetExample)
	}
	return &url.URL{Scheme: "https", Host: strings.ToLower(strings.TrimSuffix(u.Host, ":"))}, nil
}

// validPort tells a port from a number; none is https's own.
func validPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port == "" || err == nil && n > 0 && n <= math.MaxUint16
}
