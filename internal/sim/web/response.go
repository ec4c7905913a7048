package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Response is an answer before it is written, so that a fault can still change
// it.
type Response struct {
	Status  int
	Body    any
	HTML    string
	Headers map[string]string
	// Events are server-sent events that are all there; stream writes them as they
	// come.
	Events string
	Stream func(context.Context, io.Writer)
	// Undated leaves the Date header out.
	Undated bool
}

// RawJSON is written as it is, valid or not.
type RawJSON string

// OK is a success.
func OK(body any) Response { return Response{Status: http.StatusOK, Body: body} }

// Problems is the shape {"errors":["…"]}.
func Problems(status int, texts ...string) Response {
	return Response{Status: status, Body: map[string]any{"errors": texts}}
}

// BaseProblem is the shape {"errors":{"base":["…"]}}.
func BaseProblem(status int, text string) Response {
	return Response{Status: status, Body: map[string]any{"errors": map[string]any{"base": []string{text}}}}
}

// BadRequest is a 400 in the shape of problems.
func BadRequest(text string) Response { return Problems(http.StatusBadRequest, text) }

// Redirect is a 302.
func Redirect(to string) Response {
	return Response{Status: http.StatusFound, Headers: map[string]string{"Location": to}}
}

// BadGateway is what nginx says while the application or UAA restarts.
func BadGateway() Response {
	return Response{Status: http.StatusBadGateway, HTML: NginxPage("502 Bad Gateway")}
}

// NginxPage is what nginx shows for an error.
func NginxPage(title string) string {
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body bgcolor=\"white\">\r\n<center><h1>" + title +
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
}

// ApplicationError is the application's own page for an error: HTML without
// nginx (facts §8).
func ApplicationError() Response {
	return Response{Status: http.StatusInternalServerError, HTML: "<!DOCTYPE html>\n<html>\n<head>\n" +
		"  <title>We're sorry, but something went wrong (500)</title>\n</head>\n<body>\n  <div class=\"dialog\">\n" +
		"    <h1>We're sorry, but something went wrong.</h1>\n  </div>\n</body>\n</html>\n"}
}

// encode gives the content type and the bytes.
func (r Response) encode() (contentType string, body []byte) {
	if r.HTML != "" {
		return "text/html", []byte(r.HTML)
	}
	if r.Events != "" || r.Stream != nil {
		return "text/event-stream", []byte(r.Events)
	}
	if r.Body == nil {
		return "application/json; charset=utf-8", nil
	}
	if raw, isRaw := r.Body.(RawJSON); isRaw {
		return "application/json; charset=utf-8", []byte(raw)
	}
	encoded, err := json.Marshal(r.Body)
	if err != nil {
		return "text/plain", []byte(err.Error())
	}
	return "application/json; charset=utf-8", encoded
}

// write sends the answer with the foundation's time as Date.
func (r Response) write(w http.ResponseWriter, now time.Time) []byte {
	contentType, body := r.encode()
	h := w.Header()
	for k, v := range r.Headers {
		h.Set(k, v)
	}
	h.Set("Content-Type", contentType)
	if r.Stream == nil {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	h.Set("Date", now.Format(http.TimeFormat))
	if r.Undated {
		h["Date"] = nil // which keeps the server from adding its own
	}
	h.Set("Server", "Ops Manager")
	w.WriteHeader(r.Status)
	return body
}

// Send sends the answer, with its events as they come.
func (r Response) Send(ctx context.Context, w http.ResponseWriter, now time.Time) {
	body := r.write(w, now)
	if r.Stream != nil {
		r.Stream(ctx, flushing{w, http.NewResponseController(w)})
		return
	}
	if r.Status != http.StatusNoContent && r.Status != http.StatusNotModified {
		_, _ = w.Write(body)
	}
}

// SendHalf breaks off in the middle of the body.
func (r Response) SendHalf(w http.ResponseWriter, now time.Time) {
	body := r.write(w, now)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	HangUp(w)
}

// HangUp closes the connection without another word.
func HangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
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
	return n, err
}
