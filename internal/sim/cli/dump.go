package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// dumpCommand is opsman-sim dump URL.
type dumpCommand struct {
	URL    string `arg:"" help:"URL of the simulator, for example https://127.0.0.1:8443."`
	What   string `default:"state" enum:"state,ledger,handshakes" help:"state, ledger or handshakes."`
	CAFile string `name:"ca-file" placeholder:"PATH" help:"CA certificate of the simulator; by default its certificate is not verified."`
}

const dumpTimeout = 30 * time.Second

// Run prints what the control API says.
func (d dumpCommand) Run(ctx context.Context, out streams) error {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: d.CAFile == ""} //nolint:gosec // a simulator on one's own machine, and no secret goes there
	if d.CAFile != "" {
		text, err := os.ReadFile(d.CAFile)
		if err != nil {
			return fmt.Errorf("--ca-file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return fmt.Errorf("--ca-file %s holds no PEM certificate", d.CAFile)
		}
	}
	client := &http.Client{Timeout: dumpTimeout, Transport: &http.Transport{TLSClientConfig: config, Proxy: http.ProxyFromEnvironment}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(d.URL, "/")+"/simulator/"+d.What, http.NoBody)
	if err != nil {
		return fmt.Errorf("%s is not the URL of a simulator: %w", d.URL, err)
	}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("no simulator answers: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: is it a simulator?", d.URL, answer.Status)
	}
	if _, err := io.Copy(out.stdout, answer.Body); err != nil {
		return fmt.Errorf("read the %s: %w", d.What, err)
	}
	return nil
}
