package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/opsman-ca/opsman-ca/internal/buildinfo"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Collector gives out one look. Times are as Ops Manager has them, and spans are
// counted from its clock at the time of the look.
type Collector struct{ Look Look }

// Describe gives no descriptions: which metrics there are depends on the look.
func (Collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c Collector) Collect(into chan<- prometheus.Metric) {
	l := c.Look
	s := sink{describer{l.Foundation}, into}
	build := buildinfo.Read()
	s.gauge("build_info", "Which build of opsman-ca this is; always 1.", 1, pair{"version", build.Version}, pair{"commit", build.Commit}, pair{"goversion", build.Go})
	s.gauge("up", "Whether the last look at Ops Manager succeeded. Without it there is nothing but the metrics of the look itself.", truth(l.Err == nil))
	s.gauge("look_timestamp_seconds", "When Ops Manager was last looked at, by the clock of the machine that did.", unix(l.At))
	s.gauge("look_duration_seconds", "How long the last look took.", l.Took.Seconds())
	if l.Err != nil {
		return
	}
	e := l.View.Evidence
	s.gauge("opsman_info", "Which Ops Manager answered; always 1.", 1, pair{"version", label(l.Inventory.OpsManager)})
	s.stamp("opsman_clock_timestamp_seconds", "Ops Manager's own clock at the last look.", e.At)
	s.state(l)
	s.apply(e.History)
	s.authorities(l.Inventory, e.At)
	s.groups(l.Inventory, e.At)
}

// sink takes metrics.
type sink struct {
	describer
	into chan<- prometheus.Metric
}

// pair is a label.
type pair struct{ name, value string }

func (s sink) gauge(name, help string, value float64, labels ...pair) {
	var names, values []string
	for _, l := range labels {
		names, values = append(names, l.name), append(values, l.value)
	}
	s.into <- constant(s.of(name, help, names...), prometheus.GaugeValue, value, values...)
}

// constant is a metric, or what makes gathering fail with the reason.
func constant(desc *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) prometheus.Metric {
	metric, err := prometheus.NewConstMetric(desc, kind, value, labels...)
	if err != nil {
		return prometheus.NewInvalidMetric(desc, err)
	}
	return metric
}

// stamp is a time, left out where it is not known.
func (s sink) stamp(name, help string, at time.Time, labels ...pair) {
	if !at.IsZero() {
		s.gauge(name, help, unix(at), labels...)
	}
}

func unix(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }

func (s sink) state(l Look) {
	state, at := l.View.Observed, l.View.Evidence.At
	for _, p := range rotation.States() {
		s.gauge("state", "Where the rotation of the root CA stands: 1 for that state, 0 for the others.", truth(p == state.State), pair{"state", string(p)})
	}
	const since = "the earliest moment at which the state can have begun. Ops Manager keeps no record of activate, regenerate and delete; serve-metrics knows better once it has seen the state before."
	s.stamp("state_start_timestamp_seconds", "Time of "+since, l.Since)
	if !l.Since.IsZero() && !at.IsZero() {
		s.gauge("state_age_seconds", "Time since "+since, at.Sub(l.Since).Seconds())
	}
	if state.State == rotation.Blocked {
		s.gauge("blocked_info", "Why the rotation is blocked; always 1, and absent when it is not.", 1, pair{"reason", string(state.Reason)})
	}
	s.gauge("activated_untrusted", "Whether an operator activated a CA that not every product trusts: an apply changes now would cut those products off.", truth(state.Untrusted()))
	if p := state.Awaited(); p != nil {
		const reached = "Deployed products, by whether the last change of the CAs is proven to have reached them; absent where no change is to be proven."
		s.gauge("proof_products", reached, float64(p.Covered()), pair{"proof", "reached"})
		s.gauge("proof_products", reached, float64(len(p.Products)-p.Covered()), pair{"proof", "missing"})
	}
}

// results are those of an installation.
var results = []string{evidence.InstallationSucceeded, evidence.InstallationFailed, evidence.InstallationRunning}

func (s sink) apply(h evidence.History) {
	last, found := lastApply(h)
	if !found {
		return
	}
	for _, result := range results {
		s.gauge("last_apply_result", "How the newest apply changes ended: 1 for that result, 0 for the others.", truth(result == last.Status), pair{"result", result})
	}
	s.stamp("last_apply_start_timestamp_seconds", "When the newest apply changes began.", last.StartedAt)
	s.stamp("last_apply_finish_timestamp_seconds", "When the newest apply changes ended; absent while it runs.", last.FinishedAt)
}
