package images_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

type file struct{ path, content string }

// packed is a tar of files.
func packed(files ...file) []byte {
	GinkgoHelper()
	var all bytes.Buffer
	archive := tar.NewWriter(&all)
	for _, f := range files {
		Expect(archive.WriteHeader(&tar.Header{Name: f.path, Mode: 0o644, Size: int64(len(f.content))})).To(Succeed())
		_, err := archive.Write([]byte(f.content))
		Expect(err).NotTo(HaveOccurred())
	}
	Expect(archive.Close()).To(Succeed())
	return all.Bytes()
}

func zipped(content []byte) []byte {
	GinkgoHelper()
	var all bytes.Buffer
	writer := gzip.NewWriter(&all)
	_, err := writer.Write(content)
	Expect(err).NotTo(HaveOccurred())
	Expect(writer.Close()).To(Succeed())
	return all.Bytes()
}

func asItIs(content []byte) []byte { return content }

// save writes an archive as docker save does: a manifest, and each layer by the given
// name, in which %d is its number, and in the given form.
func save(path, name string, form func([]byte) []byte, layers ...[]byte) {
	GinkgoHelper()
	names := make([]string, len(layers))
	files := make([]file, len(layers))
	for i, layer := range layers {
		files[i] = file{fmt.Sprintf(name, i), string(form(layer))}
		names[i] = `"` + files[i].path + `"`
	}
	manifest := file{"manifest.json", `[{"Config":"config.json","RepoTags":["an:image"],"Layers":[` + strings.Join(names, ",") + "]}]"}
	Expect(os.WriteFile(path, packed(append(files, manifest)...), 0o600)).To(Succeed())
}

var _ = DescribeTable("what an image adds to its base is read from its archive",
	func(ctx SpecContext, ofBase, ofImage string, form func([]byte) []byte) {
		folder := GinkgoT().TempDir()
		image, base := filepath.Join(folder, "image.tar"), filepath.Join(folder, "base.tar")
		shell := packed(file{"bin/sh", "a shell"})
		save(base, ofBase, form, shell)
		save(image, ofImage, form, shell, packed(file{"opt/resource/out", "out"}, file{"opt/resource/in", "in"}), packed(file{"opt/resource/check", "check"}))

		for _, name := range []string{"added", "layers"} {
			_, err := os.ReadFile(name) // so that Go's test cache knows of it
			Expect(err).NotTo(HaveOccurred())
		}
		added := exec.CommandContext(ctx, "./added", image, base)
		added.Stderr = GinkgoWriter
		listed, err := added.Output()
		Expect(err).NotTo(HaveOccurred())
		Expect(string(listed)).To(Equal("-rw-r--r-- 0/0 opt/resource/check\n-rw-r--r-- 0/0 opt/resource/in\n-rw-r--r-- 0/0 opt/resource/out\n"))
	},
	Entry("of buildah, and of docker from 25 on", "blobs/sha256/%d", "blobs/sha256/%d", asItIs),
	Entry("of docker before 25, where the base's layers have other names", "base-%d/layer.tar", "image-%d/layer.tar", asItIs),
	Entry("of docker 29, with layers by gzip", "blobs/sha256/%d", "blobs/sha256/%d", zipped),
)
