package apply

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("the errand configuration that om is given", func() {
	It("is for its owner alone to read, and is taken away", func() {
		GinkgoT().Setenv("TMPDIR", GinkgoT().TempDir())
		plan := ErrandPlan{changed: true, config: errandConfig{Errands: map[string]productErrands{"p.mysql": {RunPostDeploy: map[string]any{"upgrade-all": true}}}}}
		path, done, err := plan.file("")
		Expect(err).NotTo(HaveOccurred())
		info, err := os.Stat(path)
		Expect(err).NotTo(HaveOccurred())
		Expect(info.Mode().Perm()).To(Equal(os.FileMode(0o600)))
		done()
		Expect(filepath.Glob(filepath.Join(os.TempDir(), "*"))).To(BeEmpty())
	})
})
