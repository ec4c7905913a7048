package judge

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

const trustsOthers = " trusts other CAs"

// Unsettled is what keeps a foundation from being settled on another CA than the
// first, as the VMs themselves show it. Empty when it is settled.
func Unsettled(s sim.State, first string) []string {
	var found []string
	if len(s.CAs) != 1 {
		found = append(found, fmt.Sprintf("%d CAs", len(s.CAs)))
	}
	active := s.Active()
	if active == "" {
		return append(found, "no active CA")
	}
	if active == first {
		found = append(found, "the first CA is still active")
	}
	for _, vm := range s.VMs {
		only := []string{active}
		if !slices.Equal(vm.Trusts, only) || !slices.Equal(vm.NATSTrusts, only) {
			found = append(found, vm.Name+trustsOthers)
		}
		if vm.LeafSigner != active && vm.LeafSigner != "" || vm.NATSSigner != active {
			found = append(found, vm.Name+" has certificates of another CA")
		}
	}
	return found
}
