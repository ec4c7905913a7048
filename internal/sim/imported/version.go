package imported

import (
	"encoding/json"
	"regexp"
)

// assumedVersion is that of an Ops Manager that does not say.
const assumedVersion = "3.1.2-build.5"

var numbered = regexp.MustCompile(`^\d+\.\d+`)

// version of Ops Manager (GET /api/v0/info).
func (r *reader) version() string {
	content, ok := r.text(infoFile)
	if !ok {
		r.note("Ops Manager", "nothing: no "+infoFile, "version "+assumedVersion)
		return assumedVersion
	}
	var body struct {
		Info struct {
			Version string `json:"version"`
		} `json:"info"`
	}
	if err := json.Unmarshal(content, &body); err != nil || !numbered.MatchString(body.Info.Version) {
		r.wrong(`%s has no version: expected for example {"info":{"version":"3.0.25-build.1261"}}`, infoFile)
		return ""
	}
	r.note("Ops Manager", "version "+body.Info.Version, "")
	return body.Info.Version
}
