package main

import (
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

// places say where each image has this project's programs.
var places = map[string][]string{
	"resource": {"opt/resource/check", "opt/resource/in", "opt/resource/out"},
	"task":     {"usr/local/bin/opsman-ca"},
	"sim":      {"usr/local/bin/opsman-sim"},
}

// compile has programs of a commit compiled for a platform, and gives a layer with them in their places.
func compile(client *http.Client, programs []string, arguments map[string]string, platform string) (v1.Layer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	query := url.Values{"program": programs, "version": {arguments["BUILD_VERSION"]}, "commit": {arguments["BUILD_COMMIT"]}, "date": {arguments["BUILD_DATE"]}, "platform": {platform}}
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
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil },
		tarball.WithCompressionLevel(gzip.BestSpeed), tarball.WithCompressedCaching)
}
