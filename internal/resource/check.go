package resource

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/opsman-ca/opsman-ca/internal/observe"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// check answers the versions from the cursor on: the cursor itself, because a
// version that Concourse knows must not vanish, and the present state behind it
// when that is another.
func check(ctx context.Context, j *job) (any, error) {
	client, problems := j.client()
	cursor, more := j.request.version()
	if problems = append(problems, more...); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	view, err := observe.Phase(ctx, observe.Without(client, j.unrotated), cursor)
	if err != nil {
		return nil, err //nolint:wrapcheck // the sentence is complete
	}
	j.explain(view.State)

	current := view.State.Version.Map()
	versions := []map[string]string{current}
	if cursor != nil && !maps.Equal(cursor.Map(), current) {
		versions = []map[string]string{cursor.Map(), current}
	}
	return versions, nil
}

// explain says in one line where the rotation stands, and what it waits for.
func (j *job) explain(s rotation.State) {
	if s.Phase == rotation.Blocked {
		j.console.Println(j.console.Error("blocked ("+string(s.Reason)+"):"), s.Message)
		return
	}
	j.console.Println(j.console.Heading(string(s.Phase)), "active CA", s.Version.Active)
	if p := s.Awaited(); p != nil && s.NeedsApply() {
		for _, missing := range p.Missing() {
			j.console.Println(j.console.Warn("  not proven:"), missing)
		}
	}
	j.console.Println(j.console.Muted(fmt.Sprintf("next: %s", s.Next())))
}
