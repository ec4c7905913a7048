package resource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// Lister knows of every certificate who has to act for it. A get alone lists them,
// and what that takes is not linked into check and out.
type Lister interface {
	// Report has the files of the report by their names, redacted.
	Report(e evidence.Evidence, redact func(string) string) (map[string][]byte, error)
	// Members are the certificates that expire soon, what expires first first, redacted.
	Members(e evidence.Evidence, redact func(string) string, soon func(time.Time) bool) []Member
}

// in writes what the version says and the certificates of its GUIDs. Concourse
// asks for old versions as a matter of course and caches the answer, so nothing
// here depends on what Ops Manager shows apart from them.
func (state) in(ctx context.Context, j *job) (response, error) {
	version, params, err := wanted(j, rotation.ParseVersion, `for example {"state": "settled", "active": "f7bc18f34f2a7a9403c3"}`)
	if err != nil {
		return response{}, err
	}
	var cas []evidence.CA
	if !params.SkipDownload {
		if cas, err = j.client.CertificateAuthorities(ctx); err != nil {
			return response{}, foundation.CannotAsk("for its certificate authorities", err)
		}
		if err := gone(*version, cas); err != nil {
			return response{}, err
		}
	}
	lines := versionMetadata(*version, cas).redacted(j.redact)
	if err := (folder{j.Args[0]}).write(*version, cas, lines, params); err != nil {
		return response{}, err
	}
	if err := j.report(ctx, params); err != nil {
		return response{}, err
	}
	if version.Active == "" {
		j.console.Println(j.console.Heading(string(version.State)), string(version.Reason))
	} else {
		j.console.Println(j.console.Heading(string(version.State)), "active CA", version.Active)
	}
	return response{Version: version.Map(), Metadata: lines}, nil
}

// wanted is the version that a get is to write, and how, if nothing is wrong with the
// request; like says what a version looks like.
func wanted[V any](j *job, parse func(map[string]string) (V, error), like string) (*V, InParams, error) {
	version, problems := versionOf(j.request, parse)
	if version == nil && len(problems) == 0 {
		problems = append(problems, errors.New("version is missing: a get needs one, "+like))
	}
	var params InParams
	problems = append(problems, input.Decode(j.request.Params, "params", &params)...)
	problems = append(problems, params.problems()...)
	return version, params, errors.Join(append(j.problems, problems...)...)
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
