package opsman

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// InstallationLog is what an installation's log tells of its commands
// (GET /installations/{id}/logs). A log that Ops Manager cannot give is unknown, with
// the reason and no error; a refused login, a locked or unreachable Ops Manager is an
// error.
func (c *Client) InstallationLog(ctx context.Context, id int) (evidence.Log, error) {
	text, err := c.InstallationLogs(ctx, id)
	switch {
	case err == nil:
		return evidence.ParseLog(text), nil
	case cannotTell(err):
		return evidence.Log{Asked: true, Unknown: err.Error()}, nil
	}
	return evidence.Log{}, err
}

const (
	currentLogPath = installationsPath + "/current_log"
	// currentLogTime is how long to wait for the first event of a stream: one that
	// is silent is of an installation that runs.
	currentLogTime = 10 * time.Second
	noneInProgress = "no install in progress"
)

// NoInstallationRunning tells that Ops Manager denies that an installation is in
// progress (GET /installations/current_log, whose first event is then an exit of the
// type "no install in progress"). Any other answer, and none, is no denial.
func (c *Client) NoInstallationRunning(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, currentLogTime)
	defer cancel()
	denied := false
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: currentLogPath, limit: eventLimit, stream: true,
		header: http.Header{"Accept": {"text/event-stream"}},
		read: func(ans *answer) (err error) {
			denied, err = deniesInstallation(ans.body)
			return err
		},
	})
	return err == nil && denied
}

// deniesInstallation reads the first event of a stream.
func deniesInstallation(stream io.Reader) (bool, error) {
	text, err := firstEvent(stream)
	if err != nil {
		return false, err
	}
	kind, data := "", []string{}
	for line := range strings.Lines(text) {
		field, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			kind = strings.TrimSpace(value)
		case "data":
			data = append(data, value)
		}
	}
	said := strings.TrimSpace(strings.Join(data, "\n"))
	switch kind {
	case noneInProgress:
		return true, nil
	case "exit", "":
	default:
		return false, nil
	}
	var typed struct {
		Type string `json:"type"`
	}
	if json.Unmarshal([]byte(said), &typed) == nil && typed.Type == noneInProgress {
		return true, nil
	}
	return strings.Trim(said, `"`) == noneInProgress, nil
}

// firstEvent is a stream up to its first event's blank line, or its end.
func firstEvent(stream io.Reader) (string, error) {
	var text strings.Builder
	buffer := make([]byte, 4<<10)
	for {
		n, err := stream.Read(buffer)
		text.Write(buffer[:n])
		plain := strings.TrimLeft(strings.ReplaceAll(text.String(), "\r\n", "\n"), "\n")
		if event, _, whole := strings.Cut(plain, "\n\n"); whole {
			return event, nil
		}
		if errors.Is(err, io.EOF) {
			return plain, nil
		}
		if err != nil {
			return "", err
		}
	}
}
