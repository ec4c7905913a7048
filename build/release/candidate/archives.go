package candidate

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Source is where the project is, as its images say.
const Source = "https://github.com/opsman-ca/opsman-ca"

// images are those that a release has.
var images = []string{"resource", "task", "sim"}

// checkArchives looks at the labels of the images, where any was built.
func (c Candidate) checkArchives(f *Found, h head) {
	again := "make image-archives BUILD_VERSION=" + c.Version
	var there, missing []string
	for _, name := range images {
		path := filepath.Join(c.Archives, name+".tar")
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			missing = append(missing, path)
			continue
		}
		there = append(there, name)
		labels, err := labels(path)
		if err != nil {
			f.problem("%s is not read as an image: %w; make it again with %s", path, err, again)
			continue
		}
		c.checkLabels(f, h, name, path, labels)
	}
	switch {
	case len(there) == 0:
		f.fact("images", "NOT CHECKED, because no archive is in %s: %s", c.Archives, again)
	case len(missing) > 0:
		f.problem("%s is missing beside other images: make all of them with %s", strings.Join(missing, " and "), again)
	default:
		f.fact("images", "%s", strings.Join(there, ", "))
	}
}

// checkLabels looks at the annotations of the OCI image specification, which are labels
// in an image's configuration.
func (c Candidate) checkLabels(f *Found, h head, name, path string, labels map[string]string) {
	built := "build it at this commit: make image-archives BUILD_VERSION=" + c.Version
	const written = "the Dockerfile's LABEL sets it: correct it there, and make image-archives"
	for _, l := range []struct {
		key, want string
		right     func(string) bool
		todo      string
	}{
		{"title", `"opsman-ca ` + name + `"`, func(s string) bool { return s == "opsman-ca "+name }, written},
		{"description", "a sentence", func(s string) bool { return strings.TrimSpace(s) != "" }, written},
		{"source", `"` + Source + `"`, func(s string) bool { return s == Source }, written},
		{"licenses", `"Apache-2.0"`, func(s string) bool { return s == "Apache-2.0" }, written},
		{"version", `"` + c.Version + `"`, func(s string) bool { return s == c.Version }, built},
		{"revision", fmt.Sprintf(`"%.7s", the commit that is checked out`, h.hash), h.is, built},
		{"created", fmt.Sprintf("%q, when that commit was made", h.date.Format(time.RFC3339)), h.madeAt, built},
	} {
		if h.hash == "" && slices.Contains([]string{"revision", "created"}, l.key) {
			continue // git's failure is a problem already
		}
		if value := labels["org.opencontainers.image."+l.key]; !l.right(value) {
			f.problem("%s: the label org.opencontainers.image.%s is %q: expected %s; %s", path, l.key, value, l.want, l.todo)
		}
	}
}

// madeAt tells whether that is the commit's date.
func (h head) madeAt(date string) bool {
	t, err := time.Parse(time.RFC3339, date)
	return err == nil && t.Equal(h.date)
}

// largest is how large a manifest or a configuration may be; layers are larger, and
// are passed over.
const largest = 1 << 20

// labels are those of the image in an archive of docker save, whose manifest.json names
// the image's configuration. All tools that the project builds with write one.
func labels(path string) (map[string]string, error) {
	file, err := os.Open(path) //nolint:gosec // the archive that was named
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read
	small := map[string][]byte{}
	for archive := tar.NewReader(file); ; {
		entry, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if entry.Typeflag == tar.TypeReg && entry.Size <= largest {
			if small[entry.Name], err = io.ReadAll(archive); err != nil {
				return nil, err
			}
		}
	}
	var manifest []struct{ Config string }
	if err := decode(small, "manifest.json", &manifest); err != nil {
		return nil, err
	}
	if len(manifest) != 1 {
		return nil, fmt.Errorf("manifest.json names %d images: expected one", len(manifest))
	}
	var config struct {
		Config struct{ Labels map[string]string } `json:"config"`
	}
	err = decode(small, manifest[0].Config, &config)
	return config.Config.Labels, err
}

func decode(files map[string][]byte, name string, to any) error {
	text, there := files[name]
	if !there {
		return fmt.Errorf("no %q in it", name)
	}
	if err := json.Unmarshal(text, to); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
