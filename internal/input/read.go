package input

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// LargestFile is how much of a configuration file is read, in bytes.
const LargestFile = 1 << 20

// ReadFile reads a small file, whatever the path leads to: it may be a pipe, and
// a device would never end. Its errors are without the path: the caller names the one
// that the operator wrote.
func ReadFile(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, WithoutPath(err)
	}
	defer file.Close() //nolint:errcheck // only read from
	content, err := io.ReadAll(io.LimitReader(file, LargestFile+1))
	if err != nil {
		return nil, WithoutPath(err)
	}
	if len(content) > LargestFile {
		return nil, fmt.Errorf("it has more than %d bytes", LargestFile)
	}
	return content, nil
}

// WithoutPath is a file's error without the path, for a sentence that names it
// already, and as the operator wrote it.
func WithoutPath(err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err
	}
	return err
}
