package apply

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/pivotal-cf/om/api"
)

// Sender sends requests to Ops Manager, with a token or without one.
type Sender interface {
	Do(req *http.Request) (*http.Response, error)
	DoWithoutToken(req *http.Request) (*http.Response, error)
}

// OmAPI is om's own typed API over another client, for the calls of which om keeps
// every field (staged errands, director properties, staged products). It is good for
// as long as ctx is; one call at a time, where the client does no more.
func OmAPI(ctx context.Context, client Sender) api.Api {
	login, open := bound{ctx, client.Do}, bound{ctx, client.DoWithoutToken}
	return api.New(api.ApiInput{
		Client:                 login,
		ProgressClient:         login,
		UnauthedClient:         open,
		UnauthedProgressClient: open,
		Logger:                 slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	})
}

// bound sends requests that were made without a context under one: om's API has no
// contexts of its own.
type bound struct {
	ctx  context.Context
	send func(*http.Request) (*http.Response, error)
}

// Do has the form that om's API expects of an HTTP client.
func (b bound) Do(req *http.Request) (*http.Response, error) {
	return b.send(req.WithContext(b.ctx))
}
