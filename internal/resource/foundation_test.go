package resource_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/resource/listing"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

type version = map[string]string

const password = "geheim-8c1f"

// answer is what a get or a put writes to standard output.
type answer struct {
	Version  version              `json:"version"`
	Metadata []resource.Metadatum `json:"metadata"`
}

// value is the value of a line of metadata.
func (a answer) value(name string) string {
	for _, m := range a.Metadata {
		if m.Name == name {
			return m.Value
		}
	}
	return ""
}

func (a answer) names() []string {
	var all []string
	for _, m := range a.Metadata {
		all = append(all, m.Name)
	}
	return all
}

// foundation is a simulated one, and a build's folder with the last get in ca/.
type foundation struct {
	*sim.Foundation
	server *sim.Server
	build  string
	// more are keys of the source besides those that every one has.
	more map[string]any
	// slept are the pauses that a command wanted.
	slept []time.Duration
}

func serve(o sim.Options) *foundation {
	GinkgoHelper()
	o.KeyBits, o.VMDelay = 1024, -1
	o.Password = cmp.Or(o.Password, password)
	if o.Tiles == nil {
		o.Tiles = []sim.Tile{{Identifier: "cf", Label: "TAS", Version: "6.0.3", Jobs: []sim.Job{{Name: "router", Instances: 1}}}}
	}
	f, err := sim.New(o)
	Expect(err).NotTo(HaveOccurred())
	server, err := sim.Serve(f)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	return &foundation{Foundation: f, server: server, build: GinkgoT().TempDir()}
}

// ran is how a command ended.
type ran struct {
	code           int
	stdout, stderr string
}

func (f *foundation) run(command resource.Command, request map[string]any, args ...string) ran {
	GinkgoHelper()
	source := map[string]any{"target": f.server.URL, "username": "admin", "password": password, "ca_cert": f.server.CAPEM}
	maps.Copy(source, f.more)
	request["source"] = source
	stdin, err := json.Marshal(request)
	Expect(err).NotTo(HaveOccurred())
	var stdout, stderr bytes.Buffer
	code := resource.Run(command, resource.Environment{
		Stdin: bytes.NewReader(stdin), Stdout: &stdout, Stderr: &stderr, Args: args, Environ: []string{"NO_COLOR=1"},
		Sleep: func(_ context.Context, d time.Duration) error { f.slept = append(f.slept, d); return nil },
	})
	GinkgoWriter.Println(stderr.String())
	return ran{code, stdout.String(), stderr.String()}
}

// check gives the versions from the cursor on.
func (f *foundation) check(cursor version) []version {
	GinkgoHelper()
	r := f.run(resource.Check(), map[string]any{"version": cursor})
	Expect(r.code).To(Equal(0), r.stderr)
	var versions []version
	Expect(json.Unmarshal([]byte(r.stdout), &versions)).To(Succeed())
	return versions
}

// get writes the newest version into ca/.
func (f *foundation) get(cursor version) answer {
	GinkgoHelper()
	versions := f.check(cursor)
	return f.in(versions[len(versions)-1])
}

func (f *foundation) in(v version) answer {
	GinkgoHelper()
	Expect(os.RemoveAll(filepath.Join(f.build, "ca"))).To(Succeed())
	r := f.run(resource.In(listing.Certificates{}), map[string]any{"version": v}, filepath.Join(f.build, "ca"))
	Expect(r.code).To(Equal(0), r.stderr)
	return decoded(r)
}

// put runs a phase from the version in ca/.
func (f *foundation) put(params map[string]any) ran {
	GinkgoHelper()
	params["from"] = "ca"
	return f.run(resource.Out(), map[string]any{"params": params}, f.build)
}

// must is a put that succeeds, and the get after it.
func (f *foundation) must(phase string) answer {
	GinkgoHelper()
	r := f.put(map[string]any{"phase": phase})
	Expect(r.code).To(Equal(0), r.stderr)
	a := decoded(r)
	f.in(a.Version)
	return a
}

func (f *foundation) apply() {
	GinkgoHelper()
	Expect(f.Operator(sim.Action{Do: "apply", Wait: true})).To(Succeed())
}

func (f *foundation) fault(ft faults.Fault) string {
	GinkgoHelper()
	id, err := f.AddFault(ft)
	Expect(err).NotTo(HaveOccurred())
	return id
}

// changing are the requests so far that change something.
func (f *foundation) changing() []string {
	var all []string
	for _, r := range f.Ledger().Requests {
		if r.Method != http.MethodGet && !strings.HasPrefix(r.Path, "/uaa/") {
			all = append(all, r.Method+" "+strings.TrimPrefix(r.Path, "/api/v0/certificate_authorities"))
		}
	}
	return all
}

func decoded(r ran) answer {
	GinkgoHelper()
	var a answer
	Expect(json.Unmarshal([]byte(r.stdout), &a)).To(Succeed(), r.stdout)
	return a
}

// files are the files of the get, with their content.
func (f *foundation) files() map[string]string {
	GinkgoHelper()
	entries, err := os.ReadDir(filepath.Join(f.build, "ca"))
	Expect(err).NotTo(HaveOccurred())
	all := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(f.build, "ca", e.Name()))
		Expect(err).NotTo(HaveOccurred())
		all[e.Name()] = string(content)
	}
	return all
}
