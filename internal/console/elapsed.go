package console

import (
	"fmt"
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
