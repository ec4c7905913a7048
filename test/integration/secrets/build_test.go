package secrets_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim/concourse"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// build is a build's folder, and all that was seen of the processes in it.
type build struct {
	*opsManager
	concourse.Pipeline
	// seen are outputs and arguments, by what they are of.
	seen map[string]string
	// environments are those of every om, as the kernel shows them.
	environments []string
}

func newBuild(o *opsManager) *build {
	GinkgoHelper()
	login := concourse.Login{Target: o.url, Username: "admin", Password: password, Passphrase: passphrase, CACert: o.caCert}
	b := &build{opsManager: o, seen: map[string]string{}, Pipeline: concourse.Pipeline{Source: login.Source(), Build: GinkgoT().TempDir()}}
	b.Source["log_level"], b.Source["retry_for"] = "debug", "100ms"
	certificate, key := customCA()
	Expect(os.MkdirAll(filepath.Join(b.Build, "custom-ca"), 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(b.Build, "custom-ca", "cert.pem"), []byte(certificate), 0o600)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(b.Build, "custom-ca", "key.pem"), []byte(key), 0o600)).To(Succeed())
	return b
}

// asClient logs in as a UAA client.
func (b *build) asClient() *build {
	delete(b.Source, "username")
	delete(b.Source, "password")
	b.Source["client_id"], b.Source["client_secret"] = "rotator", clientSecret
	return b
}

// asWhole hands target and login over as one map, as a credential manager has them.
func (b *build) asWhole() *build {
	whole := map[string]any{}
	for _, key := range []string{"target", "username", "password", "client_id", "client_secret", "ca_cert", "decryption_passphrase"} {
		if value, given := b.Source[key]; given {
			whole[key] = value
			delete(b.Source, key)
		}
	}
	b.Source["opsman"] = whole
	return b
}

// login is where target and login stand in the source.
func (b *build) login() map[string]any {
	if whole, ok := b.Source["opsman"].(map[string]any); ok {
		return whole
	}
	return b.Source
}

func (b *build) check(ctx context.Context) *gexec.Session {
	GinkgoHelper()
	return b.run(ctx, b.Checking())
}

func (b *build) in(ctx context.Context, version map[string]string) *gexec.Session {
	GinkgoHelper()
	return b.run(ctx, b.Getting(version, nil))
}

func (b *build) out(ctx context.Context, phase string, params map[string]any) *gexec.Session {
	GinkgoHelper()
	return b.run(ctx, b.Putting(phase, params))
}

// generate is a put of the operator's own CA.
func (b *build) generate(ctx context.Context) *gexec.Session {
	GinkgoHelper()
	return b.out(ctx, "generate", map[string]any{"certificate": "custom-ca/cert.pem", "private_key": "custom-ca/key.pem"})
}

// command runs opsman-ca, whose secrets come from its environment.
func (b *build) command(ctx context.Context, args ...string) *gexec.Session {
	GinkgoHelper()
	environ := []string{"OM_TRACE=true", "OPSMAN_CA_LOG_LEVEL=debug"}
	if b.Source["opsman"] != nil {
		whole, err := json.Marshal(b.login())
		Expect(err).NotTo(HaveOccurred())
		return b.run(ctx, command(append(environ, "OPSMAN="+string(whole)), args...))
	}
	environ = append(environ, "OM_TARGET="+b.url, "OM_CA_CERT="+b.caCert, "OM_DECRYPTION_PASSPHRASE="+passphrase)
	if b.Source["client_id"] != nil {
		environ = append(environ, "OM_CLIENT_ID=rotator", "OM_CLIENT_SECRET="+clientSecret)
	} else {
		environ = append(environ, "OM_USERNAME=admin", "OM_PASSWORD="+password)
	}
	return b.run(ctx, command(environ, args...))
}

func command(environ []string, args ...string) process.Program {
	return process.Program{Path: "opsman-ca", Args: args, Environ: environ}
}

// apply has the real om apply changes.
func (b *build) apply(ctx context.Context, args ...string) *gexec.Session {
	GinkgoHelper()
	return b.command(ctx, append([]string{"apply-changes", "--om", paths["om"], "--poll", "50ms", "--heartbeat", "100ms"}, args...)...)
}

// run runs a program, by its name, in the build's folder.
func (b *build) run(ctx context.Context, p process.Program) *gexec.Session {
	GinkgoHelper()
	b.begin(b.held(p.Path, string(p.Stdin))...)
	what := p.Path + " " + strings.Join(p.Args, " ")
	p.Path, p.Dir = paths[p.Path], b.Build
	session, err := gexec.Start(p.With(process.Environ(b.Build, "TMPDIR="+b.Build)).Command(ctx), nil, nil)
	Expect(err).NotTo(HaveOccurred())
	arguments, environments := watched(session)
	b.environments = append(b.environments, environments...)
	b.seen["stdout of "+what] += string(session.Out.Contents())
	b.seen["stderr of "+what] += string(session.Err.Contents())
	b.seen["arguments of "+what] += arguments
	return session
}

// held are the secrets that a process is given.
func (b *build) held(name, stdin string) []string {
	secrets := []string{passphrase}
	if b.login()["client_id"] != nil {
		secrets = append(secrets, clientSecret)
	} else {
		secrets = append(secrets, password)
	}
	if name == "out" && strings.Contains(stdin, "custom-ca/key.pem") {
		_, key := customCA()
		secrets = append(secrets, key)
	}
	return secrets
}

// watched waits for a process, and gives the arguments of all that ran below it,
// and the environments of those that it started.
func watched(session *gexec.Session) (arguments string, environments []string) {
	all := map[string]bool{}
	own := itoa(session.Command.Process.Pid)
	for {
		for _, pid := range family(session.Command.Process.Pid) {
			program, linkErr := os.Readlink("/proc/" + pid + "/exe")
			environ, err := os.ReadFile("/proc/" + pid + "/environ")
			// Between its fork and its exec a child is still what its parent was.
			if pid != own && linkErr == nil && program == paths["om"] && err == nil && len(environ) > 0 && !slices.Contains(environments, string(environ)) {
				environments = append(environments, string(environ))
			}
			raw, err := os.ReadFile("/proc/" + pid + "/cmdline")
			if err == nil && len(raw) > 0 {
				all[strings.ReplaceAll(string(raw), "\x00", "\n")] = true
			}
		}
		select {
		case <-session.Exited:
			var text strings.Builder
			for line := range all {
				text.WriteString(line + "\n")
			}
			return text.String(), environments
		case <-time.After(poll):
		}
	}
}

// poll is the pause between two looks at the processes: om lives much longer.
const poll = 3 * time.Millisecond

// family are a process and its descendants.
func family(pid int) []string {
	var all []string
	next := []string{itoa(pid)}
	for len(next) > 0 {
		all = append(all, next[0])
		tasks, _ := filepath.Glob("/proc/" + next[0] + "/task/*/children")
		next = next[1:]
		for _, task := range tasks {
			children, err := os.ReadFile(task)
			if err == nil {
				next = append(next, strings.Fields(string(children))...)
			}
		}
	}
	return all
}

// expectNoLeak looks at everything that was seen, and at every file but those
// that the operator wrote.
func (b *build) expectNoLeak() {
	GinkgoHelper()
	secrets := b.secrets()
	for what, text := range b.seen {
		Expect(leaks(text, secrets)).To(BeEmpty(), what)
	}
	Expect(filepath.WalkDir(b.Build, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.Contains(path, "custom-ca") {
			return err
		}
		content, err := os.ReadFile(path)
		Expect(leaks(string(content), secrets)).To(BeEmpty(), path)
		return err
	})).To(Succeed())
}
