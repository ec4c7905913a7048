package resource

import (
	"context"
	"errors"
	"maps"

	"github.com/opsman-ca/opsman-ca/internal/due"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// checkDue is check of a resource with rotate_before: a version once a rotation is
// due. What is due stays the same version until something else is.
func checkDue(ctx context.Context, j *job, client *opsman.Client, problems []error) (any, error) {
	cursor, more := versionOf(j.request, due.ParseVersion)
	if problems = append(problems, more...); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	found, err := due.Rotation(ctx, foundation.Without(client, j.unrotated), j.within, cursor)
	if err != nil {
		return nil, err //nolint:wrapcheck // the sentence is complete
	}
	var known, present map[string]string
	if cursor != nil {
		known = cursor.Map()
	}
	if found.Version == nil {
		j.console.Println(j.console.OK("nothing new:"), found.Why)
		return since(known, present), nil
	}
	j.console.Println(j.console.Warn("due:"), found.Why+", which is within "+j.within.String())
	return since(known, found.Version.Map()), nil
}

// since lists the versions from the known one on, either of which may be none.
func since(known, present map[string]string) []map[string]string {
	versions := []map[string]string{}
	if known != nil {
		versions = append(versions, known)
	}
	if present != nil && !maps.Equal(known, present) {
		versions = append(versions, present)
	}
	return versions
}

// inDue is in of a resource with rotate_before. It writes what the version says and
// asks nobody, unless a report is wanted: an old version can be got forever.
func inDue(ctx context.Context, j *job, client *opsman.Client, problems []error) (any, error) {
	version, more := versionOf(j.request, due.ParseVersion)
	problems = append(problems, more...)
	if version == nil && len(more) == 0 {
		problems = append(problems, errors.New(`version is missing: a get needs one, for example {"due": "f7bc18f34f2a7a9403c3", "expires_on": "2027-01-09T08:00:00Z"}`))
	}
	var params InParams
	problems = append(problems, input.Decode(j.request.Params, "params", &params)...)
	if problems = append(problems, params.problems()...); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	var lines metadata
	lines.add("due", version.Due)
	lines.add("product", version.Product)
	lines.add("expires on", version.ExpiresOn)
	lines.add("active CA", version.Active)
	lines.add("rotate before", j.within.String())
	lines = lines.through(client.Redact)

	files, err := versionFiles(version.Map(), lines, page("A rotation is due", lines))
	if err != nil {
		return nil, err
	}
	if err := (folder{j.Args[0]}).lay(files, due.Keys()); err != nil {
		return nil, err
	}
	if err := j.report(ctx, client, params); err != nil {
		return nil, err
	}
	j.console.Println(j.console.Heading("due"), version.Due, "expires on", version.ExpiresOn)
	return response{Version: version.Map(), Metadata: lines}, nil
}
