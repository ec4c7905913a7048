package schedule

// Kind is what happens.
type Kind string

// What happens to one request.
const (
	Reset              Kind = "connection reset before the work"
	LostAnswer         Kind = "connection reset after the work"
	Truncated          Kind = "answer cut off"
	Stalled            Kind = "answer stalled"
	Unauthorized       Kind = "401"
	TooMany            Kind = "429"
	InternalError      Kind = "500"
	BadGateway         Kind = "502 with HTML"
	Warned             Kind = "207"
	Violation          Kind = "422 as observed"
	ViolationByTheBook Kind = "422 as documented"
	PartlyFailed       Kind = "regenerate_failed"
	DroppedWrite       Kind = "write dropped"
	NoCertificates     Kind = "no certificates listed"
)

// What happens to the network, Ops Manager, or an installation.
const (
	NetworkResets   Kind = "network: reset"
	NetworkCuts     Kind = "network: cut"
	NetworkStalls   Kind = "network: stall"
	NetworkCrawls   Kind = "network: small pieces"
	Locked          Kind = "reboot: locked"
	UAARestarts     Kind = "UAA restart"
	TokensRevoked   Kind = "tokens revoked"
	ProductFails    Kind = "product fails"
	ErrandFails     Kind = "errand fails"
	StuckCancelled  Kind = "installation stuck, cancelled"
	StuckRecovering Kind = "installation stuck, goes on"
)

// What people and schedulers do.
const (
	Kill      Kind = "kill -9"
	Terminate Kind = "SIGTERM"
	Click     Kind = "click"
)

// Victim is whom a signal hits.
type Victim string

// The victims. Step is the process of the procedure itself.
const (
	Step Victim = "step"
	Om   Victim = "om"
	Both Victim = "step and om"
)
