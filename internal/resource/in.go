package resource

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// in writes what the version says and the certificates of its GUIDs. Concourse
// asks for old versions as a matter of course and caches the answer, so nothing
// here depends on what Ops Manager shows apart from them.
func in(ctx context.Context, j *job) (any, error) {
	client, problems := j.client()
	switch j.kind {
	case ofDue:
		return inDue(ctx, j, client, problems)
	case ofAlerts:
		return inExpiring(ctx, j, client, problems)
	case ofNobodyKnows:
		return nil, errors.Join(problems...)
	}
	version, more := j.request.version()
	problems = append(problems, more...)
	if version == nil && len(more) == 0 {
		problems = append(problems, errors.New(`version is missing: a get needs one, for example {"state": "settled", "active": "f7bc18f34f2a7a9403c3"}`))
	}
	var params InParams
	problems = append(problems, input.Decode(j.request.Params, "params", &params)...)
	if problems = append(problems, params.problems()...); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	var cas []evidence.CA
	if !params.SkipDownload {
		var err error
		if cas, err = client.CertificateAuthorities(ctx); err != nil {
			return nil, fmt.Errorf("cannot ask Ops Manager for its certificate authorities: %w", err)
		}
		if err := gone(*version, cas); err != nil {
			return nil, err
		}
	}
	lines := versionMetadata(*version, cas).through(client.Redact)
	if err := (folder{j.Args[0]}).write(*version, cas, lines); err != nil {
		return nil, err
	}
	if err := j.report(ctx, client, params); err != nil {
		return nil, err
	}
	if version.Active == "" {
		j.console.Println(j.console.Heading(string(version.State)), string(version.Reason))
	} else {
		j.console.Println(j.console.Heading(string(version.State)), "active CA", version.Active)
	}
	return response{Version: version.Map(), Metadata: lines}, nil
}

// gone refuses a version of a finished rotation. A retiring CA may have left
// already: that is the end of the same rotation, and a phase that is run again
// after it must not fail here.
func gone(v rotation.Version, cas []evidence.CA) error {
	for _, guid := range []string{v.Active, v.Candidate} {
		listed := slices.ContainsFunc(cas, func(ca evidence.CA) bool { return ca.GUID == guid })
		if guid != "" && !listed {
			return fmt.Errorf("this version is of a finished rotation: its CA %s is gone from Ops Manager, so its certificate cannot be had; "+
				"let the resource check for new versions and use the newest one (or unpin this one)", guid)
		}
	}
	return nil
}
