package concourse

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Seen is everything that can be read of a pipeline: what Concourse answers to
// a visitor who is not logged in, by path, and what fly watch shows of the builds to
// one who is, by the build's name.
func (p *Pipeline) Seen() map[string]string {
	GinkgoHelper()
	v := visitor{c: p.c, seen: map[string]string{}}
	team := "/api/v1/teams/" + url.PathEscape(p.c.team.Name())
	pipeline := team + "/pipelines/" + url.PathEscape(p.Name)
	for _, path := range []string{"/info", "/teams", "/pipelines", "/jobs", "/resources", "/builds", "/workers", "/wall"} {
		v.get("/api/v1" + path)
	}
	for _, path := range []string{team, team + "/builds", team + "/pipelines", team + "/containers", team + "/volumes"} {
		v.get(path)
	}
	for _, path := range []string{"", "/config", "/jobs", "/builds", "/resource-types", "/badge"} {
		v.get(pipeline + path)
	}
	for _, job := range v.list(pipeline+"/jobs", "name") {
		for _, path := range []string{"", "/builds", "/inputs", "/badge"} {
			v.get(pipeline + "/jobs/" + job + path)
		}
	}
	for _, resource := range v.list(pipeline+"/resources", "name") {
		at := pipeline + "/resources/" + resource
		v.get(at)
		for _, id := range v.list(at+"/versions", "id") {
			for _, path := range []string{"", "/input_to", "/output_of", "/causality/downstream"} {
				v.get(at + "/versions/" + id + path)
			}
		}
		if id := v.latest(at); id != "" {
			v.build(id)
		}
	}
	for _, id := range v.list(pipeline+"/builds", "id") {
		v.build(id)
	}
	for _, job := range p.Jobs() {
		for _, b := range p.Builds(job) {
			v.seen[b.String()] = b.Log()
		}
	}
	return v.seen
}

// visitor is not logged in.
type visitor struct {
	c    *Concourse
	seen map[string]string
}

func (v visitor) build(id string) {
	GinkgoHelper()
	for _, path := range []string{"", "/events", "/plan", "/resources", "/preparation", "/artifacts"} {
		v.get("/api/v1/builds/" + id + path)
	}
}

// get notes the answer, whatever it is; of a stream of events it is all up to the
// one that says that the build has ended.
func (v visitor) get(path string) (text string, ok bool) {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(GinkgoT().Context(), http.MethodGet, v.c.ConcourseURL+path, http.NoBody)
	Expect(err).NotTo(HaveOccurred())
	answer, err := (&http.Client{Timeout: Patience}).Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer answer.Body.Close() //nolint:errcheck // only read
	var all strings.Builder
	for lines := bufio.NewReader(answer.Body); err == nil; {
		var line string
		line, err = lines.ReadString('\n')
		all.WriteString(line)
		if strings.TrimSpace(line) == "event: end" {
			break
		}
	}
	v.seen[path] = all.String()
	return all.String(), answer.StatusCode == http.StatusOK
}

// list are the values of a field in a list that a visitor has to be able to see.
func (v visitor) list(path, field string) []string {
	GinkgoHelper()
	text, ok := v.get(path)
	Expect(ok).To(BeTrue(), "a visitor does not see %s: %s", path, text)
	var rows []map[string]any
	Expect(json.Unmarshal([]byte(text), &rows)).To(Succeed(), text)
	var values []string
	for _, row := range rows {
		values = append(values, fmt.Sprint(row[field]))
	}
	return values
}

// latest is the id of a resource's latest check, empty for none.
func (v visitor) latest(resource string) string {
	var row struct {
		Build *struct {
			ID int `json:"id"`
		} `json:"build"`
	}
	if err := json.Unmarshal([]byte(v.seen[resource]), &row); err != nil || row.Build == nil {
		return ""
	}
	return fmt.Sprint(row.Build.ID)
}
