// Package web runs Concourse's web node.
package web

import (
	"context"
	"fmt"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/postgres"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/process"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/vault"
)

// URL of the web node; User is the only one, and the password.
const (
	URL  = "http://127.0.0.1:" + layout.WebPort
	User = "admin"
	// Metrics is where Concourse tells Prometheus what it does.
	Metrics = "http://127.0.0.1:" + layout.MetricsPort + "/metrics"
)

// Start returns when the web node answers. Unless it is hurried, it has Concourse's
// own intervals, which is how long things take elsewhere.
func Start(ctx context.Context, program, logs string, hurried bool) (*process.Process, error) {
	args := append([]string{program, "web"}, flags()...)
	if hurried {
		args = append(args, intervals()...)
	} else {
		// Many at once take more than 30 seconds for a check's container.
		args = append(args, checkTimeout, "5m")
	}
	server, err := process.Start(process.Spec{Name: "web", Args: args}, logs)
	if err != nil {
		return nil, err
	}
	if err := server.Ready(ctx, process.Answers(URL+"/api/v1/info")); err != nil {
		return server, err
	}
	if !hurried {
		return server, nil
	}
	return server, hurry(ctx)
}

func flags() []string {
	return []string{
		"--bind-port", layout.WebPort, "--external-url", URL, "--cluster-name", "rig", "--log-level", "info",
		"--postgres-host", "127.0.0.1", "--postgres-port", layout.PostgresPort, "--postgres-user", postgres.Name, "--postgres-database", postgres.Name,
		"--session-signing-key", SessionKey, "--tsa-host-key", HostKey, "--tsa-authorized-keys", hostedBy, "--tsa-bind-port", layout.TSAPort,
		"--add-local-user", User + ":" + User, "--main-team-local-user", User,
		// What docs/pipelines.md asks for.
		"--enable-across-step", "--enable-pipeline-instances",
		"--vault-url", vault.URL, "--vault-client-token", vault.Token, "--vault-path-prefix", vault.Prefix,
		"--default-build-logs-to-retain", "0", "--prometheus-bind-ip", "127.0.0.1", "--prometheus-bind-port", layout.MetricsPort,
		// A worker that is lost is missed after twice that.
		"--tsa-heartbeat-interval", "10s",
	}
}

// checkTimeout has to be short: now and then a check's process waits for a standard
// input that containerd has lost.
const checkTimeout = "--global-resource-check-timeout"

// intervals are for scenarios, which look when they want to know.
func intervals() []string {
	const soon = "300ms"
	return []string{
		checkTimeout, "30s", "--resource-checking-interval", "1h", "--max-checks-per-second", "-1", "--gc-interval", "10s",
		"--component-runner-interval", soon, "--build-tracker-interval", soon, "--lidar-scanner-interval", scanning,
	}
}

// scanning is how often Concourse looks which resources have to be checked. Each
// time it makes another build for every check that has not ended: more often, 50
// new pipelines at once leave it 38,000 of them to look through, for ten minutes.
const scanning = "1s"

// hurry shortens intervals that are fixed in Concourse's source, but read from
// its database at every round: ten seconds between jobs add up.
func hurry(ctx context.Context) error {
	if err := postgres.Run(ctx, "update components set interval = '250ms' where name in ('scheduler', 'tracker')"); err != nil {
		return fmt.Errorf("shorten the intervals of Concourse: %w", err)
	}
	return nil
}
