package run

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/roster"
	"github.com/opsman-ca/opsman-ca/test/load/process"
)

// task is a process to start, and the judgement of how it ended: empty, or what
// is wrong.
type task struct {
	process.Command
	judge func(process.Ended) string
}

// environment has no proxy and no setting of om's: the foundations are on this
// machine.
func environment(more ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir()}, more...)
}

// check is a check as Concourse runs it: with the version known that it knows.
func check(binaries string, m roster.Member, known roster.Version, expected []roster.Version) (task, error) {
	request, err := json.Marshal(map[string]any{
		"source":  map[string]any{"target": m.Target, "username": m.Username, "password": m.Password, "ca_cert": m.CACert},
		"version": known,
	})
	if err != nil {
		return task{}, fmt.Errorf("write the request of a check: %w", err)
	}
	return task{
		Command: process.Command{Path: filepath.Join(binaries, "check"), Stdin: request, Environ: environment()},
		judge: func(e process.Ended) string {
			var versions []roster.Version
			switch {
			case e.Code != 0:
				return fmt.Sprintf("check of %s (%s) ended with %d: %s", m.Target, m.Phase, e.Code, e.Stderr)
			case json.Unmarshal([]byte(e.Stdout), &versions) != nil:
				return fmt.Sprintf("check of %s (%s) answered what is no list of versions: %s", m.Target, m.Phase, e.Stdout)
			case !slices.EqualFunc(versions, expected, maps.Equal):
				return fmt.Sprintf("check of %s (%s) answered %v, expected %v", m.Target, m.Phase, versions, expected)
			}
			return ""
		},
	}, nil
}

// firstCheck is the one that finds out where the foundation stands.
func firstCheck(binaries string, m roster.Member) (task, error) {
	return check(binaries, m, m.Known, m.Answer)
}

// steadyCheck is every one after it.
func steadyCheck(binaries string, m roster.Member) (task, error) {
	return check(binaries, m, m.Version, []roster.Version{m.Version})
}

// list is om's list of the CAs, which has to name each of them.
func list(binaries string, m roster.Member) (task, error) {
	return task{
		Command: process.Command{
			Path: filepath.Join(binaries, "om-quick"), Args: []string{"certificate-authorities"},
			Environ: environment("OM_TARGET="+m.Target, "OM_USERNAME="+m.Username, "OM_PASSWORD="+m.Password, "OM_CA_CERT="+m.CACert),
		},
		judge: func(e process.Ended) string {
			for _, guid := range m.CAs {
				if e.Code != 0 || !strings.Contains(e.Stdout, guid) {
					return fmt.Sprintf("om of %s (%s) ended with %d and did not list %s: %s%s", m.Target, m.Phase, e.Code, guid, e.Stdout, e.Stderr)
				}
			}
			return ""
		},
	}, nil
}
