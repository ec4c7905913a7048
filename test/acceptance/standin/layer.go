// Package standin makes images of what this machine has, for steps of the release pipeline whose
// own images come from elsewhere: without a network there is no golang:1.26.
package standin

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Layer collects the files of a layer. After an error it collects nothing more.
type Layer struct {
	packed  bytes.Buffer
	archive *tar.Writer
	written map[string]bool
	err     error
}

// NewLayer has the folders and links that programs of Debian expect, and nothing else.
func NewLayer() *Layer {
	l := &Layer{written: map[string]bool{}}
	l.archive = tar.NewWriter(&l.packed)
	for _, folder := range []string{"usr/bin", "usr/lib", "usr/lib64", "opt/resource", "root", "etc"} {
		l.folder(folder, 0o755)
	}
	l.folder("tmp", 0o1777)
	for name, target := range map[string]string{"bin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib64"} {
		l.write(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777}, nil)
	}
	return l
}

func (l *Layer) write(header *tar.Header, content io.Reader) {
	if l.err != nil || l.written[header.Name] {
		return
	}
	l.written[header.Name] = true
	if l.err = l.archive.WriteHeader(header); l.err == nil && content != nil {
		_, l.err = io.Copy(l.archive, content)
	}
}

func (l *Layer) folder(name string, mode int64) {
	for parent := path.Dir(name); parent != "." && !l.written[parent]; parent = path.Dir(parent) {
		l.folder(parent, 0o755)
	}
	l.write(&tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: mode}, nil)
}

// File adds a file of the machine under another name.
func (l *Layer) File(from, name string) {
	if l.err != nil {
		return
	}
	file, err := os.Open(from) //nolint:gosec // the suite names it
	if err != nil {
		l.err = err
		return
	}
	defer file.Close() //nolint:errcheck // only read
	info, err := file.Stat()
	if err != nil {
		l.err = err
		return
	}
	l.folder(path.Dir(name), 0o755)
	l.write(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: int64(info.Mode().Perm()), Size: info.Size()}, file)
}

// Programs adds programs of the machine, from its PATH, with the libraries that they are linked with.
func (l *Layer) Programs(ctx context.Context, names ...string) {
	for _, name := range names {
		found, err := exec.LookPath(name)
		if err != nil {
			l.err = errors.Join(l.err, err)
			return
		}
		l.File(found, "usr/bin/"+filepath.Base(name))
		libraries, _ := exec.CommandContext(ctx, "ldd", found).Output() //nolint:gosec // a program of the suite; a static program has none
		for word := range strings.FieldsSeq(string(libraries)) {
			if filepath.IsAbs(word) {
				l.File(word, "usr/"+strings.TrimPrefix(strings.TrimPrefix(word, "/"), "usr/"))
			}
		}
	}
}

// Tree adds a folder of the machine, under its own name, without what is left out.
func (l *Layer) Tree(root string, leaveOut func(name string, entry fs.DirEntry) bool) {
	if l.err != nil {
		return
	}
	l.err = errors.Join(l.err, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case leaveOut != nil && leaveOut(name, entry):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.Type().IsRegular():
			l.File(name, strings.TrimPrefix(name, "/"))
		}
		return l.err
	}))
}

// Layer is what was collected; the resource unpacks gzip alone.
func (l *Layer) Layer() (v1.Layer, error) {
	if err := errors.Join(l.err, l.archive.Close()); err != nil {
		return nil, fmt.Errorf("make an image of what this machine has: %w", err)
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(l.packed.Bytes())), nil },
		tarball.WithCompressionLevel(gzip.BestSpeed), tarball.WithCompressedCaching)
}
