package resource

import (
	"context"
	"errors"
	"maps"

	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// check answers the versions from the cursor on: the cursor itself, because a
// version that Concourse knows must not vanish, and the present state behind it
// when that is another.
func (state) check(ctx context.Context, j *job) ([]map[string]string, error) {
	cursor, err := cursorOf(j, rotation.ParseVersion)
	if err != nil {
		return nil, err
	}
	view, err := foundation.State(ctx, j.reader(), cursor)
	if err != nil {
		return nil, err
	}
	foundation.Explain(j.console, view.Observed)
	return since(cursor, view.Observed.Version.Map()), nil
}

// cursorOf is the last version that Concourse knows, nil for none, if nothing else is
// wrong with the request. One that cannot be read counts as none: Concourse hands it
// over at every check until a newer one is there, so a refusal would leave a resource
// dead whose image was rolled back after a version had got a new key.
func cursorOf[V any](j *job, parse func(map[string]string) (V, error)) (*V, error) {
	cursor, problems := versionOf(j.request, parse)
	for _, problem := range problems {
		j.console.Println(j.console.Warn("taken for no version:"), problem.Error())
	}
	if len(problems) > 0 {
		j.console.Println(j.console.Muted(troubleshooting.Links([]troubleshooting.Code{troubleshooting.UnreadableVersion})))
	}
	return cursor, errors.Join(j.problems...)
}

// since lists the versions from the known one on, either of which may be none.
func since[V interface{ Map() map[string]string }](cursor *V, present map[string]string) []map[string]string {
	versions := []map[string]string{}
	var known map[string]string
	if cursor != nil {
		known = (*cursor).Map()
		versions = append(versions, known)
	}
	if present != nil && !maps.Equal(known, present) {
		versions = append(versions, present)
	}
	return versions
}
