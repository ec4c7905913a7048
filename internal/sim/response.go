package sim

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// response is an answer before it is written, so that a fault can still change
// it.
type response struct {
	status  int
	body    any
	html    string
	headers map[string]string
	// events are server-sent events that are all there; stream writes them as they
	// come.
	events string
	stream func(context.Context, io.Writer)
	// undated leaves the Date header out.
	undated bool
}

func ok(body any) response { return response{status: http.StatusOK, body: body} }

// problems is the shape {"errors":["…"]}.
func problems(status int, texts ...string) response {
	return response{status: status, body: map[string]any{"errors": texts}}
}

// baseProblem is the shape {"errors":{"base":["…"]}}.
func baseProblem(status int, text string) response {
	return response{status: status, body: map[string]any{"errors": map[string]any{"base": []string{text}}}}
}

func badRequest(text string) response { return problems(http.StatusBadRequest, text) }

func redirect(to string) response {
	return response{status: http.StatusFound, headers: map[string]string{"Location": to}}
}

// badGateway is what nginx says while the application or UAA restarts.
func badGateway() response {
	return response{status: http.StatusBadGateway, html: nginxPage("502 Bad Gateway")}
}

func nginxPage(title string) string {
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body bgcolor=\"white\">\r\n<center><h1>" + title +
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
}

// applicationError is the application's own page for an error: HTML without
// nginx (facts §8).
func applicationError() response {
	return response{status: http.StatusInternalServerError, html: "<!DOCTYPE html>\n<html>\n<head>\n" +
		"  <title>We're sorry, but something went wrong (500)</title>\n</head>\n<body>\n  <div class=\"dialog\">\n" +
		"    <h1>We're sorry, but something went wrong.</h1>\n  </div>\n</body>\n</html>\n"}
}

// refused is the answer for an error of the core: a refusal as it is, anything
// else an internal error.
func (f *Foundation) refused(err error, certificates map[string][]statusItem) response {
	var r *refusal
	if !errors.As(err, &r) {
		return problems(http.StatusInternalServerError, err.Error())
	}
	if r.violations == nil {
		return problems(r.status, r.errors...)
	}
	return violationResponse(r, f.opts.DocumentedErrors, certificates)
}

func violationResponse(r *refusal, documented bool, certificates map[string][]statusItem) response {
	if documented {
		return response{status: r.status, body: map[string]any{
			"error": r.errors[0], "safety_violations": documentedViolations(r.violations),
		}}
	}
	return response{status: r.status, body: map[string]any{
		"certificates": certificates, "safety_violations": r.violations, "errors": r.errors,
	}}
}

// documentedViolations carry a field that the reference misspells.
func documentedViolations(violations []Violation) []map[string]any {
	var all []map[string]any
	for _, v := range violations {
		all = append(all, map[string]any{
			"violation": v.Violation, "certificate_names": v.CertificateNames,
			//nolint:misspell // as the reference has it
			"migitation": "See the troubleshooting page of certificate rotation.",
		})
	}
	return all
}

// encode gives the content type and the bytes.
func (r response) encode() (contentType string, body []byte) {
	if r.html != "" {
		return "text/html", []byte(r.html)
	}
	if r.events != "" || r.stream != nil {
		return "text/event-stream", []byte(r.events)
	}
	if r.body == nil {
		return "application/json; charset=utf-8", nil
	}
	if raw, isRaw := r.body.(rawJSON); isRaw {
		return "application/json; charset=utf-8", []byte(raw)
	}
	encoded, err := json.Marshal(r.body)
	if err != nil {
		return "text/plain", []byte(err.Error())
	}
	return "application/json; charset=utf-8", encoded
}

// write sends the answer with the foundation's time as Date.
func (r response) write(w http.ResponseWriter, now time.Time) []byte {
	contentType, body := r.encode()
	h := w.Header()
	for k, v := range r.headers {
		h.Set(k, v)
	}
	h.Set("Content-Type", contentType)
	if r.stream == nil {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	h.Set("Date", now.Format(http.TimeFormat))
	if r.undated {
		h["Date"] = nil // which keeps the server from adding its own
	}
	h.Set("Server", "Ops Manager")
	w.WriteHeader(r.status)
	return body
}

// flushing sends every event on its way at once.
type flushing struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write writes and flushes.
func (w flushing) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	if err == nil {
		err = w.control.Flush()
	}
	return n, err //nolint:wrapcheck // the connection's own error
}
