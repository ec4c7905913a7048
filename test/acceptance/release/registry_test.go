package release_test

import (
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// platformsOf is the version that the image of each platform says.
func platformsOf(reference string) map[string]string {
	GinkgoHelper()
	tag, err := name.NewTag(reference, name.Insecure)
	Expect(err).NotTo(HaveOccurred())
	index, err := remote.Index(tag)
	Expect(err).NotTo(HaveOccurred())
	manifest, err := index.IndexManifest()
	Expect(err).NotTo(HaveOccurred())
	all := map[string]string{}
	for _, m := range manifest.Manifests {
		image, err := index.Image(m.Digest)
		Expect(err).NotTo(HaveOccurred())
		config, err := image.ConfigFile()
		Expect(err).NotTo(HaveOccurred())
		Expect(*m.Platform).To(Equal(v1.Platform{OS: config.OS, Architecture: config.Architecture}))
		all[m.Platform.String()] = config.Config.Labels["org.opencontainers.image.version"]
	}
	return all
}
