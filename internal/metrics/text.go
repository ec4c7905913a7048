package metrics

import (
	"bytes"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

// Text is the look in Prometheus's text format, for the node exporter's textfile
// collector and for the pushgateway.
func Text(look Look) ([]byte, error) {
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(Collector{look}); err != nil {
		return nil, fmt.Errorf("cannot register the metrics: %w", err)
	}
	families, err := registry.Gather()
	if err != nil {
		return nil, fmt.Errorf("cannot gather the metrics: %w", err)
	}
	var text bytes.Buffer
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(&text, family); err != nil {
			return nil, fmt.Errorf("cannot write the metric %s: %w", family.GetName(), err)
		}
	}
	return text.Bytes(), nil
}
