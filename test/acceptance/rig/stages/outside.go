package stages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/cgroups"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/layout"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/namespaces"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/programs"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/tools"
)

// Outside prepares, runs everything else in namespaces, and cleans up. It gives
// the command's exit status.
func Outside(ctx context.Context, s Settings, out io.Writer) (status int, err error) {
	if os.Geteuid() != 0 {
		return 1, errors.New("the rig makes namespaces and networks: run it as root")
	}
	if err := errors.Join(programs.Check(), archives(s)); err != nil {
		return 1, err
	}
	if err := os.MkdirAll(s.Layout.Cache, 0o755); err != nil { //nolint:gosec // PostgreSQL's user looks into it
		return 1, fmt.Errorf("make the cache: %w", err)
	}
	unlock, err := lock(s.Layout.Lock())
	if err != nil {
		return 1, err
	}
	defer unlock()
	if err := tools.Build(ctx, s.Layout, s.Ready, out); err != nil {
		return 1, err
	}
	if err := errors.Join(removeGroups(ctx, s.Layout), os.RemoveAll(s.Layout.Logs()), os.Mkdir(s.Layout.Logs(), 0o755)); err != nil { //nolint:gosec // logs for people
		return 1, fmt.Errorf("clean up after an earlier run: %w", err)
	}
	defer func() { err = errors.Join(err, removeGroups(context.WithoutCancel(ctx), s.Layout)) }()
	if s.Groups, err = makeGroups(s.Layout); err != nil {
		return 1, err
	}
	env, err := s.with("enter")
	if err != nil {
		return 1, err
	}
	status, err = namespaces.Run(ctx, s.Layout.Program("init"), []string{s.Program}, append(os.Environ(), env...))
	if status != 0 || err != nil {
		fmt.Fprintf(out, "rig: the logs of Concourse and its helpers are in %s\n", s.Layout.Logs())
	}
	return status, err
}

func archives(s Settings) error {
	var missing error
	for _, path := range []string{s.ResourceImage, s.TaskImage, s.SimImage} {
		if _, err := os.Stat(path); err != nil {
			missing = errors.Join(missing, fmt.Errorf("no image archive: %w. make image-archives writes it", err))
		}
	}
	return missing
}

// lock is the kernel's: a rig that died does not hold it.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // in the cache
	if err != nil {
		return nil, fmt.Errorf("lock the rig: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errors.New("a rig of this checkout is running: wait for it, or end it")
		}
		return nil, fmt.Errorf("lock the rig: %s: %w", path, err)
	}
	return func() { _ = file.Close() }, nil
}

// makeGroups notes the groups before it makes them: the next rig finds those of
// one that died.
func makeGroups(at layout.Layout) ([]string, error) {
	name := fmt.Sprintf("opsman-ca-rig-%d", os.Getpid())
	all, err := cgroups.Hierarchies()
	if err != nil {
		return nil, err
	}
	var planned []string
	for _, h := range all {
		planned = append(planned, filepath.Join(h.Own, name))
	}
	text, err := json.Marshal(planned)
	if err != nil {
		return nil, fmt.Errorf("note the control groups: %w", err)
	}
	if err := os.WriteFile(at.Groups(), text, 0o600); err != nil {
		return nil, fmt.Errorf("note the control groups: %w", err)
	}
	return cgroups.Create(name)
}

func removeGroups(ctx context.Context, at layout.Layout) error {
	text, err := os.ReadFile(at.Groups())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the control groups: %w", err)
	}
	var groups []string
	if err := json.Unmarshal(text, &groups); err != nil {
		return fmt.Errorf("find the control groups: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := errors.Join(cgroups.Kill(ctx, groups), cgroups.Remove(ctx, groups)); err != nil {
		return err
	}
	return os.Remove(at.Groups())
}
