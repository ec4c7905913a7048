package concourse

import (
	"os"
	"path/filepath"

	"github.com/concourse/concourse/atc"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"
)

// SetInstance sets a pipeline from its unchanged file in pipelines/ as the instance
// of a group that has foundation=NAME, by fly and a vars file, as docs/pipelines.md
// shows it: the pipeline looks up the secret that the foundation's name names. It stays
// paused. When the spec fails, the logs of its builds are shown;
// after the spec it is destroyed.
func (f *Fly) SetInstance(group, file, foundation string, options ...Option) *Pipeline {
	GinkgoHelper()
	p := &Pipeline{
		Name: group, File: file, c: f.c, ref: atc.PipelineRef{Name: group, InstanceVars: map[string]any{"foundation": foundation}},
		clock: group + "-" + foundation,
	}
	p.setting = f.c.setting(file, p.clock)
	for _, change := range options {
		change(p.setting)
	}
	delete(p.setting.Values, "foundation") // -i gives it
	values, err := yaml.Marshal(p.setting.Values)
	Expect(err).NotTo(HaveOccurred())
	path := filepath.Join(GinkgoT().TempDir(), foundation+".yml")
	Expect(os.WriteFile(path, values, 0o600)).To(Succeed())
	f.Run("set-pipeline", "--non-interactive", "-p", group, "-i", "foundation="+foundation, "-c", f.c.File("pipelines", file+".yml"), "-l", path).Succeeds()
	p.destroyAfterwards()
	return p
}
