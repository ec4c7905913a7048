// Package cgroups gives the rig control groups of its own, in every hierarchy
// that the machine has, of version 1, 2 or both.
package cgroups

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Hierarchy is one tree of control groups.
type Hierarchy struct {
	// Mount is where it is, Type cgroup or cgroup2, Options those of its mount.
	Mount, Type, Options string
	// Own is the group that this process is in, as a folder.
	Own string
}

// Hierarchies are those that are mounted.
func Hierarchies() ([]Hierarchy, error) {
	mounts, err := lines("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	groups, err := lines("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	var all []Hierarchy
	for _, line := range mounts {
		before, after, _ := strings.Cut(line, " - ")
		left, right := strings.Fields(before), strings.Fields(after)
		if len(left) < 5 || len(right) < 3 || !strings.HasPrefix(right[0], "cgroup") {
			continue
		}
		h := Hierarchy{Mount: left[4], Type: right[0], Options: options(right[2])}
		path, found := own(groups, h)
		if !found {
			continue
		}
		root := left[3] // what of the hierarchy is mounted
		h.Own = filepath.Join(h.Mount, strings.TrimPrefix(path, strings.TrimSuffix(root, "/")))
		all = append(all, h)
	}
	return all, nil
}

// options are the controllers, or the name, without those of every mount.
func options(text string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(text, ","), func(o string) bool {
		return o == "rw" || o == "ro" || o == "clone_children" || o == "xattr" || strings.HasPrefix(o, "nsdelegate") || strings.HasPrefix(o, "release_agent")
	}), ",")
}

// own finds the group of this process: ID:CONTROLLERS:PATH.
func own(groups []string, h Hierarchy) (string, bool) {
	for _, line := range groups {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) != 3 {
			continue
		}
		second := h.Type == "cgroup2"
		if (second && parts[1] == "") || (!second && parts[1] != "" && subset(parts[1], h.Options)) {
			return parts[2], true
		}
	}
	return "", false
}

func subset(some, all string) bool {
	for _, one := range strings.Split(some, ",") {
		if !slices.Contains(strings.Split(all, ","), one) {
			return false
		}
	}
	return true
}

func lines(path string) ([]string, error) {
	file, err := os.Open(path) //nolint:gosec // a file of the kernel
	if err != nil {
		return nil, fmt.Errorf("look for control groups: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	var all []string
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		all = append(all, scanner.Text())
	}
	return all, scanner.Err()
}
