package cgroups

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Create makes a group below this process's own in every hierarchy.
func Create(name string) ([]string, error) {
	all, err := Hierarchies()
	if err != nil {
		return nil, err
	}
	var made []string
	for _, h := range all {
		folder := filepath.Join(h.Own, name)
		if err := makeGroup(folder); err != nil {
			return made, err
		}
		made = append(made, folder)
	}
	return made, nil
}

func makeGroup(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // the kernel's file system
		return fmt.Errorf("make a control group: %w", err)
	}
	// A new group of cpuset has no processors, and takes no process.
	for _, name := range []string{"cpuset.cpus", "cpuset.mems"} {
		parents, err := os.ReadFile(filepath.Join(filepath.Dir(folder), name)) //nolint:gosec // the kernel's file system
		if err != nil || strings.TrimSpace(string(parents)) == "" {
			continue
		}
		if err := write(folder, name, string(parents)); err != nil {
			return err
		}
	}
	return nil
}

// Enter moves this process into groups.
func Enter(groups []string) error {
	for _, folder := range groups {
		if err := write(folder, "cgroup.procs", "0"); err != nil {
			return err
		}
	}
	return nil
}

func write(folder, name, text string) error {
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil { //nolint:gosec // the kernel's file system
		return fmt.Errorf("control group %s: %w", folder, err)
	}
	return nil
}

// Narrow makes the groups that this thread is in the roots of what it sees, and
// of what the programs see that it becomes or starts.
func Narrow() error {
	all, err := Hierarchies()
	if err != nil {
		return err
	}
	if err := unix.Unshare(unix.CLONE_NEWCGROUP); err != nil {
		return fmt.Errorf("make a namespace of control groups: %w", err)
	}
	for _, h := range all {
		// The kernel refuses to mount a tree over itself.
		if err := unix.Unmount(h.Mount, unix.MNT_DETACH); err != nil {
			return fmt.Errorf("unmount the control groups of %s: %w", h.Mount, err)
		}
		if err := unix.Mount(h.Type, h.Mount, h.Type, unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, mountOptions(h)); err != nil {
			return fmt.Errorf("mount the control groups of %s: %w", h.Mount, err)
		}
	}
	return nil
}

// mountOptions name the hierarchy: one without controllers has to say so.
func mountOptions(h Hierarchy) string {
	if strings.HasPrefix(h.Options, "name=") {
		return "none," + h.Options
	}
	return h.Options
}

// Kill ends every process in the groups and below.
func Kill(ctx context.Context, groups []string) error {
	for ctx.Err() == nil {
		left := members(groups)
		if len(left) == 0 {
			return nil
		}
		for _, pid := range left {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("processes %v do not end: %w", members(groups), ctx.Err())
}

func members(groups []string) []int {
	var pids []int
	for _, group := range groups {
		_ = filepath.WalkDir(group, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return nil //nolint:nilerr // what is gone has no members
			}
			text, _ := os.ReadFile(filepath.Join(path, "cgroup.procs")) //nolint:gosec // what is gone has no members
			for _, line := range strings.Fields(string(text)) {
				if pid, err := strconv.Atoi(line); err == nil && pid > 0 && !slices.Contains(pids, pid) {
					pids = append(pids, pid)
				}
			}
			return nil
		})
	}
	return pids
}

// Remove removes groups and all below them; their processes have to be gone, or
// going.
func Remove(ctx context.Context, groups []string) error {
	var left error
	for _, group := range groups {
		for {
			left = removeTree(group)
			if left == nil || ctx.Err() != nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if left != nil {
			return fmt.Errorf("control group %s cannot be removed: %w", group, left)
		}
	}
	return nil
}

func removeTree(group string) error {
	var folders []string
	err := filepath.WalkDir(group, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			folders = append(folders, path)
		}
		return nil // what is gone need not be removed
	})
	for _, folder := range slices.Backward(folders) {
		if removed := unix.Rmdir(folder); removed != nil && !errors.Is(removed, unix.ENOENT) {
			err = errors.Join(err, removed)
		}
	}
	return err
}
