// Command floor sends the requests of a check on a settled foundation with net/http
// alone, and decodes the answers: below that no client of Ops Manager can come in Go.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// request is what check reads, as far as it matters here.
type request struct {
	Source struct {
		Target   string `json:"target"`
		Username string `json:"username"`
		Password string `json:"password"`
		CACert   string `json:"ca_cert"`
	} `json:"source"`
}

func run(ctx context.Context) error {
	var r request
	if err := json.NewDecoder(os.Stdin).Decode(&r); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(r.Source.CACert)) {
		return errors.New("source.ca_cert holds no certificate")
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}}}
	login, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Source.Target+"/uaa/oauth/token", strings.NewReader(url.Values{
		"grant_type": {"password"}, "client_id": {"opsman"}, "token_format": {"jwt"},
		"username": {r.Source.Username}, "password": {r.Source.Password},
	}.Encode()))
	if err != nil {
		return err
	}
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	login.SetBasicAuth("opsman", "")
	var token struct {
		Access string `json:"access_token"`
	}
	if err := ask(client, login, &token); err != nil {
		return err
	}
	list, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Source.Target+"/api/v0/certificate_authorities", http.NoBody)
	if err != nil {
		return err
	}
	list.Header.Set("Authorization", "Bearer "+token.Access)
	var authorities struct {
		List []struct {
			GUID   string `json:"guid"`
			Active bool   `json:"active"`
		} `json:"certificate_authorities"`
	}
	if err := ask(client, list, &authorities); err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(authorities.List); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

func ask(client *http.Client, r *http.Request, into any) error {
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it is only read
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", r.Method, r.URL.Path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("decode the answer of %s: %w", r.URL.Path, err)
	}
	return nil
}
