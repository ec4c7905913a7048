package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// places say where each image has which programs.
var places = map[string]map[string]string{
	"resource": {"check": "opt/resource/check", "in": "opt/resource/in", "out": "opt/resource/out"},
	"task":     {"opsman-ca": "usr/local/bin/opsman-ca"},
	"sim":      {"opsman-sim": "usr/local/bin/opsman-sim"},
}

// compile has the programs of a commit compiled for a platform, by name.
func compile(client *http.Client, arguments map[string]string, platform string) (map[string][]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	query := url.Values{"version": {arguments["BUILD_VERSION"]}, "commit": {arguments["BUILD_COMMIT"]}, "date": {arguments["BUILD_DATE"]}, "platform": {platform}}
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, os.Getenv("STAND_IN_BUILDER")+"?"+query.Encode(), http.NoBody) //nolint:gosec // the image names it
	if err != nil {
		return nil, fmt.Errorf("STAND_IN_BUILDER: %w", err)
	}
	answer, err := client.Do(get) //nolint:gosec // the image names it
	if err != nil {
		return nil, fmt.Errorf("compile: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("compile: %s: %s", answer.Status, body), err)
	}
	programs := map[string][]byte{}
	for archive := tar.NewReader(bytes.NewReader(body)); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return programs, nil
		}
		if err != nil {
			return nil, fmt.Errorf("compile: %w", err)
		}
		if programs[header.Name], err = io.ReadAll(archive); err != nil {
			return nil, fmt.Errorf("compile: %w", err)
		}
	}
}

// layer has an image's programs in their places.
func layer(image string, programs map[string][]byte) (v1.Layer, error) {
	var packed bytes.Buffer
	archive := tar.NewWriter(&packed)
	for name, place := range places[image] {
		program, there := programs[name]
		if !there {
			return nil, fmt.Errorf("%s was not compiled", name)
		}
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: place, Mode: 0o755, Size: int64(len(program))}); err != nil {
			return nil, err
		}
		if _, err := archive.Write(program); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil },
		tarball.WithCompressionLevel(gzip.BestSpeed), tarball.WithCompressedCaching)
}
