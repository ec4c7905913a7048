package opsman

import (
	"context"
	"log/slog"

	"github.com/pivotal-cf/om/api"
)

// API is om's own typed API over this client, for the calls of which om keeps
// every field (staged errands, director properties, staged products). It is
// good for as long as ctx is; one call at a time, like everything here.
func (c *Client) API(ctx context.Context) api.Api {
	login := bound{ctx: ctx, client: c}
	open := bound{ctx: ctx, client: c, public: true}
	return api.New(api.ApiInput{
		Client:                 login,
		ProgressClient:         login,
		UnauthedClient:         open,
		UnauthedProgressClient: open,
		Logger:                 slog.NewLogLogger(c.log.Handler(), slog.LevelDebug),
	})
}
