package stage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Stage is the process of the foundations, seen from the one that measures.
type Stage struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	orders  *json.Encoder
	answers *json.Decoder
}

// Foundation is one simulated Ops Manager.
type Foundation struct {
	Number int
	// URL of it, and FarURL of the same behind latency where that was asked for.
	URL, FarURL string
	CAPEM       string

	stage *Stage
}

// Start starts the process: the program with these arguments, which has to call
// Serve.
func Start(ctx context.Context, stderr io.Writer, path string, args ...string) (*Stage, error) {
	s := &Stage{command: exec.CommandContext(ctx, path, args...)} //nolint:gosec // the program itself
	s.command.Stderr = stderr
	stdin, err := s.command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("the foundations' process: %w", err)
	}
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("the foundations' process: %w", err)
	}
	s.stdin, s.orders, s.answers = stdin, json.NewEncoder(stdin), json.NewDecoder(stdout)
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("start the foundations' process: %w", err)
	}
	return s, nil
}

// Close ends the process.
func (s *Stage) Close() error {
	_ = s.stdin.Close()
	if err := s.command.Wait(); err != nil {
		return fmt.Errorf("the foundations' process: %w", err)
	}
	return nil
}

func (s *Stage) ask(o order) (answer, error) {
	if err := s.orders.Encode(o); err != nil {
		return answer{}, fmt.Errorf("ask the foundations' process: %w", err)
	}
	var a answer
	if err := s.answers.Decode(&a); err != nil {
		return answer{}, fmt.Errorf("the foundations' process does not answer: %w", err)
	}
	if a.Problem != "" {
		return answer{}, errors.New(a.Problem)
	}
	return a, nil
}

// Open simulates a foundation.
func (s *Stage) Open(shape Shape) (*Foundation, error) {
	a, err := s.ask(order{Open: &shape})
	if err != nil {
		return nil, err
	}
	a.Foundation.stage = s
	return a.Foundation, nil
}

// Operator does, one after the other, what a second operator clicks.
func (f *Foundation) Operator(actions ...sim.Action) error {
	for _, a := range actions {
		if _, err := f.stage.ask(order{Of: f.Number, Do: &a}); err != nil {
			return err
		}
	}
	return nil
}

// Close ends it: a large one would keep the garbage collector busy.
func (f *Foundation) Close() error {
	_, err := f.stage.ask(order{Of: f.Number, Close: true})
	return err
}

// Take waits until the last program's connections have ended, and gives what went
// over them since the last time.
func (f *Foundation) Take() (Traffic, error) {
	a, err := f.stage.ask(order{Of: f.Number})
	return a.Traffic, err
}

// Source is the resource's source for it, far away or not.
func (f *Foundation) Source(far bool) map[string]any {
	return map[string]any{"target": f.url(far), "username": username, "password": password, "ca_cert": f.CAPEM}
}

// Environ is the same for om and opsman-ca.
func (f *Foundation) Environ(far bool) []string {
	return []string{"OM_TARGET=" + f.url(far), "OM_USERNAME=" + username, "OM_PASSWORD=" + password, "OM_CA_CERT=" + f.CAPEM}
}

func (f *Foundation) url(far bool) string {
	if far {
		return f.FarURL
	}
	return f.URL
}
