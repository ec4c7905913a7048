package measure

import (
	"time"

	"github.com/opsman-ca/opsman-ca/test/bench/process"
	"github.com/opsman-ca/opsman-ca/test/bench/stage"
)

// Group is what was measured side by side.
type Group struct {
	// Title of its table.
	Title  string
	Series []Series
}

// Series are the runs of one program in one situation.
type Series struct {
	// Name is the program and the situation, "check/settled".
	Name string
	// Against is the name of the series in the same group that it is compared with,
	// empty for none.
	Against string
	Limit   Limit
	Runs    []Run
}

// Limit is how many requests a program should send at most; 0 where nothing is said
// about that.
type Limit struct {
	Requests int
	// Why it sends more, empty where it does not.
	Why string
}

// Run is one run of a program.
type Run struct {
	process.Usage
	stage.Traffic
}

// FirstByte is the time from the program's start to the first byte that arrived at
// the server; 0 when none did.
func (r Run) FirstByte() time.Duration {
	if r.Traffic.FirstByte.IsZero() {
		return 0
	}
	return r.Traffic.FirstByte.Sub(r.Started)
}

// candidate is a program in a situation, still to be measured.
type candidate struct {
	name, against string
	limit         Limit
	program       process.Program
	// codes are the exit codes besides 0 that are no failure.
	codes []int
	at    *stage.Foundation
}
