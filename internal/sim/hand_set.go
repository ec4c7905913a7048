package sim

import (
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/credhub"
)

// HandSetPath is the certificate that Options.HandSet puts into CredHub.
const HandSetPath = credhub.HandSetPath

func (b builder) placeHandSet() {
	if !b.opts.HandSet {
		return
	}
	now := b.clock.now().Truncate(time.Second)
	b.credhub.PlaceHandSet(now.AddDate(-6, 0, 0), now.AddDate(3, 0, 0), b.lastPlaced().main.Deployment)
}
