package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// errGoesOn is the end of an om that has not ended.
var errGoesOn = errors.New("om goes on")

// omEnd is how om ended.
type omEnd struct {
	// err is nil when om says that the installation succeeded.
	err error
	// stuck is set when we stopped om because nothing went on.
	stuck   *StuckError
	message string
	output  *transcript
}

const (
	// omGrace is how long om may go on after its installation has ended: it
	// looks every ten seconds, but a hanging connection holds it for half an
	// hour.
	omGrace = 2 * time.Minute
	// lookTime limits one look of ours while om runs.
	lookTime = 30 * time.Second
	// stopTime is how long om has to end after SIGTERM, which ends it at once.
	stopTime = 500 * time.Millisecond
)

// runOm runs `om apply-changes` until it ends, is stuck, or ctx ends. om has
// a process group of its own: a Ctrl-C in a terminal reaches us alone, and we
// decide.
func (s *supervision) runOm(ctx context.Context, before evidence.History) omEnd {
	pulse := console.NewHeartbeat(s.out, s.req.Heartbeat, s.clock.Now)
	s.course = newCourse(s.past, s.clock.Now)
	end := omEnd{output: &transcript{
		pulse: pulse, lines: console.NewLines(&groups{out: s.out, names: s.names, heading: s.heading}), redact: s.deps.OpsManager.Redact,
	}}
	errands, done, err := s.errands.file(s.req.ErrandsFile)
	if err != nil {
		end.err, end.message = err, err.Error()
		return end
	}
	defer done()
	running, stop := context.WithCancel(ctx)
	defer stop()
	cmd, err := s.deps.Om.Command(running, s.deps.Environ, s.req.arguments(errands)...)
	if err != nil {
		end.err = err
		return end
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return terminate(cmd.Process.Pid) }
	cmd.WaitDelay = stopTime
	complaint := &limited{left: headSize}
	cmd.Stdout, cmd.Stderr = end.output, complaint
	if err := cmd.Start(); err != nil {
		end.err = fmt.Errorf("om cannot be started: %w", err)
		end.message = end.err.Error()
		return end
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	end.stuck = s.watch(running, before, pulse, end.output, ended, stop)
	end.err = <-ended
	end.output.omEnded()
	end.message = s.deps.OpsManager.Redact(sentence(complaint.String(), end.err))
	return end
}

// watch runs alongside om: it tells which installation is ours, beats, and
// stops an om that has nothing left to wait for. It returns when om has ended
// or was stopped; the result stays in ended.
func (s *supervision) watch(ctx context.Context, before evidence.History, pulse *console.Heartbeat,
	output *transcript, ended chan error, stop context.CancelFunc,
) *StuckError {
	var ours evidence.Installation
	var over time.Time
	moved := growth{at: s.clock.Now()}
	for {
		pause := s.req.Heartbeat
		if ours.ID == 0 {
			pause = min(pause, s.req.Poll)
		}
		select {
		case err := <-ended:
			ended <- err
			return nil
		case <-ctx.Done():
			return nil
		case <-s.clock.After(pause):
		}
		if found, ok := s.glance(ctx, before, output, moved.still(s.clock.Now())); ok {
			s.course.saw(found, s.deps.OpsManager.ServerTime())
			if ours.ID == 0 {
				s.say(fmt.Sprintf("installation %d is ours%s", found.ID, behind("; ", s.course.left())))
			}
			ours = found
		}
		now := s.clock.Now()
		moved.saw(now, output.size(), ours)
		if still := moved.still(now); still >= s.req.StuckAfter {
			stop()
			return s.stuck(ours.ID, stuckFor(still))
		}
		if ours.ID == 0 {
			pulse.Beat("om is starting the installation")
			continue
		}
		s.tell(pulse)
		switch {
		case !hasEnded(ours):
			over = time.Time{}
		case over.IsZero():
			over = now
		case now.Sub(over) >= omGrace:
			s.warn(fmt.Sprintf("installation %d has ended, but om has not noticed for %s: stopping om", ours.ID, console.Elapsed(now.Sub(over))))
			stop()
			return nil
		}
	}
}

// glance looks for our installation once, but not while om may be waiting for
// the answer to its POST: Ops Manager may drop a call that meets another one. A
// failure does not matter: om looks as well, and the next glance comes.
func (s *supervision) glance(ctx context.Context, before evidence.History, output *transcript, silence time.Duration) (evidence.Installation, bool) {
	if !output.begun() && (!output.asked() || silence < lookTime) {
		return evidence.Installation{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	history, err := s.since(ctx, before)
	if err != nil {
		return evidence.Installation{}, false
	}
	found, ok := s.ours(ctx, omEnd{output: output, err: errGoesOn}, history, before)
	return found.Installation, ok
}

// hasEnded also takes a status that is not documented for an end when there
// is a time for it.
func hasEnded(i evidence.Installation) bool {
	return i.Status == evidence.InstallationSucceeded || i.Status == evidence.InstallationFailed ||
		(i.Status != evidence.InstallationRunning && !i.FinishedAt.IsZero())
}

// limited keeps the beginning of what is written to it.
type limited struct {
	kept bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	l.kept.Write(p[:n])
	return len(p), nil
}

func (l *limited) String() string {
	return l.kept.String()
}

// terminate sends SIGTERM to a process group.
func terminate(group int) error {
	err := syscall.Kill(-group, syscall.SIGTERM)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}
