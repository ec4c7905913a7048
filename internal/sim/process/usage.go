package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ticks a second, in which /proc counts CPU time (proc(5); USER_HZ is 100 on
// every platform that Go runs on).
const ticks = 100

// Usage is what a running process has taken so far.
type Usage struct {
	// CPU is user and system time.
	CPU time.Duration
	// Resident is the resident set in KiB now, Peak the largest so far.
	Resident, Peak int64
}

// UsageOf reads it from /proc.
func UsageOf(pid int) (Usage, error) {
	folder := "/proc/" + strconv.Itoa(pid)
	stat, err := os.ReadFile(folder + "/stat") //nolint:gosec // a number names it
	if err != nil {
		return Usage{}, fmt.Errorf("read what process %d takes: %w", pid, err)
	}
	status, err := os.ReadFile(folder + "/status") //nolint:gosec // a number names it
	if err != nil {
		return Usage{}, fmt.Errorf("read what process %d takes: %w", pid, err)
	}
	return parse(string(stat), string(status))
}

// parse reads proc(5): utime and stime are the 12th and 13th field behind the
// command, which is in brackets and may hold anything.
func parse(stat, status string) (Usage, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return Usage{}, fmt.Errorf("read what a process takes: /proc/PID/stat has %d fields behind its command: expected 13 or more", len(fields))
	}
	var u Usage
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return Usage{}, fmt.Errorf("read what a process takes: /proc/PID/stat: %w", err)
		}
		u.CPU += time.Duration(n) * time.Second / ticks
	}
	for line := range strings.Lines(status) {
		name, rest, _ := strings.Cut(line, ":")
		into := map[string]*int64{"VmRSS": &u.Resident, "VmHWM": &u.Peak}[name]
		if into == nil {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		if err != nil {
			return Usage{}, fmt.Errorf("read what a process takes: /proc/PID/status: %s: %w", name, err)
		}
		*into = n
	}
	return u, nil
}
