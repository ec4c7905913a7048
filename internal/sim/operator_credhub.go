package sim

import "fmt"

// regenerateCA is `maestro regenerate ca --name`: a CA in CredHub gets its
// transitional version. Without a path these are all that lack one.
func (o operator) regenerateCA(a Action) error {
	if !o.credhub.RegenerateCA(a.Path, o.clock.event()) {
		return fmt.Errorf("there is no CA %q in CredHub that lacks a transitional version", a.Path)
	}
	return nil
}

// credHubSet is `credhub set` with the same value, which has set the flag since
// Ops Manager 2.7.
func (o operator) credHubSet(a Action) error {
	if !o.credhub.Supply(a.Path) {
		return fmt.Errorf("nothing was set by hand at %q", a.Path)
	}
	o.clock.event()
	return nil
}
