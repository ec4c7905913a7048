package resource

import (
	"context"
	"errors"
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/customca"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// put is one run of out.
type put struct {
	*job
	params OutParams
	from   rotation.Version
	custom *customca.CA
	// applied is the record of an apply changes beside that version, zero for none.
	applied evidence.Applied
}

// out runs the phase and answers with the version that came of it.
func out(ctx context.Context, j *job) (response, error) {
	p, err := newPut(j)
	if err != nil {
		return response{}, err
	}
	runner := foundation.Runner{API: p.client, Console: p.console, Sleep: p.Sleep, Unrotated: p.unrotated, Names: p.names, Applied: p.applied}
	o, err := runner.Run(ctx, foundation.Request{
		Phase: rotation.Phase(p.params.Phase), From: &p.from, Custom: p.custom,
		Options: rotation.Options{Accept: p.params.Accept.reasons(), Within: p.params.ExpiresWithin.Within, IfRotating: p.params.IfRotating, LeafOnly: p.params.LeafOnly, Ignore: p.params.Ignore, Exclude: p.params.Exclude, Recreate: p.params.Recreate, RequireFullApply: p.params.FullApply},
		DryRun:  p.params.DryRun,
	})
	p.sent = o.Sent
	if err != nil {
		return response{}, err
	}
	if o.Partly != nil {
		foundation.Explain(p.console, o.View.Observed)
	}
	return response{Version: o.View.Observed.Version.Map(), Metadata: outcomeMetadata(o).redacted(p.redact)}, nil
}

// newPut reads all that the operator gave, and names everything that is wrong
// with it before anything is sent.
func newPut(j *job) (*put, error) {
	p := &put{job: j}
	sources := j.Args[0]
	problems := j.problems
	if refusal := j.mode.refusesPut(); refusal != nil {
		problems = append(problems, refusal)
	}
	params, more := decodeOut(j.request.Params)
	p.params, problems = params, append(problems, more...)
	if params, more = params.inside(sources); len(more) > 0 {
		problems = append(problems, more...)
	}
	if params.From != "" {
		name := fmt.Sprintf("params.from %q", string(params.From))
		p.from, more = folderVersion(params.From.below(sources), name)
		problems = append(problems, more...)
		if len(more) == 0 {
			var err error
			if p.applied, err = foundation.ReadApplied(params.From.below(sources)); err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", name, err))
			}
		}
	}
	p.custom, more = customCA(sources, params)
	if p.custom != nil && j.client != nil {
		j.client.Conceal(p.custom.PrivateKeyPEM)
	}
	return p, errors.Join(append(problems, more...)...)
}
