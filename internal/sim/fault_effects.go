package sim

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"
)

// before applies what strikes ahead of the work. It is false when the request
// ends here without an answer.
func (f *Foundation) before(ctx context.Context, w http.ResponseWriter, c *call) bool {
	for _, x := range c.faults {
		switch x.Effect {
		case Answer:
			c.response = x.answer()
		case Violate, ViolateDocumented:
			c.response = x.violations()
		case ApplicationError:
			c.response = applicationError()
		case Drop:
			c.dropped = true
			f.update(func() { c.entry.Dropped = true })
		case FailEntries:
			c.failing = append(c.failing, x.Names...)
			if len(x.Names) == 0 {
				c.failing = append(c.failing, boshDNSCA)
			}
		case CloseBefore:
			hangUp(w)
			return false
		case Delay:
			f.sleep(ctx, time.Duration(x.Delay))
		case HoldBefore:
			if !f.hold(ctx, x) && !x.Orphan {
				hangUp(w)
				return false
			}
		}
	}
	return true
}

// after applies what strikes when the work is done, and writes the answer. It
// gives the status that was sent, 0 for none.
func (f *Foundation) after(ctx context.Context, w http.ResponseWriter, c *call) int {
	for _, x := range c.faults {
		f.update(func() { x.handled++ })
		switch x.Effect {
		case Warn:
			c.response = warned(c.response, x.Warnings)
		case EmptyCertificates:
			if c.response.status == http.StatusOK {
				c.response = ok(map[string]any{"certificates": []any{}})
			}
		case DeepNesting:
			if c.response.status == http.StatusOK {
				c.response.body = nested(cmp.Or(x.Depth, defaultDepth))
			}
		case BlankExpiry:
			blankExpiry(c.response.body, x.Body, x.Names)
		case NoDate:
			c.response.undated = true
		case CloseAfter:
			hangUp(w)
			return 0
		case DelayAfter:
			f.sleep(ctx, time.Duration(x.Delay))
		case HoldAfter:
			if !f.hold(ctx, x) {
				hangUp(w)
				return 0
			}
		case Truncate:
			body := c.response.write(w, f.clock.now())
			_, _ = w.Write(body[:len(body)/2])
			_ = http.NewResponseController(w).Flush()
			hangUp(w)
			return c.response.status
		}
	}
	body := c.response.write(w, f.clock.now())
	if c.response.stream != nil {
		c.response.stream(ctx, flushing{w, http.NewResponseController(w)})
		return c.response.status
	}
	if c.response.status != http.StatusNoContent && c.response.status != http.StatusNotModified {
		_, _ = w.Write(body)
	}
	return c.response.status
}

// hold waits for the release of a fault. It is false when the client left first.
func (f *Foundation) hold(ctx context.Context, x *fault) bool {
	select {
	case <-x.released:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	case <-f.ctx.Done():
		return false
	}
}

func (f *Foundation) sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-f.ctx.Done():
	}
}

// hangUp closes the connection without another word.
func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

func (x *fault) answer() response {
	status := cmp.Or(x.Status, http.StatusInternalServerError)
	r := response{status: status, headers: x.Headers}
	switch body := strings.TrimSpace(x.Body); {
	case strings.HasPrefix(body, "{") || strings.HasPrefix(body, "["):
		r.body = rawJSON(body)
	case body != "":
		r.html = x.Body
	case status == http.StatusUnauthorized:
		return baseProblem(status, "Unable to successfully verify the access token with UAA.  Error: 'CF::UAA::InvalidToken - error response'")
	default:
		r.html = nginxPage(http.StatusText(status))
	}
	return r
}

// rawJSON is written as it is, valid or not.
type rawJSON string

func (x *fault) violations() response {
	violations := x.Violations
	if violations == nil {
		violations = []Violation{{Violation: ChildNotLatest, CertificateNames: []string{boshDNSCA}}}
	}
	r := &refusal{
		status: cmp.Or(x.Status, http.StatusUnprocessableEntity),
		errors: []string{"safety constraints violated"}, violations: violations,
	}
	return violationResponse(r, x.Effect == ViolateDocumented, rotationStatus{}.named("regenerated", "regenerate_failed"))
}

// warned makes a 207 of a success.
func warned(r response, warnings []string) response {
	body, isObject := r.body.(map[string]any)
	if r.status != http.StatusOK || !isObject {
		return r
	}
	if len(warnings) == 0 {
		warnings = []string{"Some certificates could not be verified"}
	}
	body["warnings"] = warnings
	return response{status: http.StatusMultiStatus, body: body}
}
