package secrets_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"
)

// build is a build's folder, and all that was seen of the processes in it.
type build struct {
	*opsManager
	folder string
	source map[string]any
	// seen are outputs and arguments, by what they are of.
	seen map[string]string
	// environments are those of every om, as the kernel shows them.
	environments []string
}

func newBuild(o *opsManager) *build {
	GinkgoHelper()
	b := &build{opsManager: o, folder: GinkgoT().TempDir(), seen: map[string]string{}, source: map[string]any{
		"target": o.url, "username": "admin", "password": password, "decryption_passphrase": passphrase, "ca_cert": o.caCert, "log_level": "debug", "retry_for": "100ms",
	}}
	certificate, key := customCA()
	Expect(os.MkdirAll(filepath.Join(b.folder, "custom-ca"), 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(b.folder, "custom-ca", "cert.pem"), []byte(certificate), 0o600)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(b.folder, "custom-ca", "key.pem"), []byte(key), 0o600)).To(Succeed())
	return b
}

// asClient logs in as a UAA client.
func (b *build) asClient() *build {
	delete(b.source, "username")
	delete(b.source, "password")
	b.source["client_id"], b.source["client_secret"] = "rotator", clientSecret
	return b
}

// resource runs check, in or out, and gives its answer.
func (b *build) resource(ctx context.Context, name string, request map[string]any, args ...string) *gexec.Session {
	GinkgoHelper()
	request["source"] = b.source
	stdin, err := json.Marshal(request)
	Expect(err).NotTo(HaveOccurred())
	return b.run(ctx, name, stdin, nil, args...)
}

func (b *build) check(ctx context.Context) *gexec.Session {
	GinkgoHelper()
	return b.resource(ctx, "check", map[string]any{})
}

func (b *build) in(ctx context.Context, version map[string]string) *gexec.Session {
	GinkgoHelper()
	return b.resource(ctx, "in", map[string]any{"version": version}, filepath.Join(b.folder, "ca"))
}

func (b *build) out(ctx context.Context, params map[string]any) *gexec.Session {
	GinkgoHelper()
	params["from"] = "ca"
	return b.resource(ctx, "out", map[string]any{"params": params}, b.folder)
}

// generate is a put of the operator's own CA.
func (b *build) generate(ctx context.Context) *gexec.Session {
	GinkgoHelper()
	return b.out(ctx, map[string]any{"phase": "generate", "certificate": "custom-ca/cert.pem", "private_key": "custom-ca/key.pem"})
}

// command runs opsman-ca, whose secrets come from its environment.
func (b *build) command(ctx context.Context, args ...string) *gexec.Session {
	GinkgoHelper()
	environ := []string{"OM_TARGET=" + b.url, "OM_CA_CERT=" + b.caCert, "OM_DECRYPTION_PASSPHRASE=" + passphrase, "OM_TRACE=true", "OPSMAN_CA_LOG_LEVEL=debug"}
	if b.source["client_id"] != nil {
		environ = append(environ, "OM_CLIENT_ID=rotator", "OM_CLIENT_SECRET="+clientSecret)
	} else {
		environ = append(environ, "OM_USERNAME=admin", "OM_PASSWORD="+password)
	}
	return b.run(ctx, "opsman-ca", nil, environ, args...)
}

// apply has the real om apply changes.
func (b *build) apply(ctx context.Context, args ...string) *gexec.Session {
	GinkgoHelper()
	return b.command(ctx, append([]string{"apply-changes", "--om", paths["om"], "--poll", "50ms", "--heartbeat", "100ms"}, args...)...)
}

func (b *build) run(ctx context.Context, name string, stdin []byte, environ []string, args ...string) *gexec.Session {
	GinkgoHelper()
	b.begin(b.held(name, string(stdin))...)
	command := exec.CommandContext(ctx, paths[name], args...)
	command.Dir = b.folder
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.folder, "TMPDIR=" + b.folder, "NO_COLOR=1"}, environ...)
	command.Stdin = bytes.NewReader(stdin)
	session, err := gexec.Start(command, nil, nil)
	Expect(err).NotTo(HaveOccurred())
	arguments, environments := watched(session)
	b.environments = append(b.environments, environments...)
	what := name + " " + strings.Join(args, " ")
	b.seen["stdout of "+what] += string(session.Out.Contents())
	b.seen["stderr of "+what] += string(session.Err.Contents())
	b.seen["arguments of "+what] += arguments
	return session
}

// held are the secrets that a process is given.
func (b *build) held(name, stdin string) []string {
	secrets := []string{passphrase}
	if b.source["client_id"] != nil {
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
	Expect(filepath.WalkDir(b.folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.Contains(path, "custom-ca") {
			return err
		}
		content, err := os.ReadFile(path)
		Expect(leaks(string(content), secrets)).To(BeEmpty(), path)
		return err
	})).To(Succeed())
}
