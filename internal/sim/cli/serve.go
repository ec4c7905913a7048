package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/buildinfo"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/imported"
)

// serveCommand is opsman-sim serve.
type serveCommand struct {
	shapeFlags

	Addr     string   `default:"127.0.0.1:8443" env:"OPSMAN_SIM_ADDR" help:"Address to listen on; port 0 takes a free one."`
	Hosts    []string `name:"host" placeholder:"NAME" help:"More names and IP addresses that its web certificate is for: those that others reach it by."`
	CAFile   string   `name:"ca-file" placeholder:"PATH" help:"Write the web server's CA certificate there."`
	URLFile  string   `name:"url-file" placeholder:"PATH" help:"Write the URL there once it listens."`
	Username string   `default:"admin" help:"User for password tokens."`
	Password string   `default:"admin" env:"OPSMAN_SIM_PASSWORD" help:"Its password."`

	ClientID     string `name:"client-id" default:"concourse" help:"UAA client for client credentials."`
	ClientSecret string `name:"client-secret" default:"concourse-secret" env:"OPSMAN_SIM_CLIENT_SECRET" help:"Its secret."`
	Passphrase   string `default:"passphrase" env:"OPSMAN_SIM_PASSPHRASE" help:"Decryption passphrase."`

	TokenTTL   time.Duration `name:"token-ttl" default:"1h" help:"Lifetime of a token."`
	DateOnly   bool          `name:"date-only" help:"Write created_on and expires_on as bare dates."`
	StringIDs  bool          `name:"string-ids" help:"Write installation ids as strings."`
	Documented bool          `name:"documented-errors" help:"Answer violations as the reference documents them."`
	Locked     bool          `help:"Start locked, as after a reboot."`
}

const caValidity = 4 * 365 * 24 * time.Hour

func (s serveCommand) options() (sim.Options, []imported.Note, error) {
	o, notes, err := s.shape()
	o.DateOnly = o.DateOnly || s.DateOnly
	o.IDsAsStrings, o.DocumentedErrors, o.TokenTTL = s.StringIDs, s.Documented, s.TokenTTL
	o.Username, o.Password, o.ClientID, o.ClientSecret, o.Passphrase = s.Username, s.Password, s.ClientID, s.ClientSecret, s.Passphrase
	return o, notes, err
}

// Run serves until ctx ends.
func (s serveCommand) Run(ctx context.Context, out streams) error {
	o, notes, err := s.options()
	if err != nil {
		return err
	}
	f, err := s.foundation(ctx, o)
	if err != nil {
		return err
	}
	if s.Locked {
		if err := f.OperatorContext(ctx, sim.Action{Do: "lock"}); err != nil {
			return err
		}
	}
	server, err := sim.ServeOn(ctx, f, s.Addr, s.Hosts...)
	if err != nil {
		return err
	}
	defer server.Close()
	for _, file := range []struct{ path, content string }{{s.CAFile, server.CAPEM}, {s.URLFile, server.URL + "\n"}} {
		if file.path == "" {
			continue
		}
		if err := os.WriteFile(file.path, []byte(file.content), 0o644); err != nil { //nolint:gosec // a certificate and a URL are public
			return fmt.Errorf("write for others to read: %w", err)
		}
	}
	summary(onto(out.stderr, s.Color), notes)
	s.announce(out.stderr, s.reached(server.URL), o.Version, len(f.Dump().VMs))
	<-ctx.Done()
	return nil
}

// reached is the URL by which others reach it.
func (s serveCommand) reached(listening string) string {
	u, err := url.Parse(listening)
	if err != nil || len(s.Hosts) == 0 {
		return listening
	}
	return "https://" + net.JoinHostPort(s.Hosts[0], u.Port())
}

// announce says what runs and how to talk to it. Secrets that were set by the
// user are not repeated.
func (s serveCommand) announce(w io.Writer, address, version string, vms int) {
	fmt.Fprintln(w, buildinfo.String("opsman-sim"))
	fmt.Fprintf(w, "Ops Manager %s is simulated at %s, with %d VMs.\n", version, address, vms)
	fmt.Fprintf(w, "  user %s, UAA client %s; passwords as given, or the defaults of --help\n", s.Username, s.ClientID)
	fmt.Fprintf(w, "  OM_PASSWORD=… om --target %s --skip-ssl-validation --username %s certificate-authorities\n", address, s.Username)
	fmt.Fprintf(w, "  state: curl -k %s/simulator/state   handshakes: curl -k %s/simulator/handshakes\n", address, address)
	fmt.Fprintln(w, "Ctrl-C ends it; nothing is kept.")
}
