package stage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// order is what the process of the foundations is asked, one line of JSON each.
type order struct {
	// Open is the shape of a new foundation; the others are for number Of.
	Open *Shape      `json:",omitempty"`
	Of   int         `json:",omitempty"`
	Do   *sim.Action `json:",omitempty"`
	// Close ends it; without any of these, what was counted is taken.
	Close bool `json:",omitempty"`
}

// answer to an order.
type answer struct {
	Problem    string      `json:",omitempty"`
	Foundation *Foundation `json:",omitempty"`
	Traffic    Traffic
}

// patience is for connections that should have ended with their program.
const patience = 5 * time.Second

// Serve is the process of the foundations: it answers orders until there are no
// more.
func Serve(ctx context.Context, orders io.Reader, answers io.Writer) error {
	all := map[int]*served{}
	defer func() {
		for _, s := range all {
			s.close()
		}
	}()
	in, out := json.NewDecoder(orders), json.NewEncoder(answers)
	for {
		var o order
		if err := in.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read an order: %w", err)
		}
		a, err := o.carryOut(ctx, all)
		if err != nil {
			a.Problem = err.Error()
		}
		if err := out.Encode(a); err != nil {
			return fmt.Errorf("answer an order: %w", err)
		}
	}
}

func (o order) carryOut(ctx context.Context, all map[int]*served) (answer, error) {
	if o.Open != nil {
		s, err := serve(ctx, *o.Open)
		if err != nil {
			return answer{}, err
		}
		number := 1 + slices.Max(append(slices.Collect(maps.Keys(all)), 0))
		all[number] = s
		f := &Foundation{Number: number, URL: s.server.URL, CAPEM: s.server.CAPEM}
		if s.proxy != nil {
			f.FarURL = "https://" + s.proxy.Listen
		}
		return answer{Foundation: f}, nil
	}
	s := all[o.Of]
	if s == nil {
		return answer{}, fmt.Errorf("there is no foundation %d", o.Of)
	}
	if o.Do != nil {
		return answer{}, s.OperatorContext(ctx, *o.Do)
	}
	if o.Close {
		s.close()
		delete(all, o.Of)
		return answer{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t, err := s.take(ctx)
	return answer{Traffic: t}, err
}
