package opsman

import (
	"encoding/json"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// stemcellJSON is a stemcell as pending_changes (label, name, os, version) and the
// diagnostic report (filename, os, version) write it, or the name of its file alone.
type stemcellJSON struct {
	Name     name `json:"name"`
	Filename name `json:"filename"`
	OS       name `json:"os"`
	Version  name `json:"version"`
}

// UnmarshalJSON takes an object, and a text as the name of a file.
func (s *stemcellJSON) UnmarshalJSON(raw []byte) error {
	type object stemcellJSON
	if len(raw) > 0 && raw[0] == '{' {
		return json.Unmarshal(raw, (*object)(s))
	}
	return s.Filename.UnmarshalJSON(raw)
}

// evidence takes what is missing out of the names. A name that tells nothing stands
// in the place of the OS: it is then no known one, and can be shown.
func (s stemcellJSON) evidence() evidence.Stemcell {
	found := evidence.Stemcell{OS: string(s.OS), Version: string(s.Version)}
	for _, written := range []name{s.Filename, s.Name} {
		if found.Version == "" {
			found.Version = stemcellVersion(string(written))
		}
		if found.OS == "" {
			found.OS = stemcellOS(string(written))
		}
	}
	if found.OS == "" {
		found.OS = first(s.Filename, s.Name)
	}
	return found
}

// stemcells is a list that may be missing, which is not the same as empty.
type stemcells struct {
	listed bool
	list   []evidence.Stemcell
}

// UnmarshalJSON takes a list, and one stemcell in the place of one. null, and what is
// no stemcell, tells none.
func (s *stemcells) UnmarshalJSON(raw []byte) error {
	*s = stemcells{}
	var rows []stemcellJSON
	if len(raw) > 0 && (raw[0] == '"' || raw[0] == '{') {
		raw = slices.Concat([]byte("["), raw, []byte("]"))
	}
	if err := json.Unmarshal(raw, &rows); err != nil || rows == nil {
		return nil //nolint:nilerr // the answer is about more than stemcells
	}
	for _, row := range rows {
		found := row.evidence()
		if found == (evidence.Stemcell{}) {
			// There is one more, and it is unknown which.
			*s = stemcells{}
			return nil
		}
		if !slices.Contains(s.list, found) {
			s.list = append(s.list, found)
		}
	}
	s.listed = true
	return nil
}

var (
	// versionInName is where bosh puts a stemcell's version: bosh-stemcell-1.390-aws-…
	versionInName = evidence.Expression(`(?:^|-)stemcell-(\d+(?:\.\d+)*)(?:-|\.tgz$|$)`)
	// osInName is the end of a stemcell's name: …-ubuntu-jammy-fips-go_agent.tgz,
	// …-windows2019-go_agent, …-ubuntu-noble.tgz. A hardened one is of the same line.
	osInName = evidence.Expression(`(?:^|-)((?:ubuntu|centos|rhel|opensuse)-[A-Za-z0-9.]+?|windows\d[A-Za-z0-9]*?)(?:-fips)?(?:-go_agent)?(?:-raw)?(?:\.tgz)?$`)
)

// stemcellVersion is the version in a stemcell's name, "" where there is none.
func stemcellVersion(written string) string {
	found := versionInName().FindStringSubmatch(written)
	if found == nil {
		return ""
	}
	return found[1]
}

// stemcellOS is the operating system in a stemcell's name, "" where there is none.
func stemcellOS(written string) string {
	found := osInName().FindStringSubmatch(written)
	if found == nil {
		return ""
	}
	return found[1]
}
