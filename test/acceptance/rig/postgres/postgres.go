// Package postgres runs the database of Concourse.
package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/process"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/programs"
)

// Name is that of the user, who needs no password, and of the database.
const Name = "postgres"

// Start makes an empty database, and returns when it answers. Nothing that it
// holds outlives the run, so it never waits for a disk.
func Start(ctx context.Context, logs string) (*process.Process, error) {
	bin, err := programs.Postgres()
	if err != nil {
		return nil, err
	}
	owner, err := credential()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(layout.State, "postgres")
	if err := os.Mkdir(data, 0o700); err != nil {
		return nil, fmt.Errorf("make the database's folder: %w", err)
	}
	if err := os.Chown(data, int(owner.Uid), int(owner.Gid)); err != nil {
		return nil, fmt.Errorf("make the database's folder: %w", err)
	}
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-A", "trust", "-U", Name, "--no-sync", "--no-locale", "-E", "UTF8") //nolint:gosec // Debian's
	initdb.Dir, initdb.SysProcAttr = "/", &syscall.SysProcAttr{Credential: owner}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make the database: %w: %s", err, out)
	}
	server, err := process.Start(process.Spec{
		Name: "postgres", Dir: "/", User: owner,
		Args: []string{
			filepath.Join(bin, "postgres"), "-D", data, "-p", layout.PostgresPort, "-k", data,
			"-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200",
		},
	}, logs)
	if err != nil {
		return nil, err
	}
	err = server.Ready(ctx, func(ctx context.Context) error { return Run(ctx, "select 1") })
	return server, err
}

// Run runs a statement.
func Run(ctx context.Context, statement string) error {
	out, err := exec.CommandContext(ctx, "psql", "-q", "-h", "127.0.0.1", "-p", layout.PostgresPort, "-U", Name, "-d", Name, //nolint:gosec // statements of ours
		"-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-c", statement).CombinedOutput()
	if err != nil {
		return fmt.Errorf("psql: %w: %s", err, out)
	}
	return nil
}

// credential is the user that Debian's package made: the server refuses root.
func credential() (*syscall.Credential, error) {
	u, err := user.Lookup(Name)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user %s: %w", Name, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user %s: %w", Name, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
