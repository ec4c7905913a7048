package integration_test

import (
	"context"
	"encoding/json"
	"regexp"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// secrets that no process may ever write.
const (
	password     = "planted-password-5bd1"
	clientSecret = "planted-client-secret-93c0"
	passphrase   = `planted-"passphrase"\-77fe`
)

// ending is how a process ended.
type ending struct {
	code           int
	stdout, stderr string
}

// program is one that is to run, by its name.
type program struct{ process.Program }

// start starts it with an environment of its own: no proxy, no colour, and of the
// machine's certificates none, so that ca_cert has to do.
func (p program) start(ctx context.Context) *gexec.Session {
	GinkgoHelper()
	p.Path = paths[p.Path]
	session, err := gexec.Start(p.With(process.Environ(p.Dir, process.NoRoots()...)).Command(ctx), nil, nil)
	Expect(err).NotTo(HaveOccurred())
	return session
}

func (p program) run(ctx context.Context) ending {
	GinkgoHelper()
	return ended(ctx, p.start(ctx))
}

// succeeded runs a process that has to.
func succeeded(ctx context.Context, p program) ending {
	GinkgoHelper()
	o := p.run(ctx)
	Expect(o.code).To(Equal(0), o.stderr)
	return o
}

// private is in every PEM block that no output may show.
var private = regexp.MustCompile(`PRIVATE KEY`)

// patience is after how long a process is stuck, and the spec fails instead of
// hanging. None takes a tenth of it.
const patience = time.Minute

// ended waits for a process; its output is shown when the spec fails, and never
// has a secret in it.
func ended(ctx context.Context, session *gexec.Session) ending {
	GinkgoHelper()
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-session.Exited:
	case <-limited.Done():
		session.Kill()
		Fail("the process did not end: " + session.Command.Path + "\n" + string(session.Err.Contents()))
	}
	o := ending{session.ExitCode(), string(session.Out.Contents()), string(session.Err.Contents())}
	GinkgoWriter.Printf("$ %s → %d\n%s%s", session.Command.Path, o.code, o.stdout, o.stderr)
	for _, secret := range []string{password, clientSecret, passphrase} {
		Expect(o.stdout+o.stderr).NotTo(ContainSubstring(secret), "a secret was written")
	}
	Expect(o.stdout+o.stderr).NotTo(MatchRegexp(private.String()), "a private key was written")
	return o
}

// encode writes a request.
func encode(v any) []byte {
	GinkgoHelper()
	encoded, err := json.Marshal(v)
	Expect(err).NotTo(HaveOccurred())
	return encoded
}
