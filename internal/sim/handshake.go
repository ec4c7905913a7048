package sim

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/tlsnet"
)

// Handshake is one mutual TLS connection between two VMs.
type Handshake struct {
	At           time.Time `json:"at"`
	Installation int       `json:"installation"`
	// Kind is "agent" (NATS, between an agent and the director) or "peer".
	Kind   string `json:"kind"`
	Client string `json:"client"`
	Server string `json:"server"`
	OK     bool   `json:"ok"`
	// Reason is the TLS error of a broken one.
	Reason string `json:"reason,omitempty"`
}

// meeting is a handshake to make.
type meeting struct {
	kind           string
	client, server tlsnet.Peer
	// outside: with a deployment that no tile made; when it breaks, no apply changes
	// says so.
	outside bool
}

// unresponsive is whom the director misses: the agent, when it is the director
// itself that was rolled.
func (m meeting) unresponsive(rolled *vm) string {
	if rolled.director {
		return m.client.Name
	}
	return rolled.name()
}

// meetings are those that a VM has after its roll: with the director over NATS
// and TLS, with a neighbour, with one VM of each other product. The director
// meets every agent.
func (ap applying) meetings(v *vm) []meeting {
	var all []meeting
	for _, other := range ap.directorVMs() {
		if other != v {
			all = append(all, meeting{kind: "agent", client: v.natsPeer(), server: other.natsPeer()})
			all = append(all, ap.meet(v, other)...)
		}
	}
	if v.director {
		for _, p := range ap.everyone() {
			for _, agent := range p.vms() {
				if !agent.director {
					all = append(all, meeting{kind: "agent", client: agent.natsPeer(), server: v.natsPeer(), outside: p.outside})
				}
			}
		}
	}
	if vms := v.deployment.vms; len(vms) > 1 {
		all = append(all, ap.meet(v, vms[(slices.Index(vms, v)+1)%len(vms)])...)
	}
	for _, p := range ap.everyone() {
		if vms := p.vms(); p != v.deployment.product && !p.isDirector() && len(vms) > 0 {
			ap.meetingCount++
			all = append(all, ap.meet(v, vms[ap.meetingCount%len(vms)])...)
		}
	}
	return all
}

// meet is one connection, by turns in either direction.
func (ap applying) meet(v, other *vm) []meeting {
	if v == other {
		return nil
	}
	ap.meetingCount++
	if ap.meetingCount%2 == 0 {
		return []meeting{{kind: "peer", client: v.peer(), server: other.peer(), outside: other.deployment.product.outside}}
	}
	return []meeting{{kind: "peer", client: other.peer(), server: v.peer(), outside: other.deployment.product.outside}}
}

// shakeHands makes all of them for real, and fails with the first broken one.
func (ap applying) shakeHands(v *vm, meetings []meeting) error {
	now := ap.clock.now()
	results := make([]error, len(meetings))
	workers := make(chan struct{}, runtime.GOMAXPROCS(0))
	finished := make(chan struct{})
	for i, m := range meetings {
		go func() {
			workers <- struct{}{}
			results[i] = tlsnet.Handshake(ap.ctx, m.client, m.server, now)
			<-workers
			finished <- struct{}{}
		}()
	}
	for range meetings {
		<-finished
	}
	if ap.ctx.Err() != nil {
		return errGone
	}
	var first error
	ap.update(func() {
		for i, m := range meetings {
			h := Handshake{At: now, Installation: ap.in.id, Kind: m.kind, Client: m.client.Name, Server: m.server.Name, OK: results[i] == nil}
			if err := results[i]; err != nil {
				h.Reason = err.Error()
				if m.outside {
					ap.ledger.handshake(h)
					continue
				}
				ap.in.logf("Task failed: %v\n", err)
				if first == nil {
					first = fmt.Errorf("deploying %s: Timed out sending 'get_state' to instance '%s': %w", v.deployment.Name, m.unresponsive(v), err)
				}
			}
			ap.ledger.handshake(h)
		}
	})
	return first
}

// Broken are the handshakes that failed.
func (f *Foundation) Broken() []Handshake {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Handshake{}, f.ledger.broken...)
}
