package cli

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Status is where a rotation stands, with the evidence for it.
type Status struct {
	State      rotation.State    `json:"state"`
	Reason     rotation.Reason   `json:"reason,omitempty"`
	Message    string            `json:"message,omitempty"`
	OpsManager string            `json:"ops_manager"`
	Version    map[string]string `json:"version"`
	CAs        []Authority       `json:"certificate_authorities"`
	// Waiting says that regenerated leaf certificates wait for an apply changes,
	// empty when they do not.
	Waiting string `json:"waiting,omitempty"`
	// Proof is what the state waits for, or has; absent in blocked and settled.
	Proof *Proof `json:"proof,omitempty"`
	Next  string `json:"next"`
	// Phase is the next changing phase, Obstacles what it would be refused for.
	Phase     rotation.Phase `json:"phase,omitempty"`
	Obstacles []Obstacle     `json:"obstacles"`
	// WayBack says whether a rotation that has not activated its candidate can be
	// undone, and how; absent where that is no question.
	WayBack *rotation.Finding `json:"way_back,omitempty"`

	legs []rotation.Leg
}

// Authority is a root CA without its certificate.
type Authority struct {
	GUID    string `json:"guid"`
	Role    string `json:"role"`
	Issuer  string `json:"issuer"`
	Created string `json:"created"`
	Expires string `json:"expires"`
}

// Proof says which products the last change of the CAs has reached.
type Proof struct {
	Since        int       `json:"since_installation"`
	Complete     bool      `json:"complete"`
	Installation int       `json:"completed_by_installation,omitempty"`
	Products     []Reached `json:"products"`
	Outdated     []string  `json:"outdated,omitempty"`
}

// Reached is a product's line in a proof.
type Reached struct {
	Product      string `json:"product"`
	GUID         string `json:"guid"`
	Installation int    `json:"installation,omitempty"`
	Missing      string `json:"missing,omitempty"`
}

// Obstacle is a refusal that the next phase would meet.
type Obstacle struct {
	Reason  rotation.Reason `json:"reason"`
	Message string          `json:"message"`
	Next    string          `json:"next"`
	// Accepted tells that the operator overrides it.
	Accepted bool `json:"accepted,omitempty"`
}

// StatusOf sums up a view, with the names that the operator has for keys. The cursor is
// what was known before, nil for nothing; options are those of the operator.
func StatusOf(names setting.Names, view foundation.View, cursor *rotation.Version, options rotation.Options) Status {
	s, e := view.Observed, view.Evidence
	way := rotation.Way{Observed: s, Evidence: e, From: cursor, Again: true, Options: options}
	next := rotation.Next(way)
	status := Status{
		State: s.State, Reason: s.Reason, Message: s.Message, OpsManager: e.OpsManager,
		Version: s.Version.Map(), CAs: authorities(s, e.CAs), Waiting: s.Waiting(), Next: s.Next(), Obstacles: []Obstacle{}, legs: legs(names, rotation.Plan(way, next)),
	}
	if p := s.Awaited(); p != nil {
		status.Proof = proofOf(*p)
	}
	if f, is := rotation.WayBack(e, s); is && s.Candidate != nil {
		status.WayBack = &f
	}
	phase, asked := rotation.NextPhase(s)
	if !asked {
		return status
	}
	status.Phase = phase
	from := s.Version
	if cursor != nil {
		from = *cursor
	}
	status.Obstacles = append(status.Obstacles, obstacles(names, rotation.Question{Phase: phase, From: from, Observed: s, Evidence: e, Options: options})...)
	status.meets(names, next)
	if s.NeedsApply() {
		way.ApplyOnly = true
		status.meets(names, rotation.Next(way))
	}
	if rotation.AtRest(s) && !rotation.PrerequisitesAsked(e) && status.Waiting == "" {
		status.Next += ", and preflight says before it whether one may begin"
	}
	return status
}

// meets adds the refusal that a run of the whole rotation, or apply-changes, would
// meet before the phase.
func (s *Status) meets(names setting.Names, m rotation.NextMove) {
	d := m.Decision
	if m.Kind != rotation.MoveRefuse || slices.ContainsFunc(s.Obstacles, func(o Obstacle) bool { return o.Reason == d.Reason }) {
		return
	}
	s.Obstacles = append(s.Obstacles, Obstacle{Reason: d.Reason, Message: d.Message, Next: d.Advice(names)})
}

// obstacles are the accepted refusals of a phase up to the first one that is not.
func obstacles(names setting.Names, q rotation.Question) []Obstacle {
	accept := q.Options.Accept
	q.Options.Accept = nil
	var all []Obstacle
	for {
		d := rotation.Preliminary(q)
		if d.Verdict != rotation.Refuse {
			return all
		}
		accepted := slices.Contains(accept, d.Reason) && slices.Contains(rotation.Acceptable(), d.Reason) && !slices.Contains(q.Options.Accept, d.Reason)
		all = append(all, Obstacle{Reason: d.Reason, Message: d.Message, Next: d.Advice(names), Accepted: accepted})
		if !accepted {
			return all
		}
		q.Options.Accept = append(q.Options.Accept, d.Reason)
	}
}

// legs are those of the plan, each with what has to be accepted for it.
func legs(names setting.Names, planned []rotation.Leg) []rotation.Leg {
	for i, leg := range planned {
		if leg.Accept != "" {
			planned[i].Does += fmt.Sprintf(" (only with %s %s)", names.Of(setting.Accept), leg.Accept)
		}
	}
	return planned
}

func authorities(s rotation.Observation, cas []evidence.CA) []Authority {
	lines := []Authority{}
	for _, ca := range cas {
		role := "inactive"
		switch {
		case ca.Active:
			role = "active"
		case s.Candidate != nil && s.Candidate.GUID == ca.GUID:
			role = "candidate"
		case s.Retiring != nil && s.Retiring.GUID == ca.GUID:
			role = "retiring"
		}
		lines = append(lines, Authority{
			GUID: ca.GUID, Role: role, Issuer: ca.Issuer, Created: ca.CreatedOn.String(), Expires: ca.ExpiresOn.String(),
		})
	}
	return lines
}

func proofOf(p rotation.Proof) *Proof {
	proof := &Proof{Since: p.Since, Complete: p.Complete(), Installation: p.Installation, Outdated: p.Outdated}
	for _, line := range p.Products {
		reached := Reached{Product: line.Product.Name(), GUID: line.Product.GUID, Installation: line.Installation}
		if line.Installation == 0 {
			reached.Missing = line.Why
		}
		proof.Products = append(proof.Products, reached)
	}
	return proof
}

// Plan is the whole rotation, with what is done, next and still ahead.
type Plan struct {
	State rotation.State `json:"state"`
	Legs  []rotation.Leg `json:"legs"`
	// Waiting is as in Status.
	Waiting   string     `json:"waiting,omitempty"`
	Next      string     `json:"next"`
	Obstacles []Obstacle `json:"obstacles"`
	// Errands are those that every apply changes of the rotation is asked to
	// run.
	Errands []apply.PlannedErrand `json:"errands"`
	// Findings are those of preflight, as long as no rotation has begun.
	Findings []rotation.Finding `json:"findings"`
	// WayBack is as in Status.
	WayBack *rotation.Finding `json:"way_back,omitempty"`
}

// PlanOf is the plan from a status on.
func PlanOf(s Status, errands []apply.PlannedErrand, findings []rotation.Finding) Plan {
	return Plan{
		State: s.State, Legs: s.legs, Waiting: s.Waiting, Next: s.Next, Obstacles: s.Obstacles, WayBack: s.WayBack,
		Errands: append([]apply.PlannedErrand{}, errands...), Findings: append([]rotation.Finding{}, findings...),
	}
}
