package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/internal/sim/roster"
)

// task is a process to start, and the judgement of how it ended: empty, or what
// is wrong.
type task struct {
	process.Program
	judge func(process.Ended) string
}

// run runs it to its end; one that hangs is killed.
func (t task) run(ctx context.Context) (process.Ended, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ended, err := t.Run(limited)
	return ended, errors.Join(err, ctx.Err())
}

// limit is after how long a process counts as hung.
const limit = time.Minute

// started is a program as it is started for a foundation. There is no proxy and no
// setting of om's in its environment: the foundations are on this machine.
func started(binaries string, p process.Program) process.Program {
	return p.In(binaries).With(process.Environ(os.TempDir()))
}

func login(m roster.Member) concourse.Login {
	return concourse.Login{Target: m.Target, Username: m.Username, Password: m.Password, CACert: m.CACert}
}

// check is a check as Concourse runs it: with the version known that it knows.
func check(binaries string, m roster.Member, known roster.Version, expected []roster.Version) task {
	p := concourse.Pipeline{Source: login(m).Source(), Version: known}
	return task{
		Program: started(binaries, p.Checking()),
		judge: func(e process.Ended) string {
			versions, err := concourse.Versions(e.Stdout)
			switch {
			case !e.OK():
				return fmt.Sprintf("check of %s (%s) ended with %d: %s", m.Target, m.State, e.Code, e.Stderr)
			case err != nil:
				return fmt.Sprintf("%s (%s): %s", m.Target, m.State, err)
			case !slices.EqualFunc(versions, expected, maps.Equal):
				return fmt.Sprintf("check of %s (%s) answered %v, expected %v", m.Target, m.State, versions, expected)
			}
			return ""
		},
	}
}

// firstCheck is the one that finds out where the foundation stands.
func firstCheck(binaries string, m roster.Member) task {
	return check(binaries, m, m.Known, m.Answer)
}

// steadyCheck is every one after it.
func steadyCheck(binaries string, m roster.Member) task {
	return check(binaries, m, m.Version, []roster.Version{m.Version})
}

// list is om's list of the CAs, which has to name each of them.
func list(binaries string, m roster.Member) task {
	return task{
		Program: started(binaries, process.Program{Path: "om-quick", Args: []string{"certificate-authorities"}, Environ: login(m).Environ()}),
		judge: func(e process.Ended) string {
			for _, guid := range m.CAs {
				if !e.OK() || !strings.Contains(e.Stdout, guid) {
					return fmt.Sprintf("om of %s (%s) ended with %d and did not list %s: %s%s", m.Target, m.State, e.Code, guid, e.Stdout, e.Stderr)
				}
			}
			return ""
		},
	}
}
