package load

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/cgroups"
)

// account is what only grows.
type account struct {
	// Processor time: of the whole machine; of the rig and all in it; of the worker
	// with containerd, runc and all containers; of the containers alone; of the web
	// node; and of this process, in which the simulators are.
	machine, rig, worker, containers, web, self time.Duration
	// concourse are its own counters.
	concourse map[string]float64
}

// ticks is the kernel's unit of processor time in /proc, the same on all of Linux.
const ticks = time.Second / 100

func takeAccount(ctx context.Context, metrics string) (account, error) {
	a := account{}
	var err error
	if a.concourse, err = concourse(ctx, metrics); err != nil {
		return a, err
	}
	a.web = time.Duration(a.concourse["process_cpu_seconds_total"] * float64(time.Second))
	for group, into := range map[string]*time.Duration{"": &a.rig, workers: &a.worker, garden: &a.containers} {
		if *into, err = cgroups.Usage(group); err != nil {
			return a, err
		}
	}
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return a, fmt.Errorf("ask for the processor time of this process: %w", err)
	}
	a.self = time.Duration(own.Utime.Nano() + own.Stime.Nano())
	a.machine, err = busy()
	return a, err
}

// busy is the time in which the machine's processors were not idle.
func busy() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, fmt.Errorf("ask for the machine's processor time: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	var sum time.Duration
	for i, field := range strings.Fields(line) {
		const label, idle, iowait, guest = 0, 4, 5, 9
		if i == label || i == idle || i == iowait || i >= guest { // guests are in user already
			continue
		}
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the machine's processor time: %w", err)
		}
		sum += time.Duration(n) * ticks
	}
	return sum, nil
}
