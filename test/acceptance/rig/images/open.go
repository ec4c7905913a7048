package images

import (
	"io"
	"os"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func opener(path string) tarball.Opener {
	return func() (io.ReadCloser, error) { return os.Open(path) } //nolint:gosec // the caller names the archive
}
