// Package images brings image archives into the rig's registry.
package images

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Push pushes the image of an archive as of `docker save`, which `make
// image-archives` writes, under its own name: opsman-ca/task:dev becomes
// REGISTRY/opsman-ca/task:dev. It returns that.
func Push(ctx context.Context, archive, registry string) (string, error) {
	own, err := ownName(archive)
	if err != nil {
		return "", err
	}
	image, err := tarball.ImageFromPath(archive, nil)
	if err != nil {
		return "", fmt.Errorf("read the image archive %s: %w. make image-archives writes it", archive, err)
	}
	tag, err := name.NewTag(registry+"/"+own, name.Insecure)
	if err != nil {
		return "", fmt.Errorf("image archive %s: %w", archive, err)
	}
	if err := remote.Write(tag, image, remote.WithContext(ctx)); err != nil {
		return "", fmt.Errorf("push %s: %w", tag, err)
	}
	return tag.Name(), nil
}

// ownName is the tag in the archive, without its registry.
func ownName(archive string) (string, error) {
	manifest, err := tarball.LoadManifest(opener(archive))
	if err != nil {
		return "", fmt.Errorf("read the image archive %s: %w. make image-archives writes it", archive, err)
	}
	if len(manifest) != 1 || len(manifest[0].RepoTags) == 0 {
		return "", fmt.Errorf("image archive %s holds %d images: expected one, with a tag", archive, len(manifest))
	}
	own := manifest[0].RepoTags[0]
	if host, rest, found := strings.Cut(own, "/"); found && (strings.ContainsAny(host, ".:") || host == "localhost") {
		own = rest
	}
	return own, nil
}
