package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/buildinfo"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// serveCommand is opsman-sim serve.
type serveCommand struct {
	Addr     string `default:"127.0.0.1:8443" help:"Address to listen on; port 0 takes a free one."`
	Version  string `default:"3.1.2-build.5" help:"Version of Ops Manager, for example 2.10.60-build.1."`
	CAFile   string `name:"ca-file" placeholder:"PATH" help:"Write the web server's CA certificate there."`
	URLFile  string `name:"url-file" placeholder:"PATH" help:"Write the URL there once it listens."`
	Username string `default:"admin" help:"User for password tokens."`
	Password string `default:"admin" env:"OPSMAN_SIM_PASSWORD" help:"Its password."`

	ClientID     string `name:"client-id" default:"concourse" help:"UAA client for client credentials."`
	ClientSecret string `name:"client-secret" default:"concourse-secret" env:"OPSMAN_SIM_CLIENT_SECRET" help:"Its secret."`
	Passphrase   string `default:"passphrase" env:"OPSMAN_SIM_PASSPHRASE" help:"Decryption passphrase."`

	VMDelay    time.Duration `name:"vm-delay" default:"20ms" help:"How long the roll of one VM takes."`
	TokenTTL   time.Duration `name:"token-ttl" default:"1h" help:"Lifetime of a token."`
	Tiles      string        `placeholder:"PATH" help:"YAML or JSON file with the tiles; default: TAS and two service tiles."`
	TKGI       bool          `name:"tkgi" help:"Add a TKGI tile, which switches the safety checks off."`
	NoChecks   bool          `name:"no-safety-checks" help:"Switch the safety checks off."`
	DaysLeft   int           `name:"days-left" default:"60" help:"Days that the root CA has left."`
	DateOnly   bool          `name:"date-only" help:"Write created_on and expires_on as bare dates."`
	StringIDs  bool          `name:"string-ids" help:"Write installation ids as strings."`
	Documented bool          `name:"documented-errors" help:"Answer violations as the reference documents them."`

	OldStemcells     bool `name:"old-stemcells" help:"VMs take new NATS certificates only when recreated."`
	ConfigurableLeaf bool `name:"configurable-leaf" help:"The router has an operator's certificate signed by the root CA."`
	CustomerCA       bool `name:"customer-ca" help:"CredHub holds a customer-provided CA."`
	AutoRotateDNS    bool `name:"auto-rotate-dns" help:"BOSH DNS rotates by itself and needs force_latest_variables."`
	Locked           bool `help:"Start locked, as after a reboot."`
}

const caValidity = 4 * 365 * 24 * time.Hour

func (s serveCommand) options() (sim.Options, error) {
	tiles, err := readTiles(s.Tiles)
	if err != nil {
		return sim.Options{}, err
	}
	if s.TKGI {
		tiles = append(tiles, sim.Tile{
			Identifier: sim.TKGI, Label: "Tanzu Kubernetes Grid Integrated Edition", Version: "1.19.0",
			Jobs: []sim.Job{{Name: "pivotal-container-service", Instances: 1}},
		})
	}
	o := sim.Options{
		Version: s.Version, DateOnly: s.DateOnly, IDsAsStrings: s.StringIDs, DocumentedErrors: s.Documented,
		Tiles: tiles, VMDelay: s.VMDelay, TokenTTL: s.TokenTTL, FreshKeys: true,
		Username: s.Username, Password: s.Password, ClientID: s.ClientID, ClientSecret: s.ClientSecret, Passphrase: s.Passphrase,
		CAValidity: caValidity, CAAge: caValidity - time.Duration(s.DaysLeft)*24*time.Hour,
		OldStemcells: s.OldStemcells, ConfigurableLeaf: s.ConfigurableLeaf, CustomerCA: s.CustomerCA, AutoRotateDNS: s.AutoRotateDNS,
	}
	if s.NoChecks {
		off := false
		o.SafetyChecks = &off
	}
	return o, nil
}

// Run serves until ctx ends.
func (s serveCommand) Run(ctx context.Context, out streams) error {
	o, err := s.options()
	if err != nil {
		return err
	}
	f, err := sim.New(o)
	if err != nil {
		return err
	}
	if s.Locked {
		if err := f.OperatorContext(ctx, sim.Action{Do: "lock"}); err != nil {
			return err
		}
	}
	server, err := sim.ServeOn(ctx, f, s.Addr)
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
	s.announce(out.stderr, server.URL, len(f.Dump().VMs))
	<-ctx.Done()
	return nil
}

// announce says what runs and how to talk to it. Secrets that were set by the
// user are not repeated.
func (s serveCommand) announce(w io.Writer, url string, vms int) {
	fmt.Fprintln(w, buildinfo.String("opsman-sim"))
	fmt.Fprintf(w, "Ops Manager %s is simulated at %s, with %d VMs.\n", s.Version, url, vms)
	fmt.Fprintf(w, "  user %s, UAA client %s; passwords as given, or the defaults of --help\n", s.Username, s.ClientID)
	fmt.Fprintf(w, "  OM_PASSWORD=… om --target %s --skip-ssl-validation --username %s certificate-authorities\n", url, s.Username)
	fmt.Fprintf(w, "  state: curl -k %s/simulator/state   handshakes: curl -k %s/simulator/handshakes\n", url, url)
	fmt.Fprintln(w, "Ctrl-C ends it; nothing is kept.")
}
