// Package programs finds what suites start: the commands as they are now, and the
// real om. Two variables name others, as in an image: OPSMAN_CA_BIN a folder with the
// commands (/opt/resource), OPSMAN_CA_TEST_OM om. Without them the commands are
// built, and om is the one that `make bin/om-quick` leaves.
package programs

import (
	"encoding/json"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"
)

var commands = []string{"check", "in", "out", "opsman-ca"}

// Find is for the first function of a SynchronizedBeforeSuite; Found is for the
// second, and gexec.CleanupBuildArtifacts for the end.
func Find() []byte {
	GinkgoHelper()
	found, err := json.Marshal(find())
	Expect(err).NotTo(HaveOccurred())
	return found
}

// Found are the paths of check, in, out, opsman-ca and om by these names.
func Found(encoded []byte) map[string]string {
	GinkgoHelper()
	var paths map[string]string
	Expect(json.Unmarshal(encoded, &paths)).To(Succeed())
	return paths
}

// Folder has all of them for as long as the spec or the suite lasts, om as om-quick,
// and other programs of this module ("cmd/opsman-sim").
func Folder(others ...string) string {
	GinkgoHelper()
	folder, err := filepath.EvalSymlinks(GinkgoT().TempDir())
	Expect(err).NotTo(HaveOccurred())
	for name, path := range find() {
		if name == "om" {
			name = "om-quick"
		}
		Expect(os.Symlink(path, filepath.Join(folder, name))).To(Succeed())
	}
	for _, other := range others {
		Expect(os.Symlink(build(other), filepath.Join(folder, filepath.Base(other)))).To(Succeed())
	}
	return folder
}

func find() map[string]string {
	GinkgoHelper()
	paths := map[string]string{"om": om()}
	if folder := os.Getenv("OPSMAN_CA_BIN"); folder != "" {
		for _, name := range commands {
			path, err := filepath.Abs(filepath.Join(folder, name))
			Expect(err).NotTo(HaveOccurred())
			Expect(path).To(BeAnExistingFile(), "OPSMAN_CA_BIN names a folder without "+name)
			paths[name] = path
		}
		return paths
	}
	for _, name := range commands {
		paths[name] = build("cmd/" + name)
	}
	return paths
}

func build(folder string) string {
	GinkgoHelper()
	path, err := gexec.BuildWithEnvironment("github.com/opsman-ca/opsman-ca/"+folder, []string{"CGO_ENABLED=0"}, "-trimpath", "-buildvcs=false")
	Expect(err).NotTo(HaveOccurred())
	return path
}

// om is om as users have it; only its poll interval is shorter. Links are followed:
// a spec looks for its process by this path.
func om() string {
	GinkgoHelper()
	path := os.Getenv("OPSMAN_CA_TEST_OM")
	if path == "" {
		path = filepath.Join(checkout(), "bin", "om-quick")
	}
	path, err := filepath.Abs(path)
	Expect(err).NotTo(HaveOccurred())
	Expect(path).To(BeAnExistingFile(), "the real om is missing: run `make bin/om-quick`, or name one by OPSMAN_CA_TEST_OM")
	path, err = filepath.EvalSymlinks(path)
	Expect(err).NotTo(HaveOccurred())
	return path
}

// checkout is the folder above the suite's own in which go.mod is.
func checkout() string {
	GinkgoHelper()
	folder, err := os.Getwd()
	Expect(err).NotTo(HaveOccurred())
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		Expect(parent).NotTo(Equal(folder), "no go.mod in a folder above the suite's")
		folder = parent
	}
}
