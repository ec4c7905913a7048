// Package concourse is the vocabulary of the scenarios: pipelines, jobs, builds
// and versions of the Concourse that the rig runs. Every function fails the spec
// when it cannot do what its name says.
package concourse

import (
	"context"
	"os"
	"path/filepath"
	"time"

	atcclient "github.com/concourse/concourse/go-concourse/concourse"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/login"
	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/environment"
)

// Patience is how long a build may take, and anything else that is waited for.
// It bounds a spec that goes wrong, and is no measure of one that goes right.
const Patience = 4 * time.Minute

// polling is how often Concourse is asked for news. Answering is what costs it
// the most processor time of all that a scenario does.
const polling = 250 * time.Millisecond

// Concourse is one that runs, and this process's login to it.
type Concourse struct {
	environment.Environment
	client atcclient.Client
	team   atcclient.Team
	root   string
}

// Connect logs in to the team main; once for a process is enough.
func Connect() *Concourse {
	GinkgoHelper()
	env, err := environment.Load()
	Expect(err).NotTo(HaveOccurred())
	client, err := login.New(context.Background(), env.ConcourseURL, env.Username, env.Password)
	Expect(err).NotTo(HaveOccurred())
	c := &Concourse{Environment: env, client: client, team: client.Team("main"), root: repository()}
	c.takeReleased()
	return c
}

// File is the path of a file of the repository.
func (c *Concourse) File(path ...string) string {
	return filepath.Join(append([]string{c.root}, path...)...)
}

// repository is the nearest folder above with pipelines in it.
func repository() string {
	GinkgoHelper()
	folder, err := os.Getwd()
	Expect(err).NotTo(HaveOccurred())
	for ; folder != "/"; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "pipelines", "scheduled-rotation.yml")); err == nil {
			return folder
		}
	}
	Fail("run the scenarios inside the repository")
	return ""
}
