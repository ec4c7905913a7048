// Package web runs Concourse's web node.
package web

import (
	"context"
	"fmt"

	"github.com/opsman-ca/opsman-ca/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/acceptance/rig/postgres"
	"github.com/opsman-ca/opsman-ca/acceptance/rig/process"
	"github.com/opsman-ca/opsman-ca/acceptance/rig/vault"
)

// URL of the web node; User is the only one, and the password.
const (
	URL  = "http://127.0.0.1:" + layout.WebPort
	User = "admin"
)

// Start returns when the web node answers.
func Start(ctx context.Context, program, logs string) (*process.Process, error) {
	server, err := process.Start(process.Spec{Name: "web", Args: append([]string{program, "web"}, flags()...)}, logs)
	if err != nil {
		return nil, err
	}
	if err := server.Ready(ctx, process.Answers(URL+"/api/v1/info")); err != nil {
		return server, err
	}
	return server, hurry(ctx)
}

func flags() []string {
	const soon = "200ms"
	return []string{
		"--bind-port", layout.WebPort, "--external-url", URL, "--cluster-name", "rig", "--log-level", "info",
		"--postgres-host", "127.0.0.1", "--postgres-port", layout.PostgresPort, "--postgres-user", postgres.Name, "--postgres-database", postgres.Name,
		"--session-signing-key", SessionKey, "--tsa-host-key", HostKey, "--tsa-authorized-keys", hostedBy, "--tsa-bind-port", layout.TSAPort,
		"--add-local-user", User + ":" + User, "--main-team-local-user", User,
		// What docs/pipelines.md asks for.
		"--enable-across-step", "--enable-pipeline-instances",
		"--vault-url", vault.URL, "--vault-client-token", vault.Token, "--vault-path-prefix", vault.Prefix,
		// Scenarios look when they want to know. Now and then a check's process waits
		// for a standard input that containerd has lost: that must not last.
		"--resource-checking-interval", "1h", "--global-resource-check-timeout", "30s", "--max-checks-per-second", "-1", "--gc-interval", "10s",
		"--component-runner-interval", soon, "--lidar-scanner-interval", soon, "--build-tracker-interval", soon,
		"--default-build-logs-to-retain", "0",
		// A worker that is lost is missed after twice that.
		"--tsa-heartbeat-interval", "10s",
	}
}

// hurry shortens intervals that are fixed in Concourse's source, but read from
// its database at every round: ten seconds between jobs add up.
func hurry(ctx context.Context) error {
	if err := postgres.Run(ctx, "update components set interval = '100ms' where name in ('scheduler', 'scanner', 'tracker')"); err != nil {
		return fmt.Errorf("shorten the intervals of Concourse: %w", err)
	}
	return nil
}
