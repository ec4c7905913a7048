package process

import (
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// Usage is what one run of a program took.
type Usage = process.Ended

// parse reads what the launcher writes.
func parse(figures string, u *Usage) error {
	var started, wall, user, system int64
	if _, err := fmt.Sscan(figures, &started, &wall, &user, &system, &u.Peak, &u.Code); err != nil {
		return fmt.Errorf("the launcher's figures %q are not understood: %w", figures, err)
	}
	u.Started = time.Unix(0, started)
	u.Wall, u.CPU = time.Duration(wall), time.Duration(user+system)
	return nil
}
