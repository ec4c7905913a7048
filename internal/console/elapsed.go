package console

import (
	"fmt"
	"strings"
	"time"
)

// Elapsed is a duration as people say it: "8s", "12m03s", "1h02m". It is
// rounded down; negative durations, which a clock that was set back can give,
// are "0s".
func Elapsed(d time.Duration) string {
	d = max(d, 0)
	hours, minutes, seconds := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case hours > 0:
		return fmt.Sprintf("%dh%02dm", hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("%dm%02ds", minutes, seconds)
	}
	return fmt.Sprintf("%ds", seconds)
}

// About is a duration as people say it who do not count seconds: "8s", "12m",
// "1h20m".
func About(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < 90*time.Second:
		return fmt.Sprintf("%ds", int(d.Round(time.Second).Seconds()))
	case d < time.Hour-30*time.Second:
		return fmt.Sprintf("%dm", int(d.Round(time.Minute).Minutes()))
	}
	return Elapsed(d.Round(time.Minute))
}

// Between is a span of durations: "15–18m", "50m–1h10m", and one alone where
// both are about the same.
func Between(low, high time.Duration) string {
	from, to := About(low), About(high)
	if from == to {
		return to
	}
	if number, short := strings.CutSuffix(from, to[len(to)-1:]); short && !strings.ContainsAny(to, "h") && !strings.ContainsAny(from, "h") {
		return number + "–" + to
	}
	return from + "–" + to
}
