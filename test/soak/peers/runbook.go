package peers

import (
	"context"
	"fmt"
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

const authorities = "/api/v0/certificate_authorities"

// Runbook types the calls of the vendor's documentation one after the other, as
// curl sends them, and applies changes with om. It goes on when a call has
// answered 2xx, and om with 0; the CA to activate is the newest inactive one that
// the list shows, the one to delete the inactive one.
func Runbook(ctx context.Context, r *rig.Rig) judge.Said {
	c := &curl{rig: r}
	apply := step{"apply-changes", func(ctx context.Context) string {
		ended := r.Run(ctx, process.Program{Path: r.Om(), Args: []string{"apply-changes"}, Environ: r.Environ()})
		if ended.OK() {
			return ""
		}
		return ended.Sentence()
	}}
	call := func(name string, do func(context.Context) error) step {
		return step{name, func(ctx context.Context) string {
			if err := r.Call(ctx, func(ctx context.Context) error { return c.session(ctx, do) }); err != nil {
				return err.Error()
			}
			return ""
		}}
	}
	return follow(ctx, r, []step{
		call("generate", func(ctx context.Context) error { return c.generate(ctx) }),
		apply,
		call("activate", func(ctx context.Context) error {
			return c.onInactive(ctx, func(guid string) error {
				return c.send(ctx, http.MethodPost, authorities+"/"+guid+"/activate", []byte("{}"), nil)
			})
		}),
		call("regenerate", func(ctx context.Context) error {
			return c.send(ctx, http.MethodPost, authorities+"/active/regenerate", []byte("{}"), nil)
		}),
		apply,
		call("delete", func(ctx context.Context) error {
			return c.onInactive(ctx, func(guid string) error {
				return c.send(ctx, http.MethodDelete, authorities+"/"+guid, nil, nil)
			})
		}),
		apply,
	})
}

// authority is what a person reads of the list of CAs.
type authority struct {
	GUID    string `json:"guid"`
	Active  bool   `json:"active"`
	Created string `json:"created_on"`
}

// onInactive does something with the newest inactive CA.
func (c *curl) onInactive(ctx context.Context, do func(guid string) error) error {
	var list struct {
		Authorities []authority `json:"certificate_authorities"`
	}
	if err := c.send(ctx, http.MethodGet, authorities, nil, &list); err != nil {
		return err
	}
	var newest authority
	for _, a := range list.Authorities {
		if !a.Active && a.Created >= newest.Created {
			newest = a
		}
	}
	if newest.GUID == "" {
		return fmt.Errorf("there is no inactive CA")
	}
	return do(newest.GUID)
}
