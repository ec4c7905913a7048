package concourse

import (
	"encoding/json"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// release is what was released in this rig: images by reference, with a tag, and by digest.
type release struct {
	Resource, Task, Sim string
	Digests             map[string]string
}

// Published makes the suites that run after this one take images that were released, instead of those with which
// the rig was started: references with a tag, each of an index.
func (c *Concourse) Published(resource, task, sim string) {
	GinkgoHelper()
	r := release{Resource: resource, Task: task, Sim: sim, Digests: map[string]string{}}
	for _, reference := range []string{resource, task, sim} {
		r.Digests[reference] = c.Digest(reference)
	}
	text, err := json.Marshal(r)
	Expect(err).NotTo(HaveOccurred())
	Expect(os.WriteFile(c.Released, text, 0o600)).To(Succeed())
}

// takeReleased takes what Published said, and nothing that was put under its tags since.
func (c *Concourse) takeReleased() {
	GinkgoHelper()
	text, err := os.ReadFile(c.Released)
	if os.IsNotExist(err) {
		return
	}
	Expect(err).NotTo(HaveOccurred())
	var r release
	Expect(json.Unmarshal(text, &r)).To(Succeed())
	for reference, digest := range r.Digests {
		Expect(c.Digest(reference)).To(Equal(digest), "%s was moved", reference)
	}
	c.ResourceImage, c.TaskImage, c.SimImage = r.Resource, r.Task, r.Sim
}

// Digest is what the rig's registry has under a tag; of an index, when there is one.
func (c *Concourse) Digest(reference string) string {
	GinkgoHelper()
	found, err := remote.Head(tagged(reference))
	Expect(err).NotTo(HaveOccurred())
	return found.Digest.String()
}

// Version is the release that an image says it is of, in its labels.
func (c *Concourse) Version(reference string) string {
	GinkgoHelper()
	_, config := open(reference)
	return config.Config.Labels["org.opencontainers.image.version"]
}

// AnotherBuild pushes the same programs as an image that is another one to Concourse, as a newer or an older build is.
func (c *Concourse) AnotherBuild(reference string) string {
	GinkgoHelper()
	image, config := open(reference)
	config = config.DeepCopy()
	config.Created = v1.Time{Time: config.Created.Add(time.Second)}
	image, err := mutate.ConfigFile(image, config)
	Expect(err).NotTo(HaveOccurred())
	another := tagged(reference).Context().Tag("another")
	Expect(remote.Write(another, image)).To(Succeed())
	Expect(c.Digest(another.String())).NotTo(Equal(c.Digest(reference)))
	return another.String()
}

// open gives the image of this machine's platform, and its configuration.
func open(reference string) (v1.Image, *v1.ConfigFile) {
	GinkgoHelper()
	image, err := remote.Image(tagged(reference))
	Expect(err).NotTo(HaveOccurred())
	config, err := image.ConfigFile()
	Expect(err).NotTo(HaveOccurred())
	return image, config
}

func tagged(reference string) name.Tag {
	GinkgoHelper()
	tag, err := name.NewTag(reference, name.Insecure)
	Expect(err).NotTo(HaveOccurred())
	return tag
}
