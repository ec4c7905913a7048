package resource

import (
	"context"
	"errors"
	"maps"

	"github.com/opsman-ca/opsman-ca/internal/foundation"
)

// check answers the versions from the cursor on: the cursor itself, because a
// version that Concourse knows must not vanish, and the present state behind it
// when that is another.
func check(ctx context.Context, j *job) (any, error) {
	client, problems := j.client()
	switch j.kind {
	case ofDue:
		return checkDue(ctx, j, client, problems)
	case ofAlerts:
		return checkExpiring(ctx, j, client, problems)
	case ofNobodyKnows:
		return nil, errors.Join(problems...)
	}
	cursor, more := j.request.version()
	if problems = append(problems, more...); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	view, err := foundation.State(ctx, foundation.Without(client, j.unrotated), cursor)
	if err != nil {
		return nil, err //nolint:wrapcheck // the sentence is complete
	}
	foundation.Explain(j.console, view.Observed)

	current := view.Observed.Version.Map()
	versions := []map[string]string{current}
	if cursor != nil && !maps.Equal(cursor.Map(), current) {
		versions = []map[string]string{cursor.Map(), current}
	}
	return versions, nil
}
