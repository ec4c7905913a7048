package resource

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/due"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// listFile has every certificate of an alert.
const listFile = "certificates.json"

// checkExpiring is check of a resource with expiring: a version for every set of
// certificates that expire soon.
func checkExpiring(ctx context.Context, j *job, client *opsman.Client, problems []error) (any, error) {
	cursor, more := versionOf(j.request, due.ParseAlert)
	if problems = append(problems, more...); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	alert, err := due.Expiring(ctx, foundation.Without(client, j.unrotated), j.within)
	if err != nil {
		return nil, err //nolint:wrapcheck // the sentence is complete
	}
	var known, present map[string]string
	if cursor != nil {
		known = cursor.Map()
	}
	if alert == nil {
		j.console.Println(j.console.OK("nothing"), "expires within", j.within.String())
		return since(known, nil), nil
	}
	present = alert.Map()
	j.console.Println(j.console.Warn("expiring:"), alert.Expiring, "within", j.within.String()+"; the first is", alert.First, "on", alert.ExpiresOn)
	return since(known, present), nil
}

// inExpiring is in of a resource with expiring. Beside what the version says it
// lists the certificates, with who has to act for each, and says so where those are
// not the version's any more.
func inExpiring(ctx context.Context, j *job, client *opsman.Client, problems []error) (any, error) {
	version, more := versionOf(j.request, due.ParseAlert)
	problems = append(problems, more...)
	if version == nil && len(more) == 0 {
		problems = append(problems, fmt.Errorf("version is missing: a get needs one, with the keys %s", strings.Join(due.AlertKeys(), ", ")))
	}
	var params InParams
	problems = append(problems, input.Decode(j.request.Params, "params", &params)...)
	if problems = append(problems, params.problems()...); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	var (
		members []due.Member
		same    bool
		err     error
	)
	if !params.SkipDownload {
		if members, same, err = due.Members(ctx, foundation.Without(client, j.unrotated), j.within, *version); err != nil {
			return nil, err //nolint:wrapcheck // the sentence is complete
		}
	}
	var lines metadata
	lines.add("expiring", version.Expiring+" within "+j.within.String())
	lines.add("first", version.First+" on "+version.ExpiresOn)
	lines.add("last on", version.Last)
	lines.add("who has to act", actors(members))
	if !params.SkipDownload && !same {
		lines.add("changed since", fmt.Sprintf("Ops Manager lists %d of them now, or others: the next check makes a version of those", len(members)))
	}
	lines = lines.through(client.Redact)

	files, err := versionFiles(version.Map(), lines, append(page("Certificates expire soon", lines), []byte(client.Redact(table(members)))...))
	if err != nil {
		return nil, err
	}
	if !params.SkipDownload {
		list := struct {
			OfVersion    bool         `json:"of_version"`
			Certificates []due.Member `json:"certificates"`
		}{same, members}
		if files[listFile], err = asJSON(listFile, list); err != nil {
			return nil, err
		}
		files[listFile] = []byte(client.Redact(string(files[listFile])))
	}
	if err := (folder{j.Args[0]}).lay(files, append(due.AlertKeys(), listFile)); err != nil {
		return nil, err
	}
	if err := j.report(ctx, client, params); err != nil {
		return nil, err
	}
	j.console.Println(j.console.Heading("expiring"), version.Expiring, "within", j.within.String())
	return response{Version: version.Map(), Metadata: lines}, nil
}

// actors are who has to act, and for how many.
func actors(members []due.Member) string {
	count := map[string]int{}
	for _, m := range members {
		count[m.Who]++
	}
	var all []string
	for _, who := range slices.Sorted(maps.Keys(count)) {
		all = append(all, fmt.Sprintf("%s: %d", who, count[who]))
	}
	return strings.Join(all, "; ")
}

// table is the list in Markdown. Names are Ops Manager's and stay within their cell.
func table(members []due.Member) string {
	if len(members) == 0 {
		return ""
	}
	cell := strings.NewReplacer("|", `\|`, "`", "'", "\n", " ", "\r", " ")
	var text strings.Builder
	text.WriteString("\n| certificate | kind | product | expires | who has to act |\n|---|---|---|---|---|\n")
	for _, m := range members {
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s | %s |\n", cell.Replace(m.Name), m.Kind, cell.Replace(m.Of()), m.Expires, m.Who)
	}
	return text.String()
}
