package release_test

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// world is what a pipeline reaches elsewhere: a proxy for Go modules, a machine that compiles, and the
// page of releases.
type world struct{ modules, builder, page string }

// outside serves it. The modules are those that this machine has.
func outside(r *repository, releases *page) world {
	GinkgoHelper()
	cache, err := exec.CommandContext(context.Background(), "go", "env", "GOMODCACHE").Output()
	Expect(err).NotTo(HaveOccurred())
	all := http.NewServeMux()
	all.Handle("/modules/", http.StripPrefix("/modules", http.FileServer(http.Dir(filepath.Join(strings.TrimSpace(string(cache)), "cache", "download")))))
	all.Handle("/programs", &builder{of: r})
	all.Handle("/releases", releases)
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", ci.Gateway+":0")
	Expect(err).NotTo(HaveOccurred())
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: all, ReadHeaderTimeout: time.Minute}}
	server.Start()
	DeferCleanup(server.Close)
	return world{modules: server.URL + "/modules", builder: server.URL + "/programs", page: server.URL + "/releases"}
}

// builder compiles for the stand-in of oci-build-task, with this machine's Go and its caches: programs
// of the commit at which the checkout is, and of no other one.
type builder struct {
	of *repository
	mu sync.Mutex
}

func (b *builder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	layer, err := b.build(r.Context(), r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(layer) // a step that is gone needs no answer
}

// build gives a tar with the programs, each under the path that it was asked for by.
func (b *builder) build(ctx context.Context, of url.Values) ([]byte, error) {
	head, err := exec.CommandContext(ctx, "git", "-C", b.of.checkout, "rev-parse", "HEAD").Output()
	if err != nil {
		return nil, fmt.Errorf("look at the checkout: %w", err)
	}
	if commit := of.Get("commit"); commit == "" || !strings.HasPrefix(string(head), commit) {
		return nil, fmt.Errorf("commit %q is not checked out: %s is", commit, head)
	}
	args := []string{"BUILD_VERSION=" + of.Get("version"), "BUILD_COMMIT=" + of.Get("commit"), "BUILD_DATE=" + of.Get("date")}
	for _, place := range of["program"] {
		args = append(args, "bin/"+path.Base(place))
	}
	system, architecture, _ := strings.Cut(of.Get("platform"), "/")
	cmd := exec.CommandContext(ctx, "make", args...)
	cmd.Dir, cmd.Env = b.of.checkout, append(os.Environ(), "GOOS="+system, "GOARCH="+architecture)
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make: %w: %s", err, text)
	}
	var layer bytes.Buffer
	archive := tar.NewWriter(&layer)
	for _, place := range of["program"] {
		text, err := os.ReadFile(filepath.Join(b.of.checkout, "bin", path.Base(place)))
		if err != nil {
			return nil, err
		}
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: place, Mode: 0o755, Size: int64(len(text))}); err != nil {
			return nil, err
		}
		if _, err := archive.Write(text); err != nil {
			return nil, err
		}
	}
	err = archive.Close() // before what it wrote is taken
	return layer.Bytes(), err
}
