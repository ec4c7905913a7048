// Package fleet serves many simulated foundations from one process, each at an
// address of its own, with CAs and a rotation of its own.
package fleet

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/roster"
)

// Fleet is foundations that are served.
type Fleet struct {
	// Members are they, in the order of their numbers.
	Members []roster.Member
	servers []*sim.Server
	all     []*sim.Foundation
}

// The credentials of all of them.
const (
	Username = "admin"
	Password = "admin"
)

// tokenTTL is short, because every check leaves a token behind, which is kept
// for twice its life.
const tokenTTL = 30 * time.Second

// Serve makes so many foundations and serves each on a free port of 127.0.0.1.
// Close ends them.
func Serve(ctx context.Context, foundations int) (*Fleet, error) {
	f := &Fleet{
		Members: make([]roster.Member, foundations), servers: make([]*sim.Server, foundations), all: make([]*sim.Foundation, foundations),
	}
	failed := make([]error, foundations)
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range numbers {
				failed[i] = f.add(ctx, i)
			}
		})
	}
	for i := range foundations {
		numbers <- i
	}
	close(numbers)
	workers.Wait()
	if err := errors.Join(failed...); err != nil {
		f.Close()
		return nil, err
	}
	// What building them left behind is not what serving them takes.
	debug.FreeOSMemory()
	return f, nil
}

// add makes the foundation with that number, and serves it.
func (f *Fleet) add(ctx context.Context, number int) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("make foundation %d: %w", number, err)
	}
	foundation, err := sim.New(sim.Options{
		Username: Username, Password: Password, TokenTTL: tokenTTL, LateLeaves: true, KeepRequests: -1,
	})
	if err != nil {
		return fmt.Errorf("make foundation %d: %w", number, err)
	}
	r := begin(foundation)
	if err := r.place(ctx, number); err != nil {
		foundation.Close()
		return err
	}
	server, err := sim.ServeOn(ctx, foundation, "127.0.0.1:0")
	if err != nil {
		foundation.Close()
		return fmt.Errorf("serve foundation %d: %w", number, err)
	}
	f.all[number], f.servers[number] = foundation, server
	f.Members[number] = r.member(server)
	return nil
}

func (r *rotation) place(ctx context.Context, number int) error {
	count, third := stand(number)
	for _, state := range order[:count] {
		if err := r.advance(ctx, state); err != nil {
			return err
		}
	}
	if third {
		return r.block(ctx)
	}
	return nil
}

func (r *rotation) member(server *sim.Server) roster.Member {
	state := r.Dump()
	m := roster.Member{
		Target: server.URL, CACert: server.CAPEM, Username: Username, Password: Password,
		State: r.now["state"], Known: r.before, Version: r.now, Answer: []roster.Version{r.now},
		Active: state.Active(), CAs: guids(state),
	}
	if r.before != nil && r.before["state"] != r.now["state"] {
		m.Answer = []roster.Version{r.before, r.now}
	}
	return m
}

// Requests is how many the foundation with that number has answered.
func (f *Fleet) Requests(number int) int { return f.all[number].Requests() }

// Close ends all of them.
func (f *Fleet) Close() {
	var closing sync.WaitGroup
	for _, s := range f.servers {
		if s != nil {
			closing.Go(s.Close)
		}
	}
	closing.Wait()
}
