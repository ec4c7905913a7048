package metrics

import (
	"strings"
	"unicode"

	"github.com/prometheus/client_golang/prometheus"
)

// prefix is of every name. Times are Unix seconds, spans seconds.
const prefix = "opsman_ca_"

// describer makes descriptions with the label that tells foundations apart.
type describer struct{ foundation string }

func (d describer) of(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prefix+name, help, labels, prometheus.Labels{"foundation": label(d.foundation)})
}

// mostLabel is the most letters of a label that Ops Manager wrote.
const mostLabel = 120

// label is a text of Ops Manager's as the value of a label: valid, printable, and
// not too long.
func label(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > mostLabel {
		text = string(runes[:mostLabel-1]) + "…"
	}
	return text
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
