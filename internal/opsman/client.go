package opsman

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/process"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// Client talks to one Ops Manager. It is safe for concurrent use and sends one
// request at a time: Ops Manager does not support parallel calls, and drops one
// of them without an error.
type Client struct {
	cfg       Config
	target    *url.URL
	http      *http.Client
	trust     *trust
	log       *slog.Logger
	redact    *redactor
	sleep     func(context.Context, time.Duration) error
	now       func() time.Time
	userAgent string
	names     setting.Names
	jsonLimit int64
	checkTime time.Duration

	// turn holds one value; who holds it may send.
	turn  chan struct{}
	token token
	noV1  atomic.Bool
	// met tells that Ops Manager itself has answered: whatever comes after it is an
	// outage of it.
	met atomic.Bool
	// version is Ops Manager's own, a string, once it was asked for.
	version    atomic.Value
	requests   atomic.Int64
	serverTime atomic.Int64
}

// Option changes how a Client works.
type Option func(*Client)

// WithLogger sends what the client does to log, all of it at debug level but
// for waiting and unlocking; without it nothing is logged.
func WithLogger(log *slog.Logger) Option { return func(c *Client) { c.log = log } }

// WithSleep replaces the pause between two attempts. It returns ctx's error
// when ctx ends first.
func WithSleep(sleep func(ctx context.Context, d time.Duration) error) Option {
	return func(c *Client) { c.sleep = sleep }
}

// WithClock replaces time.Now, which is used for retry budgets and for the age
// of the token, never for evidence.
func WithClock(now func() time.Time) Option { return func(c *Client) { c.now = now } }

// WithUserAgent names the program to Ops Manager.
func WithUserAgent(name string) Option { return func(c *Client) { c.userAgent = name } }

// WithNames tells the client what the reader of its errors calls the keys of Config;
// without it they are those of the resource.
func WithNames(names setting.Names) Option { return func(c *Client) { c.names = names } }

// New checks the configuration and makes a client; it sends nothing. Its error
// lists every problem, each with the key that it is about.
func New(cfg Config, opts ...Option) (*Client, error) {
	target, targetErr := parseTarget(cfg.Target)
	configErr := cfg.problems()
	cfg = cfg.withDefaults()
	trust, trustErr := newTrust(cfg)
	if err := errors.Join(targetErr, configErr, trustErr); err != nil {
		return nil, err
	}
	c := &Client{
		cfg:       cfg,
		target:    target,
		trust:     trust,
		log:       slog.New(slog.DiscardHandler),
		sleep:     process.Sleep,
		now:       time.Now,
		userAgent: "opsman-ca",
		jsonLimit: jsonLimit,
		checkTime: checkTime,
		turn:      make(chan struct{}, 1),
		redact:    newRedactor(cfg.secrets()...),
	}
	for _, opt := range opts {
		opt(c)
	}
	c.http = &http.Client{
		Transport:     observer{next: trust, client: c},
		CheckRedirect: neverFollow,
		Timeout:       cfg.RequestTimeout,
	}
	return c, nil
}

// ServerTime is Ops Manager's clock as its last answer told it (Date header,
// seconds); zero before the first answer.
func (c *Client) ServerTime() time.Time {
	at := c.serverTime.Load()
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(0, at).UTC()
}

// Requests is the number of requests sent so far, tokens and repetitions
// included.
func (c *Client) Requests() int { return int(c.requests.Load()) }

// Redact takes this client's secrets, its tokens among them, and every PEM
// private key out of a text, in all the forms in which they may be written.
func (c *Client) Redact(text string) string { return c.redact.text(text) }

// Conceal makes Redact, and every error text, take out these secrets as well.
func (c *Client) Conceal(secrets ...string) { c.redact.add(secrets...) }

// Close drops the kept-alive connection.
func (c *Client) Close() { c.trust.CloseIdleConnections() }

// Target is the address of Ops Manager, "https://opsman.example.com".
func (c *Client) Target() string { return c.target.String() }

// String names the client by its configuration, without secrets.
func (c *Client) String() string { return c.cfg.String() }

// Format makes every verb of fmt show String: the fields hold secrets.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue keeps the secrets out of logs.
func (c *Client) LogValue() slog.Value { return c.cfg.LogValue() }

// take waits for our turn to send; give ends it.
func (c *Client) take(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		// Both may have been ready.
		if err := ctx.Err(); err != nil {
			c.give()
			return fmt.Errorf("ended before a request was sent: %w", ended(ctx))
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("ended before a request was sent: %w", ended(ctx))
	}
}

func (c *Client) give() { <-c.turn }

// pause is one between two attempts, which ctx ends.
func (c *Client) pause(ctx context.Context, d time.Duration) error {
	err := c.sleep(ctx, d)
	if err != nil && ctx.Err() != nil {
		return ended(ctx)
	}
	return err
}

// ended is why ctx is over: its error, with its cause where that says more.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if err == nil || errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}
