package reader

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Clone is a folder with the files that git knows, as they are now, and with what a
// reader has: the env.yml of a healthy foundation, and a folder for a rehearsal.
func Clone(ctx SpecContext) string {
	GinkgoHelper()
	list := exec.CommandContext(ctx, "git", "ls-files", "-z")
	list.Dir = Checkout
	names, err := list.Output()
	Expect(err).NotTo(HaveOccurred())
	folder := GinkgoT().TempDir()
	root, err := os.OpenRoot(folder)
	Expect(err).NotTo(HaveOccurred())
	defer root.Close() //nolint:errcheck // all is written by then
	write := func(name string, content []byte, mode fs.FileMode) {
		Expect(root.MkdirAll(filepath.Dir(name), 0o750)).To(Succeed())
		Expect(root.WriteFile(name, content, mode)).To(Succeed())
	}
	files := os.DirFS(Checkout)
	for _, name := range strings.Split(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		info, err := fs.Stat(files, name)
		Expect(err).NotTo(HaveOccurred())
		content, err := fs.ReadFile(files, name)
		Expect(err).NotTo(HaveOccurred())
		write(name, content, info.Mode())
	}
	write("env.yml", []byte(envFile()), 0o600)
	Expect(root.Mkdir("foundation", 0o750)).To(Succeed())
	return folder
}

// envFile leads to a simulated foundation that is there for as long as the spec.
func envFile() string {
	GinkgoHelper()
	f, err := sim.New(sim.Options{Username: "admin", Password: "admin"})
	Expect(err).NotTo(HaveOccurred())
	server, err := sim.Serve(f)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	return "target: " + server.URL + "\nusername: admin\npassword: admin\nca-cert: |\n  " +
		strings.ReplaceAll(strings.TrimSpace(server.CAPEM), "\n", "\n  ") + "\n"
}
