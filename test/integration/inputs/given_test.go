package inputs_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// given is what a command is given. In its stdin, and in its environment, words
// in capitals stand for parts of a good input: see words.
type given struct {
	command string
	stdin   string
	// args are the folder of the build unless set; files lie in it, besides those
	// of a good get in ca.
	args    []string
	files   map[string]string
	environ []string
	// code is 1 unless set.
	code int
}

// words are the parts of a good input.
func words() *strings.Replacer {
	login := `"username":"admin","password":` + quoted(password)
	where := `"target":` + quoted(server.URL) + `,"ca_cert":` + quoted(server.CAPEM)
	return strings.NewReplacer(
		"GOOD", where+","+login, "WHERE", where, "LOGIN", login, "URL", server.URL, "PASSWORD", password, "SECRET", clientSecret,
		"VERSION", `{"state":"settled","active":`+quoted(activeCA)+`}`, "GUID", activeCA,
	)
}

// stack is what no operator should have to read.
var stack = regexp.MustCompile(`goroutine \d|panic:|\.go:\d`)

// expectRefusal runs the command and expects these lines, and nothing else.
func expectRefusal(ctx SpecContext, g given, lines ...string) {
	GinkgoHelper()
	build := GinkgoT().TempDir()
	g.write(build)
	before, asked := tree(build), foundation.Requests()

	session := g.run(ctx, build)
	Expect(session.ExitCode()).To(Equal(max(g.code, 1)))
	Expect(session.Out.Contents()).To(BeEmpty(), "standard output is for answers")
	Expect(said(session)).To(Equal(lines))
	Expect(string(session.Err.Contents())).NotTo(Or(MatchRegexp(stack.String()), MatchRegexp("BEGIN [A-Z ]*PRIVATE KEY")))
	for _, secret := range []string{password, clientSecret, passphrase, "geheim"} {
		Expect(string(session.Err.Contents())).NotTo(ContainSubstring(secret))
	}
	Expect(tree(build)).To(Equal(before), "nothing is written")
	Expect(foundation.Ledger().Requests).To(HaveLen(asked), "nothing is asked of Ops Manager")
}

func (g given) write(build string) {
	GinkgoHelper()
	files := map[string]string{"ca/version.json": "VERSION"}
	maps.Copy(files, g.files)
	for name, content := range files {
		path := filepath.Join(build, name)
		Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
		// Among the letters of a random key stands a word now and then.
		if !strings.HasPrefix(content, "-----BEGIN ") {
			content = words().Replace(content)
		}
		Expect(os.WriteFile(path, []byte(content), 0o600)).To(Succeed())
	}
}

func (g given) run(ctx SpecContext, build string) *gexec.Session {
	GinkgoHelper()
	args := slices.Clone(g.args)
	if args == nil && (g.command == "in" || g.command == "out") {
		args = []string{build}
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "BUILD", build)
	}
	environ := process.Environ(build)
	for _, v := range g.environ {
		name, value, _ := strings.Cut(v, "=")
		environ = append(environ, name+"="+words().Replace(value))
	}
	p := process.Program{Path: paths[g.command], Args: args, Dir: build, Environ: environ, Stdin: []byte(words().Replace(g.stdin))}
	session, err := gexec.Start(p.Command(ctx), nil, nil)
	Expect(err).NotTo(HaveOccurred())
	Eventually(ctx, session.Exited).Should(BeClosed())
	GinkgoWriter.Printf("$ %s → %d\n%s", g.command, session.ExitCode(), session.Err.Contents())
	return session
}

// said are the complaints on standard error, without the line about the build and,
// behind a failure, the way to troubleshooting, which has to be the last one.
func said(session *gexec.Session) []string {
	GinkgoHelper()
	var lines []string
	for line := range strings.Lines(string(session.Err.Contents())) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "opsman-ca ") {
			lines = append(lines, line)
		}
	}
	if session.ExitCode() == 1 {
		Expect(lines).NotTo(BeEmpty())
		Expect(lines[len(lines)-1]).To(MatchRegexp(`^(troubleshooting|what to do): https://\S+/docs/troubleshooting\.md(#[a-z-]+)?$`))
		lines = lines[:len(lines)-1]
	}
	return lines
}

// tree are the files below a folder.
func tree(folder string) []string {
	GinkgoHelper()
	var all []string
	Expect(filepath.Walk(folder, func(path string, _ os.FileInfo, err error) error {
		all = append(all, path)
		return err
	})).To(Succeed())
	return all
}

// everyCommand gives a source to each command, which all read it the same way.
func everyCommand(stdin string) map[string]given {
	return map[string]given{
		"check": {command: "check", stdin: `{"source":` + stdin + `}`},
		"in":    {command: "in", stdin: `{"source":` + stdin + `,"version":VERSION}`},
		"out":   {command: "out", stdin: `{"source":` + stdin + `,"params":{"phase":"generate","from":"ca"}}`},
	}
}

// noVersion is where check leads to that cannot read its version.
const noVersion = "what to do: " + troubleshooting.Page + "#unreadable-version"

// expectNoCursor runs check with a version that it cannot read, and expects it to
// say so and to answer what it answers where Concourse knows no version.
func expectNoCursor(ctx SpecContext, source, version string, lines ...string) {
	GinkgoHelper()
	without := given{command: "check", stdin: `{"source":` + source + `}`}.run(ctx, GinkgoT().TempDir())
	Expect(without.ExitCode()).To(BeZero())
	var present []map[string]string
	Expect(json.Unmarshal(without.Out.Contents(), &present)).To(Succeed())
	Expect(present).To(HaveLen(1))

	session := given{command: "check", stdin: `{"source":` + source + `,"version":` + version + `}`}.run(ctx, GinkgoT().TempDir())
	Expect(session.ExitCode()).To(BeZero())
	Expect(session.Out.Contents()).To(MatchJSON(without.Out.Contents()))
	Expect(said(session)).To(Equal(slices.Concat(lines, []string{noVersion}, said(without))))
	Expect(string(session.Err.Contents())).NotTo(Or(MatchRegexp(stack.String()), ContainSubstring("geheim")))
}
