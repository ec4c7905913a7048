package peers

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

// curl sends single requests, as `curl --fail` does: no retry, no look behind.
type curl struct {
	rig   *rig.Rig
	http  *http.Client
	token string
}

// patience is how long an operator waits for a request that is not answered.
const patience = 30 * time.Second

// session logs in anew, unlocks Ops Manager first where it is locked, and does
// something.
func (c *curl) session(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(c.rig.CACert))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	c.http, c.token = &http.Client{Transport: transport, Timeout: c.rig.Schedule.RequestTimeout}, ""
	unlock, err := json.Marshal(map[string]string{"passphrase": c.rig.Passphrase()})
	if err != nil {
		return fmt.Errorf("encode the passphrase: %w", err)
	}
	if err := c.send(ctx, http.MethodPut, "/api/v0/unlock", unlock, nil); err != nil {
		return err
	}
	if err := c.login(ctx); err != nil {
		return err
	}
	return do(ctx)
}

func (c *curl) login(ctx context.Context) error {
	id, secret, form := c.rig.Login()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.rig.Target+"/uaa/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := c.do(request, &answer); err != nil {
		return err
	}
	c.token = answer.Token
	return nil
}

func (c *curl) send(ctx context.Context, method, path string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, c.rig.Target+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	return c.do(request, into)
}

func (c *curl) do(request *http.Request, into any) error {
	answer, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("curl: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	c.rig.Note("$ curl %s %s → %d", request.Method, request.URL.Path, answer.StatusCode)
	switch {
	case err != nil:
		return fmt.Errorf("curl: %w", err)
	case answer.StatusCode >= http.StatusMultipleChoices:
		return errors.New("curl: " + answer.Status + ": " + string(content))
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("the answer to %s is not JSON: %w", request.URL.Path, err)
	}
	return nil
}

// generate makes a CA, or gives Ops Manager the operator's own: from a file, as
// `curl --data @file` does.
func (c *curl) generate(ctx context.Context) error {
	if !c.rig.Schedule.Custom {
		return c.send(ctx, http.MethodPost, authorities+"/generate", []byte("{}"), nil)
	}
	certificate, err := os.ReadFile(c.rig.Path(rig.CertificateFile))
	if err != nil {
		return fmt.Errorf("read the CA: %w", err)
	}
	key, err := os.ReadFile(c.rig.Path(rig.PrivateKeyFile))
	if err != nil {
		return fmt.Errorf("read the CA's key: %w", err)
	}
	body, err := json.Marshal(map[string]string{"cert_pem": string(certificate), "private_key_pem": string(key)})
	if err != nil {
		return fmt.Errorf("encode the CA: %w", err)
	}
	return c.send(ctx, http.MethodPost, authorities, body, nil)
}
