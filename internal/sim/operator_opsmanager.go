package sim

import (
	"fmt"
	"time"
)

// upgrade makes it another version of Ops Manager: the director is to be
// deployed again, and everyone has to log in anew.
func (o operator) upgrade(a Action) error {
	v := parseVersion(a.Version)
	if v == (version{}) {
		return fmt.Errorf("version %q is not understood: write it as 3.0.25-build.1261", a.Version)
	}
	o.opsmanVersion, o.v = a.Version, v
	o.products[0].version = a.Version
	o.products[0].stage()
	o.uaa.Forget()
	return nil
}

func (o operator) restartUAA(a Action) error {
	o.uaa.Restart(time.Duration(a.For))
	return nil
}
