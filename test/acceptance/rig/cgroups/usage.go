package cgroups

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Usage is the processor time that groups below this process's own, and all in
// them, have taken so far, of processes that have ended as well. They are those of
// a pattern, as filepath.Match has it; there may be none. The empty pattern is this
// process's own group.
func Usage(pattern string) (time.Duration, error) {
	folders, err := accounted(pattern)
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, folder := range folders {
		used, err := usage(folder)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // it went in the meantime
			return 0, err
		}
		sum += used
	}
	return sum, nil
}

// usage knows both versions of control groups.
func usage(folder string) (time.Duration, error) {
	if text, err := os.ReadFile(filepath.Join(folder, "cpuacct.usage")); err == nil { //nolint:gosec // the kernel's file system
		return number(string(text), time.Nanosecond)
	}
	stat, err := lines(filepath.Join(folder, "cpu.stat"))
	if err != nil {
		return 0, err
	}
	for _, line := range stat {
		if text, found := strings.CutPrefix(line, "usage_usec "); found {
			return number(text, time.Microsecond)
		}
	}
	return 0, fmt.Errorf("control group %s has no account of processor time", folder)
}

// Count is how many groups of a pattern there are below this process's own.
func Count(pattern string) (int, error) {
	folders, err := accounted(pattern)
	return len(folders), err
}

// accounted are the groups of a pattern where processor time is accounted for.
func accounted(pattern string) ([]string, error) {
	all, err := Hierarchies()
	if err != nil {
		return nil, err
	}
	own := ""
	for _, h := range all {
		if first := slices.Contains(strings.Split(h.Options, ","), "cpuacct"); first || (h.Type == "cgroup2" && own == "") {
			own = h.Own
			if first {
				break
			}
		}
	}
	found, err := filepath.Glob(filepath.Join(own, pattern))
	if err != nil {
		return nil, fmt.Errorf("find control groups: %w", err)
	}
	return slices.DeleteFunc(found, func(path string) bool {
		folder, err := os.Stat(path)
		return err != nil || !folder.IsDir()
	}), nil
}

func number(text string, unit time.Duration) (time.Duration, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read an account of processor time: %w", err)
	}
	return time.Duration(n) * unit, nil
}
