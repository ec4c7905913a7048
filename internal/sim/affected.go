package sim

import "slices"

// unready are the VMs that break if what was just done to the root CAs is
// deployed, one VM after the other.
func (f *Foundation) unready(kind, guid string) []string {
	var names []string
	for _, p := range f.everyone() {
		for _, v := range p.vms() {
			if v.breaksBy(kind, guid) {
				names = append(names, v.name())
			}
		}
	}
	return names
}

func (v *vm) breaksBy(kind, guid string) bool {
	switch kind {
	case "activate", "regenerate":
		return !slices.Contains(v.trust.GUIDs(), guid) || !slices.Contains(v.natsTrust.GUIDs(), guid)
	case "delete":
		return v.natsFrom.GUID == guid || v.leaf.signer != nil && v.leaf.signer.GUID == guid
	}
	return false
}
