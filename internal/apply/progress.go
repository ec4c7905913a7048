package apply

import (
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// progress is how far an installation is, for people: "3 of 5 products done,
// now Redis".
func progress(i evidence.Installation) string {
	if len(i.Changes) == 0 {
		return i.Status
	}
	done := 0
	var now []string
	for _, c := range i.Changes {
		switch c.Status {
		case evidence.DeploymentPending:
		case evidence.DeploymentRunning:
			now = append(now, changed(c))
		default:
			done++
		}
	}
	text := fmt.Sprintf("%d of %d products done", done, len(i.Changes))
	if len(now) > 0 {
		text += ", now " + join(now)
	}
	return text
}
