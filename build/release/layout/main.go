// Command layout reads and writes images as OCI image layouts, which oci-build-task
// builds and the registry-image resource gets and puts:
//
//	layout join INTO LAYOUT...                      one image of several platforms
//	layout extract LAYOUT OS/ARCHITECTURE PATH...   files of it, each as ./NAME
//
// The release pipeline builds each platform by itself, and releases the programs that
// are in the images, so that what was tested is what is released.
package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Media types of the OCI image specification; Docker's own of manifests and layers mean the same.
const (
	indexType  = "application/vnd.oci.image.index.v1+json"
	dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
)

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Variant      string `json:"variant,omitempty"`
}

func (p platform) String() string { return p.OS + "/" + p.Architecture }

type descriptor struct {
	MediaType string    `json:"mediaType"`
	Digest    string    `json:"digest"`
	Size      int64     `json:"size"`
	Platform  *platform `json:"platform,omitempty"`
}

type index struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Manifests     []descriptor `json:"manifests"`
}

type manifest struct {
	Config descriptor   `json:"config"`
	Layers []descriptor `json:"layers"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "layout:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) > 2 && args[0] == "join":
		return join(args[1], args[2:])
	case len(args) > 3 && args[0] == "extract":
		return extract(args[1], args[2], args[3:])
	default:
		return errors.New("usage: layout join INTO LAYOUT..., or layout extract LAYOUT OS/ARCHITECTURE PATH... for files")
	}
}

// join writes one layout with the images of all others.
func join(into string, layouts []string) error {
	joined := index{SchemaVersion: 2, MediaType: indexType}
	from := map[string]string{}
	for _, l := range layouts {
		images, err := imagesOf(l)
		if err != nil {
			return err
		}
		for _, image := range images {
			if other, twice := from[image.Platform.String()]; twice {
				return fmt.Errorf("%s and %s both have an image for %s: join one layout for each platform", other, l, image.Platform)
			}
			from[image.Platform.String()] = l
			joined.Manifests = append(joined.Manifests, image)
		}
		if err := copyBlobs(l, into); err != nil {
			return fmt.Errorf("copy the blobs of %s: %w", l, err)
		}
	}
	text, err := json.Marshal(joined)
	if err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	for name, content := range map[string][]byte{"index.json": text, "oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`)} {
		if err := os.WriteFile(filepath.Join(into, name), content, 0o644); err != nil { //nolint:gosec // later steps of a build read it as other users
			return fmt.Errorf("write the layout: %w", err)
		}
	}
	for _, image := range joined.Manifests {
		fmt.Printf("%s %s\n", image.Platform, image.Digest)
	}
	fmt.Printf("index sha256:%s\n", hexOf(text))
	return nil
}

// copyBlobs leaves out what is there already: images of two platforms share layers.
func copyBlobs(from, into string) error {
	names, err := filepath.Glob(filepath.Join(from, "blobs", "sha256", "*"))
	if err != nil {
		return err
	}
	folder := filepath.Join(into, "blobs", "sha256")
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // later steps of a build read it as other users
		return err
	}
	for _, name := range names {
		text, err := blob(from, "sha256:"+filepath.Base(name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(name)), text, 0o644); err != nil { //nolint:gosec // later steps of a build read it as other users
			return err
		}
	}
	return nil
}

// imagesOf are the images in a layout, each with the platform that its configuration says.
func imagesOf(layout string) ([]descriptor, error) {
	text, err := os.ReadFile(filepath.Join(layout, "index.json")) //nolint:gosec // the caller names the layout
	if err != nil {
		return nil, fmt.Errorf("%s is not an OCI image layout: %w", layout, err)
	}
	images, err := inIndex(layout, text)
	if err == nil && len(images) == 0 {
		err = fmt.Errorf("%s has no image in it", layout)
	}
	return images, err
}

func inIndex(layout string, text []byte) ([]descriptor, error) {
	var list index
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("read an index of %s: %w", layout, err)
	}
	var images []descriptor
	for _, d := range list.Manifests {
		content, err := blob(layout, d.Digest)
		if err != nil {
			return nil, err
		}
		if d.MediaType == indexType || d.MediaType == dockerList {
			deeper, err := inIndex(layout, content)
			if err != nil {
				return nil, err
			}
			images = append(images, deeper...)
			continue
		}
		p, err := platformOf(layout, content)
		if err != nil {
			return nil, err
		}
		if p.OS == "" || p.OS == "unknown" { // an attestation
			continue
		}
		images = append(images, descriptor{MediaType: d.MediaType, Digest: d.Digest, Size: d.Size, Platform: &p})
	}
	return images, nil
}

func platformOf(layout string, text []byte) (platform, error) {
	var m manifest
	var p platform
	if err := json.Unmarshal(text, &m); err != nil {
		return p, fmt.Errorf("read a manifest of %s: %w", layout, err)
	}
	config, err := blob(layout, m.Config.Digest)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(config, &p); err != nil {
		return p, fmt.Errorf("read a configuration of %s: %w", layout, err)
	}
	return p, nil
}

// blob is the content of a digest, which has to have that digest.
func blob(layout, digest string) ([]byte, error) {
	text, err := os.ReadFile(blobPath(layout, digest))
	if err != nil {
		return nil, fmt.Errorf("%s is incomplete: %w", layout, err)
	}
	if "sha256:"+hexOf(text) != digest {
		return nil, fmt.Errorf("%s is damaged: what it has as %s has another digest", layout, digest)
	}
	return text, nil
}

func blobPath(layout, digest string) string {
	return filepath.Join(layout, "blobs", filepath.FromSlash(strings.Replace(path.Clean("/"+digest), ":", "/", 1)))
}

func hexOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// extract writes files of the image of one platform to the current folder.
func extract(layout, wanted string, paths []string) error {
	images, err := imagesOf(layout)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(images, func(d descriptor) bool { return d.Platform.String() == wanted })
	if at < 0 {
		var has []string
		for _, image := range images {
			has = append(has, image.Platform.String())
		}
		return fmt.Errorf("%s has no image for %s: it has %s", layout, wanted, strings.Join(has, ", "))
	}
	text, err := blob(layout, images[at].Digest)
	if err != nil {
		return err
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("read a manifest of %s: %w", layout, err)
	}
	missing := slices.Clone(paths)
	for _, layer := range slices.Backward(m.Layers) { // the uppermost one wins
		found, err := fromLayer(layout, layer.Digest, missing)
		if err != nil {
			return err
		}
		missing = slices.DeleteFunc(missing, func(p string) bool { return slices.Contains(found, p) })
	}
	if len(missing) > 0 {
		return fmt.Errorf("the image for %s in %s does not have %s", wanted, layout, strings.Join(missing, ", "))
	}
	return nil
}

// fromLayer writes those of the files that a layer has, and names them.
func fromLayer(layout, digest string, paths []string) (found []string, err error) {
	text, err := blob(layout, digest)
	if err != nil {
		return nil, err
	}
	var layer io.Reader = strings.NewReader(string(text))
	if len(text) > 2 && text[0] == 0x1f && text[1] == 0x8b {
		if layer, err = gzip.NewReader(layer); err != nil {
			return nil, fmt.Errorf("read a layer of %s: %w", layout, err)
		}
	}
	archive := tar.NewReader(layer)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read a layer of %s: %w", layout, err)
		}
		name := strings.TrimPrefix(path.Clean(header.Name), "/")
		if header.Typeflag != tar.TypeReg || !slices.Contains(paths, name) {
			continue
		}
		if err := write(path.Base(name), archive, header.FileInfo().Mode().Perm()); err != nil {
			return nil, err
		}
		found = append(found, name)
	}
}

func write(name string, from io.Reader, mode os.FileMode) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode) //nolint:gosec // a name without a folder
	if err != nil {
		return fmt.Errorf("extract %s: %w", name, err)
	}
	_, err = io.Copy(file, from)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("extract %s: %w", name, err)
	}
	return nil
}
