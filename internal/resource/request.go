package resource

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// request is what Concourse writes to the standard input of all three commands.
type request struct {
	Source  json.RawMessage `json:"source" doc:"the resource's source" example:"{\"target\": \"https://opsman.example.com\"}"`
	Version json.RawMessage `json:"version" doc:"a version" example:"{\"state\": \"settled\"}"`
	Params  json.RawMessage `json:"params" doc:"the phase's params" example:"{\"phase\": \"verify\"}"`

	// problems are those of the request itself, to be told with those of its
	// parts.
	problems []error
}

// largest is how much input is read: a source holds a few certificates at most.
const largest = 4 << 20

// read splits the request; what its parts hold is decoded by the callers.
func read(ctx context.Context, stdin io.Reader) (request, error) {
	raw, err := readAll(ctx, io.LimitReader(stdin, largest+1))
	if err != nil {
		return request{}, fmt.Errorf("cannot read the request from standard input: %w", err)
	}
	if len(raw) > largest {
		return request{}, fmt.Errorf("the request on standard input has more than %d bytes: no source is that large", largest)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return request{}, errors.New(`standard input is empty: expected a request, for example {"source": {…}, "version": {…}, "params": {…}}`)
	}
	var r request
	r.problems = input.Decode(raw, "request", &r)
	if input.Mentions(r.problems, "request", "") {
		return request{}, errors.Join(r.problems...)
	}
	return r, nil
}

// readAll ends with ctx: a person who starts a command in a terminal and waits in
// vain wants Ctrl-C to work.
func readAll(ctx context.Context, from io.Reader) ([]byte, error) {
	type result struct {
		raw []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		raw, err := io.ReadAll(from)
		done <- result{raw, err}
	}()
	select {
	case r := <-done:
		return r.raw, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// versionOf decodes a version of any kind, nil when there is none.
func versionOf[V any](r request, parse func(map[string]string) (V, error)) (*V, []error) {
	if len(r.Version) == 0 || string(r.Version) == "null" {
		return nil, nil
	}
	version, problems := readVersion(r.Version, "version is not one of this resource: ", parse)
	if len(problems) > 0 {
		return nil, problems
	}
	return &version, nil
}

// parseVersion reads a version; lead begins each of its problems.
func parseVersion(raw []byte, lead string) (rotation.Version, []error) {
	return readVersion(raw, lead, rotation.ParseVersion)
}

func readVersion[V any](raw []byte, lead string, parse func(map[string]string) (V, error)) (V, []error) {
	var version V
	fields, err := input.Strings(raw)
	if err == nil {
		version, err = parse(fields)
	}
	var all []error
	for _, problem := range input.Problems(err) {
		all = append(all, troubleshooting.WithCodes(fmt.Errorf("%s%w", lead, problem), troubleshooting.UnreadableVersion))
	}
	return version, all
}
