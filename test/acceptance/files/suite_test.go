// Package files_test checks what users point Concourse at, the pipelines and the
// tasks, with Concourse's own packages.
package files_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestFiles(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "files")
}

// root is the repository.
var root = filepath.Join("..", "..", "..")

// names are the files of a folder without their .yml.
func names(folder string) []string {
	paths, err := filepath.Glob(filepath.Join(root, folder, "*.yml"))
	if err != nil || len(paths) == 0 {
		AbortSuite("no files in " + folder)
	}
	var all []string
	for _, path := range paths {
		all = append(all, strings.TrimSuffix(filepath.Base(path), ".yml"))
	}
	return all
}

// read is the text of a file of the repository.
func read(path ...string) string {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}
