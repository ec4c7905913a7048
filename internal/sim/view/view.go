// Package view shows what a simulated foundation has come to: how far each root CA
// has reached, and which handshakes broke on the way.
package view

import (
	"fmt"
	"strconv"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Authorities shows the root CAs as a table.
func Authorities(c *console.Console, s sim.State) {
	var rows [][]string
	for _, ca := range s.CAs {
		trusting, signed := s.Reach(ca.GUID)
		of := func(vms int) string { return fmt.Sprintf("%d of %d", vms, len(s.VMs)) }
		rows = append(rows, []string{ca.GUID, strconv.FormatBool(ca.Active), ca.ExpiresOn.Format(time.DateOnly), of(trusting), of(signed)})
	}
	c.Println(terminal.Table(c.Styles, []string{"root CA", "active", "expires", "VMs that trust it", "VMs with its certificates"}, rows))
}

// Handshakes says how many there were, and how many of them broke.
func Handshakes(s sim.State) string {
	all := s.Good + len(s.Broken)
	if len(s.Broken) == 0 {
		return fmt.Sprintf("%d TLS handshakes between VMs, none broken", all)
	}
	return fmt.Sprintf("%d of %d TLS handshakes between VMs broke", len(s.Broken), all)
}

// Broken shows the handshakes that broke, the first of them where there are more than
// that.
func Broken(c *console.Console, s sim.State, most int) {
	first, more := shorten.Few(s.Broken, most)
	for _, h := range first {
		c.Println(c.Error("broken:"), h.Reason)
	}
	if more > 0 {
		c.Println(c.Error(shorten.More(more)))
	}
}
