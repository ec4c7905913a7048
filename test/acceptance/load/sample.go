package load

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/cgroups"
)

// Figures of a sample beside Concourse's own.
const (
	loadAverage = "load average of one minute"
	containers  = "containers on the worker"
	memory      = "memory in use, MiB"
)

// sample are the figures of now.
func sample(ctx context.Context, metrics string) (map[string]float64, error) {
	now := map[string]float64{}
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return nil, fmt.Errorf("ask for the load: %w", err)
	}
	first, _, _ := strings.Cut(string(text), " ")
	if now[loadAverage], err = strconv.ParseFloat(first, 64); err != nil {
		return nil, fmt.Errorf("read the load: %w", err)
	}
	if now[memory], err = inUse(); err != nil {
		return nil, err
	}
	running, err := cgroups.Count(garden + "/*")
	if err != nil {
		return nil, err
	}
	now[containers] = float64(running)
	own, err := concourse(ctx, metrics)
	maps.Copy(now, own)
	return now, err
}

// inUse is the machine's memory without what the kernel could give at once.
func inUse() (float64, error) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, fmt.Errorf("ask for the memory: %w", err)
	}
	kib := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 {
			kib[fields[0]], _ = strconv.ParseFloat(fields[1], 64) // the two below are numbers
		}
	}
	return (kib["MemTotal:"] - kib["MemAvailable:"]) / 1024, nil
}

// concourse are the figures that the web node tells Prometheus, by name; those of
// several labels as the sum of all, and as NAME{VALUE} for each.
func concourse(ctx context.Context, metrics string) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, metrics, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("ask for Concourse's figures: %w", err)
	}
	answer, err := (&http.Client{}).Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask for Concourse's figures: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read Concourse's figures: %w", err)
	}
	figures := map[string]float64{}
	for name, family := range families {
		for _, m := range family.GetMetric() {
			value := m.GetCounter().GetValue() + m.GetGauge().GetValue()
			figures[name] += value
			for _, label := range m.GetLabel() {
				figures[name+"{"+label.GetValue()+"}"] += value
			}
		}
	}
	return figures, nil
}
