package opsman

import (
	"context"
	"errors"
	"net/http"
)

// call sends an exchange as ourselves: with a token, renewed once when it is
// refused, and with a look for a locked Ops Manager when the answer is odd.
func (c *Client) call(ctx context.Context, x *exchange) error {
	if err := c.take(ctx); err != nil {
		return err
	}
	defer c.give()
	err := c.callRenewing(ctx, x)
	var before *notSentError
	if errors.As(err, &before) {
		return before.error
	}
	if x.changing {
		return outcome(x, err)
	}
	return err
}

func (c *Client) callRenewing(ctx context.Context, x *exchange) error {
	if x.public {
		return c.sendOrRescue(ctx, x)
	}
	var err error
	if x.bearer, err = c.bearer(ctx); err != nil {
		return &notSentError{err}
	}
	err = c.sendOrRescue(ctx, x)
	if !isStatus(err, http.StatusUnauthorized) {
		return err
	}
	c.token.forget()
	if x.changing {
		return err
	}
	c.log.DebugContext(ctx, "the token was refused, getting another")
	if x.bearer, err = c.bearer(ctx); err != nil {
		return err
	}
	return c.sendOrRescue(ctx, x)
}

// sendOrRescue repeats a reading exchange once when its failure turns out to be
// an Ops Manager that had to be unlocked.
func (c *Client) sendOrRescue(ctx context.Context, x *exchange) error {
	err := c.send(ctx, x)
	if x.changing || x.rescued || !suspicious(x, err) {
		return err
	}
	x.rescued = true
	ready, rescueErr := c.rescue(ctx, x, err)
	if rescueErr != nil {
		return rescueErr
	}
	if !ready {
		return err
	}
	return c.send(ctx, x)
}

// suspicious are answers that a locked Ops Manager might give (what it really
// answers is not documented), or a server that is none at all.
func suspicious(x *exchange, err error) bool {
	var redirect *RedirectError
	var api *APIError
	switch {
	case errors.As(err, &redirect):
		return true
	case errors.As(err, &api):
		return api.Status == http.StatusBadRequest || api.Status == http.StatusLocked || x.public
	case x.public:
		return errors.As(err, new(*UnexpectedAnswerError)) && !errors.As(err, new(*tooLargeError))
	}
	return false
}

// notSentError is a failure before the call itself was made.
type notSentError struct{ error }

func (e *notSentError) Unwrap() error { return e.error }

// outcome says of a changing call that failed whether it may have been carried
// out.
func outcome(x *exchange, err error) error {
	var (
		api         *APIError
		noAnswer    *noAnswerError
		unavailable *UnavailableError
		answered    *unavailableAnswer
		failed      *FailedCertificatesError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failed):
		return err
	case errors.As(err, &noAnswer) && !noAnswer.reached:
		return err
	case errors.As(err, &unavailable) && !unavailable.reached:
		return err
	case errors.As(err, &answered) && answered.status == http.StatusTooManyRequests && !answered.html:
		return &NotPerformedError{Method: x.method, Path: x.path, Cause: err}
	case errors.As(err, &api) && api.Status == http.StatusUnauthorized:
		return &NotPerformedError{Method: x.method, Path: x.path, Cause: err}
	case errors.As(err, &api) && api.Status < 500 && api.Status != http.StatusRequestTimeout:
		return err
	}
	return &OutcomeUnknownError{Method: x.method, Path: x.path, Cause: err}
}

// isStatus tells whether Ops Manager itself (not its UAA) answered so.
func isStatus(err error, status int) bool {
	var api *APIError
	return errors.As(err, &api) && api.Path != tokenPath && api.Status == status
}
