package resource_test

import (
	"os"
	"path/filepath"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/resource/listing"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("links in a build's folder", func() {
	var f *foundation
	var outside string
	BeforeEach(func() {
		f = serve(sim.Options{})
		f.get(nil)
		f.customCA()
		outside = GinkgoT().TempDir()
	})
	link := func(to, name string) {
		GinkgoHelper()
		Expect(os.Symlink(to, filepath.Join(f.build, name))).To(Succeed())
	}

	It("are followed within it", func() {
		link("ca", "same")
		link("../custom-ca/key.pem", "custom-ca/linked.pem")
		Expect(f.put(map[string]any{"phase": "generate", "from": "same", "certificate": "custom-ca/cert.pem", "private_key": "custom-ca/linked.pem", "dry_run": true}).code).To(Equal(0))
	})

	It("do not lead a put out of it", func() {
		Expect(os.Rename(filepath.Join(f.build, "ca"), filepath.Join(outside, "ca"))).To(Succeed())
		Expect(os.Rename(filepath.Join(f.build, "custom-ca", "key.pem"), filepath.Join(outside, "key.pem"))).To(Succeed())
		link(filepath.Join(outside, "ca"), "ca")
		link(filepath.Join(outside, "key.pem"), "custom-ca/key.pem")
		r := f.put(map[string]any{"phase": "generate", "from": "ca", "certificate": "custom-ca/cert.pem", "private_key": "custom-ca/key.pem"})
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(
			ContainSubstring(`error: params.from "ca" leads out of the build's folder over a symbolic link`),
			ContainSubstring(`error: params.private_key "custom-ca/key.pem" leads out of the build's folder over a symbolic link`)))
		Expect(f.changing()).To(BeEmpty())
	})

	It("and pipes do not stop a put for ever", func() {
		Expect(syscall.Mkfifo(filepath.Join(f.build, "custom-ca", "pipe"), 0o600)).To(Succeed())
		r := f.put(map[string]any{"phase": "generate", "from": "ca", "certificate": "custom-ca/pipe", "private_key": "custom-ca/key.pem"})
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(ContainSubstring(`error: params.certificate "custom-ca/pipe" is neither a file nor a folder`))
	})

	It("do not lead a get out of its destination", func() {
		v := f.check(nil)[0]
		target := filepath.Join(outside, "precious")
		Expect(os.WriteFile(target, []byte("precious"), 0o600)).To(Succeed())
		for _, name := range []string{"version.json", "state", "active.pem"} {
			destination := GinkgoT().TempDir()
			Expect(os.Symlink(target, filepath.Join(destination, name))).To(Succeed())
			r := f.run(resource.In(listing.Certificates{}), map[string]any{"version": v}, destination)
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(ContainSubstring("cannot write " + name))
			Expect(os.ReadFile(target)).To(Equal([]byte("precious")))
		}
	})

	It("that are of no use any more are taken away, not what they lead to", func() {
		v := f.check(nil)[0]
		target := filepath.Join(outside, "precious")
		Expect(os.WriteFile(target, []byte("precious"), 0o600)).To(Succeed())
		destination := GinkgoT().TempDir()
		Expect(os.Symlink(target, filepath.Join(destination, "candidate.pem"))).To(Succeed())
		Expect(f.run(resource.In(listing.Certificates{}), map[string]any{"version": v}, destination).code).To(Equal(0))
		Expect(filepath.Join(destination, "candidate.pem")).NotTo(BeAnExistingFile())
		Expect(os.ReadFile(target)).To(Equal([]byte("precious")))
	})
})
