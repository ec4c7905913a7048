package release_test

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
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

// builder compiles for the stand-in of oci-build-task, with this machine's Go and its caches: the
// programs of the commit at which the checkout is, and of no other one.
type builder struct {
	of *repository
	mu sync.Mutex
}

func (b *builder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.build(r.Context(), w, r.FormValue); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (b *builder) build(ctx context.Context, into io.Writer, param func(string) string) error {
	head, err := exec.CommandContext(ctx, "git", "-C", b.of.checkout, "rev-parse", "HEAD").Output()
	if err != nil {
		return fmt.Errorf("look at the checkout: %w", err)
	}
	if commit := param("commit"); commit == "" || !strings.HasPrefix(string(head), commit) {
		return fmt.Errorf("commit %q is not checked out: %s is", commit, head)
	}
	system, architecture, _ := strings.Cut(param("platform"), "/")
	cmd := exec.CommandContext(ctx, "make", "build", "BUILD_VERSION="+param("version"), "BUILD_COMMIT="+param("commit"), "BUILD_DATE="+param("date"))
	cmd.Dir, cmd.Env = b.of.checkout, append(os.Environ(), "GOOS="+system, "GOARCH="+architecture)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make build: %w: %s", err, text)
	}
	archive := tar.NewWriter(into)
	for _, program := range []string{"check", "in", "out", "opsman-ca", "opsman-sim"} {
		text, err := os.ReadFile(filepath.Join(b.of.checkout, "bin", program))
		if err != nil {
			return err
		}
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: program, Mode: 0o755, Size: int64(len(text))}); err != nil {
			return err
		}
		if _, err := archive.Write(text); err != nil {
			return err
		}
	}
	return archive.Close()
}
