package cli

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/metrics"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// metricsFlags are of both ways to give metrics out.
type metricsFlags struct {
	From       string `type:"path" variable:"FROM" placeholder:"DIR" help:"Folder that a get of the resource or an earlier step wrote: what was known before."`
	Foundation string `variable:"FOUNDATION" placeholder:"NAME" help:"The label that tells this foundation from others; by itself it is Ops Manager's host name."`
}

// looker looks at the foundation for metrics.
func (f metricsFlags) looker(t *app) (*metrics.Looker, error) {
	known, err := cursor(f.From, t.names)
	if err != nil {
		return nil, err
	}
	name := f.Foundation
	if name == "" {
		if target, err := url.Parse(t.config.Target); err == nil {
			name = target.Hostname()
		}
		name = cmp.Or(name, t.config.Target)
	}
	return &metrics.Looker{API: t.api, Foundation: name, Cursor: known, Redact: t.client.Redact, Now: t.Now}, nil
}

type metricsCommand struct {
	metricsFlags
	Output string `type:"path" variable:"METRICS_TO" placeholder:"FILE" help:"File to write instead of standard output, in one piece: for the node exporter, *.prom in the folder of its textfile collector."`
}

// Run looks once. What it says when Ops Manager does not answer is a metric as
// well, and a failure.
func (c *metricsCommand) Run(t *app) error {
	looker, err := c.looker(t)
	if err != nil {
		return err
	}
	look := looker.Look(t.ctx)
	text, err := metrics.Text(look)
	if err != nil {
		return errors.Join(look.Err, err)
	}
	if c.Output == "" {
		return errors.Join(t.write(string(text)), look.Err)
	}
	return errors.Join(replace(c.Output, []byte(t.client.Redact(console.Harmless(string(text)))), t.names), look.Err)
}

// replace writes the file, so that a reader never sees half of it.
func replace(path string, content []byte, names setting.Names) error {
	// The node exporter runs as another user.
	file, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithStaticPermissions(0o644))
	if err == nil {
		_, err = file.Write(content)
		if err == nil {
			err = file.CloseAtomicallyReplace()
		}
		err = errors.Join(err, file.Cleanup())
	}
	if err != nil {
		return fmt.Errorf("%s %q cannot be written (%w): expected a file in a folder that is there, for example /var/lib/node_exporter/opsman-ca.prom", names.Of(setting.Output), path, input.WithoutPath(err))
	}
	return nil
}

type serveMetricsCommand struct {
	metricsFlags
	Listen   string        `default:"127.0.0.1:9752" variable:"LISTEN" placeholder:"ADDRESS" help:"Address to listen on, host:port, by itself 127.0.0.1:9752; :9752 for every interface."`
	Interval time.Duration `default:"30m" variable:"INTERVAL" placeholder:"SPAN" help:"How often Ops Manager is looked at, however often it is scraped; by itself every 30m, 30s or more."`
}

// shortest is the shortest interval: a look is up to nine calls, and Ops Manager
// takes calls one at a time.
const shortest = 30 * time.Second

// Run serves until it is told to end.
func (c *serveMetricsCommand) Run(t *app) error {
	if c.Interval < shortest {
		return fmt.Errorf("%s %s is too short: Ops Manager answers one call at a time, and its other users wait meanwhile; expected %s or longer, for example 30m", t.names.Of(setting.Interval), c.Interval, shortest)
	}
	looker, err := c.looker(t)
	if err != nil {
		return err
	}
	var config net.ListenConfig
	listener, err := config.Listen(t.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("%s %q is no address to listen on (%w): expected host:port, for example 127.0.0.1:9752 or :9752", t.names.Of(setting.Listen), c.Listen, err)
	}
	t.console.Println(t.console.OK("▸"), fmt.Sprintf("serving metrics on http://%s/metrics; Ops Manager is looked at every %s", listener.Addr(), c.Interval))
	server := &metrics.Server{Looker: looker, Interval: c.Interval, Sleep: t.Sleep, Logger: slog.New(slog.NewTextHandler(t.console, nil))}
	return server.Serve(t.ctx, listener)
}
