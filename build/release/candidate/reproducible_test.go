package candidate_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/build/release/candidate"
)

// checkout is the repository's.
var checkout = filepath.Join("..", "..", "..")

// sources are what the programs are built from.
var sources = []string{"Makefile", "Dockerfile", "go.mod", "go.sum", "cmd", "internal"}

// copied copies the sources, by reading, so that Go's test cache knows of them.
func copied(to string) {
	GinkgoHelper()
	Expect(os.MkdirAll(to, 0o700)).To(Succeed())
	for _, name := range sources {
		info, err := os.Stat(filepath.Join(checkout, name))
		Expect(err).NotTo(HaveOccurred())
		if info.IsDir() {
			Expect(os.CopyFS(filepath.Join(to, name), os.DirFS(filepath.Join(checkout, name)))).To(Succeed())
			continue
		}
		text, err := os.ReadFile(filepath.Join(checkout, name))
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(filepath.Join(to, name), text, 0o600)).To(Succeed())
	}
}

// built runs make build in the folder, and gives the checksums of the programs.
func built(ctx SpecContext, folder string, variables ...string) map[string]string {
	GinkgoHelper()
	command := exec.CommandContext(ctx, "make", append([]string{"--no-print-directory", "--directory", folder, "build"}, variables...)...)
	for _, setting := range os.Environ() {
		// The suite may run below a make of its own, whose options are not for this one.
		if name, _, _ := strings.Cut(setting, "="); name != "MAKEFLAGS" && name != "MFLAGS" && !strings.HasPrefix(name, "BUILD_") {
			command.Env = append(command.Env, setting)
		}
	}
	command.Stdout, command.Stderr = GinkgoWriter, GinkgoWriter
	Expect(command.Run()).To(Succeed())
	sums := map[string]string{}
	files, err := os.ReadDir(filepath.Join(folder, "bin"))
	Expect(err).NotTo(HaveOccurred())
	for _, file := range files {
		program, err := os.ReadFile(filepath.Join(folder, "bin", file.Name()))
		Expect(err).NotTo(HaveOccurred())
		sums[file.Name()] = fmt.Sprintf("%x", sha256.Sum256(program))
	}
	return sums
}

var _ = Describe("The programs", func() {
	It("are the same to the byte when one commit is built in two folders, and say their version", func(ctx SpecContext) {
		r := newRelease(ctx)
		here := filepath.Join(GinkgoT().TempDir(), "here")
		there := filepath.Join(GinkgoT().TempDir(), "a", "longer", "way", "there")
		copied(here)
		copied(there)
		variables := []string{"BUILD_VERSION=" + r.Version, "BUILD_COMMIT=" + r.hash[:7], "BUILD_DATE=" + made}
		sums := built(ctx, here, variables...)
		Expect(sums).To(HaveLen(5))
		Expect(built(ctx, there, variables...)).To(Equal(sums))

		r.Programs = filepath.Join(here, "bin")
		Expect(r.Check(ctx).Problems).To(BeEmpty())
	})
})

var _ = Describe("The Dockerfile", func() {
	It("labels images with where the project is", func() {
		text, err := os.ReadFile(filepath.Join(checkout, "Dockerfile"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(ContainSubstring(`org.opencontainers.image.source="` + candidate.Source + `"`))
	})
})

var _ = Describe("The pin of om", func() {
	It("is one version, of the om in the images and of the packages of om that the commands use", func() {
		pin := func(module string) string {
			GinkgoHelper()
			text, err := os.ReadFile(filepath.Join(checkout, module))
			Expect(err).NotTo(HaveOccurred())
			for line := range strings.Lines(string(text)) {
				if words := strings.Fields(line); len(words) > 1 && words[0] == "github.com/pivotal-cf/om" {
					return words[1]
				}
			}
			Fail(module + " does not require om")
			return ""
		}
		Expect(pin("build/tools/om/go.mod")).To(Equal(pin("go.mod")))
	})
})
