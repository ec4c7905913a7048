package scripts_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"github.com/onsi/gomega/gexec"
)

// files are those of an image, by path.
type files map[string]string

// layout writes an image of one platform as oci-build-task does, a layer for each of the files.
func layout(folder, architecture string, layers ...files) {
	GinkgoHelper()
	blobs := filepath.Join(folder, "blobs", "sha256")
	Expect(os.MkdirAll(blobs, 0o750)).To(Succeed())
	put := func(mediaType string, text []byte) map[string]any {
		digest := fmt.Sprintf("%x", sha256.Sum256(text))
		Expect(os.WriteFile(filepath.Join(blobs, digest), text, 0o600)).To(Succeed())
		return map[string]any{"mediaType": mediaType, "digest": "sha256:" + digest, "size": len(text)}
	}
	encoded := func(value any) []byte {
		text, err := json.Marshal(value)
		Expect(err).NotTo(HaveOccurred())
		return text
	}
	manifest := map[string]any{"schemaVersion": 2, "config": put("application/vnd.oci.image.config.v1+json", encoded(map[string]any{"architecture": architecture, "os": "linux"}))}
	var all []any
	for _, layer := range layers {
		var packed bytes.Buffer
		zipped := gzip.NewWriter(&packed)
		archive := tar.NewWriter(zipped)
		for path, text := range layer {
			Expect(archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: 0o755, Size: int64(len(text))})).To(Succeed())
			_, err := archive.Write([]byte(text))
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(archive.Close()).To(Succeed())
		Expect(zipped.Close()).To(Succeed())
		all = append(all, put("application/vnd.oci.image.layer.v1.tar+gzip", packed.Bytes()))
	}
	manifest["layers"] = all
	index := map[string]any{"schemaVersion": 2, "manifests": []any{put("application/vnd.oci.image.manifest.v1+json", encoded(manifest))}}
	Expect(os.WriteFile(filepath.Join(folder, "index.json"), encoded(index), 0o600)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(folder, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o600)).To(Succeed())
}

// base is a layer that the images of all platforms share.
var base = files{"opt/opsman-ca/LICENSE": "Apache License\n", "opt/opsman-ca/NOTICES": "of the base\n"}

var _ = Describe("layout", Ordered, func() {
	var program string

	BeforeAll(func() {
		var err error
		program, err = gexec.Build("github.com/opsman-ca/opsman-ca/build/release/layout")
		Expect(err).NotTo(HaveOccurred())
	})

	run := func(folder string, args ...string) *gexec.Session {
		GinkgoHelper()
		cmd := exec.CommandContext(GinkgoT().Context(), program, args...)
		cmd.Dir = folder
		session, err := gexec.Start(cmd, nil, nil)
		Expect(err).NotTo(HaveOccurred())
		Eventually(session, "1m").Should(gexec.Exit())
		return session
	}

	// both is a folder with layouts amd64 and arm64.
	both := func() string {
		GinkgoHelper()
		folder := GinkgoT().TempDir()
		for _, architecture := range []string{"amd64", "arm64"} {
			layout(filepath.Join(folder, architecture), architecture, base, files{"usr/local/bin/om": "om for " + architecture, "opt/opsman-ca/NOTICES": "of all\n"})
		}
		return folder
	}

	It("joins the images of two platforms, and gives the files of each", func() {
		folder := both()
		joined := run(folder, "join", "joined", "amd64", "arm64")
		Expect(joined).To(gexec.Exit(0))
		Expect(joined.Out).To(gbytes.Say(`linux/amd64 sha256:\w+\nlinux/arm64 sha256:\w+\nindex sha256:(\w+)\n`))
		text, err := os.ReadFile(filepath.Join(folder, "joined", "index.json"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(joined.Out.Contents())).To(HaveSuffix(fmt.Sprintf("index sha256:%x\n", sha256.Sum256(text))), "the digest that a registry gives it")

		for _, architecture := range []string{"amd64", "arm64"} {
			Expect(run(folder, "extract", "joined", "linux/"+architecture, "usr/local/bin/om", "opt/opsman-ca/NOTICES", "opt/opsman-ca/LICENSE")).To(gexec.Exit(0))
			for name, expected := range map[string]string{"om": "om for " + architecture, "NOTICES": "of all\n", "LICENSE": "Apache License\n"} {
				Expect(os.ReadFile(filepath.Join(folder, name))).To(BeEquivalentTo(expected))
			}
		}
	})

	It("joins the same images to the same one", func() {
		folder := both()
		for _, into := range []string{"once", "twice"} {
			Expect(run(folder, "join", into, "amd64", "arm64")).To(gexec.Exit(0))
		}
		once, err := os.ReadFile(filepath.Join(folder, "once", "index.json"))
		Expect(err).NotTo(HaveOccurred())
		Expect(os.ReadFile(filepath.Join(folder, "twice", "index.json"))).To(Equal(once))
	})

	DescribeTable("is refused", func(because string, args ...string) {
		folder := both()
		Expect(run(folder, "join", "joined", "amd64", "arm64")).To(gexec.Exit(0))
		damaged := filepath.Join(folder, "damaged")
		Expect(os.CopyFS(damaged, os.DirFS(filepath.Join(folder, "joined")))).To(Succeed())
		blobs, err := filepath.Glob(filepath.Join(damaged, "blobs", "sha256", "*"))
		Expect(err).NotTo(HaveOccurred())
		for _, blob := range blobs {
			Expect(os.WriteFile(blob, []byte("{}"), 0o600)).To(Succeed())
		}
		session := run(folder, args...)
		Expect(session.ExitCode()).To(Equal(1))
		Expect(string(session.Err.Contents())).To(MatchRegexp(because))
	},
		Entry("a file that the image does not have", "does not have usr/bin/om\n$", "extract", "joined", "linux/amd64", "usr/bin/om"),
		Entry("a platform that it is not built for", "no image for linux/s390x: it has linux/amd64, linux/arm64", "extract", "joined", "linux/s390x", "usr/local/bin/om"),
		Entry("two images of a platform", "amd64 and joined both have an image for linux/amd64", "join", "again", "amd64", "joined"),
		Entry("what is no layout", "blobs is not an OCI image layout", "join", "again", "amd64/blobs"),
		Entry("a layout that is damaged", "damaged is damaged", "extract", "damaged", "linux/amd64", "usr/local/bin/om"),
		Entry("no command", "usage"),
	)
})

var _ = Describe("the files of a release", func() {
	// ready is a checkout at 1.0.0 with images of both platforms, and cyclonedx-gomod in place of the real one.
	ready := func() *checkout {
		GinkgoHelper()
		c := begin()
		c.write(".gitignore", "/.build/\n")
		c.release("major")
		c.write(".build/bin/cyclonedx-gomod", "#!/bin/sh\nfor last; do :; done\nas=none\nwhile [ \"$1\" != -output ]; do [ \"$1\" != -version ] || as=$2; shift; done\necho \"of $(cat \"$last\"), version $as\" >\"$2\"\n")
		Expect(os.Chmod(filepath.Join(c.folder, ".build", "bin", "cyclonedx-gomod"), 0o700)).To(Succeed())
		c.env = append(c.env, "PATH="+filepath.Join(c.folder, ".build", "bin")+":"+os.Getenv("PATH"))
		for image, paths := range map[string][]string{
			"resource": {"opt/resource/check", "opt/resource/in", "opt/resource/out"},
			"task":     {"usr/local/bin/opsman-ca", "usr/local/bin/om", "opt/opsman-ca/NOTICES.om"},
			"sim":      {"usr/local/bin/opsman-sim"},
		} {
			folder := filepath.Join(c.folder, ".build", "images", image)
			for _, architecture := range []string{"amd64", "arm64"} {
				programs := files{}
				for _, path := range paths {
					programs[path] = filepath.Base(path) + " for " + architecture
				}
				layout(filepath.Join(folder, architecture), architecture, base, programs)
			}
			c.start("go", "run", "./build/release/layout", "join", filepath.Join(folder, "oci"), filepath.Join(folder, "amd64"), filepath.Join(folder, "arm64"))
			c.write(".build/images/"+image+"/digest", "sha256:"+image)
		}
		return c
	}

	It("are the programs of the images, what they are made of, and their checksums", func() {
		c := ready()
		c.env = append(c.env, "REPOSITORIES=example.com/resource example.com/task example.com/sim")
		c.script("assemble", "1.0.0", ".build/images", ".build/files")
		var names []string
		for line := range strings.SplitSeq(strings.TrimSpace(c.read(".build/files/SHA256SUMS")), "\n") {
			names = append(names, strings.Fields(line)[1])
		}
		Expect(names).To(HaveExactElements("NOTICES-om", "check-1.0.0.cdx.json", "images-1.0.0.txt", "in-1.0.0.cdx.json", "om-1.0.0.cdx.json",
			"opsman-ca-1.0.0-linux-amd64.tar.gz", "opsman-ca-1.0.0-linux-arm64.tar.gz", "opsman-ca-1.0.0.cdx.json",
			"opsman-sim-1.0.0-linux-amd64.tar.gz", "opsman-sim-1.0.0-linux-arm64.tar.gz", "opsman-sim-1.0.0.cdx.json", "out-1.0.0.cdx.json"))
		Expect(c.start("sh", "-c", "cd .build/files && sha256sum -c SHA256SUMS")).To(gexec.Exit(0))
		Expect(c.read(".build/files/images-1.0.0.txt")).To(Equal("example.com/resource@sha256:resource\nexample.com/task@sha256:task\nexample.com/sim@sha256:sim\n"))
		Expect(c.read(".build/files/opsman-ca-1.0.0.cdx.json")).To(Equal("of opsman-ca for amd64, version v1.0.0\n"))
		Expect(c.read(".build/files/om-1.0.0.cdx.json")).To(Equal("of om for amd64, version none\n"), "it has one of its own")

		unpacked := c.start("tar", "-xvzOf", ".build/files/opsman-ca-1.0.0-linux-arm64.tar.gz")
		Expect(string(unpacked.Out.Contents())).To(Equal("Apache License\nof the base\nopsman-ca for arm64"))
		listed := c.start("tar", "--numeric-owner", "-tvzf", ".build/files/opsman-ca-1.0.0-linux-arm64.tar.gz")
		Expect(string(listed.Out.Contents())).To(MatchRegexp(`(?m)^-rwxr-xr-x 0/0 .* opsman-ca$`))
	})

	It("are the same again, and others when they were changed", func() {
		c := ready()
		for _, folder := range []string{"once", "again"} {
			c.script("assemble", "1.0.0", ".build/images", ".build/"+folder)
		}
		Expect(c.read(".build/again/SHA256SUMS")).To(Equal(c.read(".build/once/SHA256SUMS")))
		c.write(".build/again/NOTICES-om", "something else")
		Expect(c.start("sh", "-c", "cd .build/again && sha256sum -c SHA256SUMS")).To(gexec.Exit(1))
	})

	It("are not made of images that lack a platform", func() {
		c := ready()
		c.env = append(c.env, "PLATFORMS=linux/amd64 linux/ppc64le")
		c.refused("no image for linux/ppc64le", "assemble", "1.0.0", ".build/images", ".build/files")
	})
})
