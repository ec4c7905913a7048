package standin

import (
	"context"
	"fmt"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// Push pushes an image of those layers with that environment, for linux/amd64 as the rig is.
func Push(ctx context.Context, reference string, env []string, layers ...*Layer) error {
	tag, err := name.NewTag(reference, name.Insecure)
	if err != nil {
		return err
	}
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: "linux", Architecture: "amd64", RootFS: v1.RootFS{Type: "layers"}, Config: v1.Config{Env: env}})
	if err != nil {
		return err
	}
	for _, l := range layers {
		layer, err := l.Layer()
		if err != nil {
			return err
		}
		if image, err = mutate.AppendLayers(image, layer); err != nil {
			return err
		}
	}
	if err := remote.Write(tag, image, remote.WithContext(ctx)); err != nil {
		return fmt.Errorf("push %s: %w", reference, err)
	}
	return nil
}

// Program is a layer with one program of the suite's own.
func Program(from, as string) *Layer {
	l := NewLayer()
	l.File(from, as)
	return l
}

// Resource is a layer with a program of the suite's own as a resource type, beside what it starts.
func Resource(ctx context.Context, program string, starts ...string) *Layer {
	l := NewLayer()
	for _, as := range []string{"check", "in", "out"} {
		l.File(program, "opt/resource/"+as)
	}
	l.Programs(ctx, starts...)
	return l
}
