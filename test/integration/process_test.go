package integration_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"
)

// secrets that no process may ever write.
const (
	password     = "planted-password-5bd1"
	clientSecret = "planted-client-secret-93c0"
	passphrase   = `planted-"passphrase"\-77fe`
)

// outcome is how a process ended.
type outcome struct {
	code           int
	stdout, stderr string
}

// process describes one that is to run.
type process struct {
	name        string
	args        []string
	stdin       []byte
	environment []string
	folder      string
}

// start runs a process with an environment of its own: no proxy, no colour, and
// of the machine's certificates none, so that ca_cert has to do.
func (p process) start(ctx context.Context) *gexec.Session {
	GinkgoHelper()
	command := exec.CommandContext(ctx, paths[p.name], p.args...)
	command.Dir = p.folder
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.folder, "NO_COLOR=1", "SSL_CERT_FILE=/dev/null", "SSL_CERT_DIR=/dev/null"}, p.environment...)
	command.Stdin = bytes.NewReader(p.stdin)
	session, err := gexec.Start(command, nil, nil)
	Expect(err).NotTo(HaveOccurred())
	return session
}

func (p process) run(ctx context.Context) outcome {
	GinkgoHelper()
	return ended(ctx, p.start(ctx))
}

// succeeded runs a process that has to.
func succeeded(ctx context.Context, p process) outcome {
	GinkgoHelper()
	o := p.run(ctx)
	Expect(o.code).To(Equal(0), o.stderr)
	return o
}

// private is a PEM block that is nobody's business.
var private = regexp.MustCompile(`PRIVATE KEY`)

// patience is after how long a process is stuck, and the spec fails instead of
// hanging. None takes a tenth of it.
const patience = time.Minute

// ended waits for a process; its output is shown when the spec fails, and never
// has a secret in it.
func ended(ctx context.Context, session *gexec.Session) outcome {
	GinkgoHelper()
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-session.Exited:
	case <-limited.Done():
		session.Kill()
		Fail("the process did not end: " + session.Command.Path + "\n" + string(session.Err.Contents()))
	}
	o := outcome{session.ExitCode(), string(session.Out.Contents()), string(session.Err.Contents())}
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
