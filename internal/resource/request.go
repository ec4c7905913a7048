package resource

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// request is what Concourse writes to the standard input of all three commands.
type request struct {
	Source  json.RawMessage `json:"source" doc:"the resource's source" example:"{\"target\": \"https://opsman.example.com\"}"`
	Version json.RawMessage `json:"version" doc:"a version" example:"{\"phase\": \"settled\"}"`
	Params  json.RawMessage `json:"params" doc:"the step's params" example:"{\"phase\": \"verify\"}"`
}

// largest is how much input is read: a source holds a few certificates at most.
const largest = 4 << 20

// read splits the request; what its parts hold is decoded by the callers.
func read(stdin io.Reader) (request, error) {
	raw, err := io.ReadAll(io.LimitReader(stdin, largest+1))
	if err != nil {
		return request{}, fmt.Errorf("cannot read the request from standard input: %w", err)
	}
	if len(raw) > largest {
		return request{}, fmt.Errorf("the request on standard input has more than %d bytes: no source is that large", largest)
	}
	if len(raw) == 0 {
		return request{}, errors.New(`standard input is empty: expected a request such as {"source": {…}, "version": {…}, "params": {…}}`)
	}
	var r request
	if problems := input.Decode(raw, "request", &r); len(problems) > 0 {
		return request{}, errors.Join(problems...)
	}
	return r, nil
}

// version decodes the version, nil when there is none.
func (r request) version() (*rotation.Version, []error) {
	if len(r.Version) == 0 || string(r.Version) == "null" {
		return nil, nil
	}
	version, err := parseVersion(r.Version)
	if err != nil {
		return nil, []error{fmt.Errorf("version is not one of this resource: %w", err)}
	}
	return &version, nil
}

func parseVersion(raw []byte) (rotation.Version, error) {
	var fields map[string]string
	if err := json.Unmarshal(raw, &fields); err != nil {
		return rotation.Version{}, errors.New(`expected an object of strings, for example {"phase": "settled", "active": "f7bc18f34f2a7a9403c3"}`)
	}
	version, err := rotation.ParseVersion(fields)
	if err != nil {
		return rotation.Version{}, fmt.Errorf("%w", err)
	}
	return version, nil
}
