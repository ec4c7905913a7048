package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
)

// Program is a command line to measure.
type Program = process.Program

// NewFolder is an argument in the place of which every run gets a new, empty folder.
const NewFolder = "NEW_FOLDER"

// Launcher runs programs through the small program test/bench/launch.
type Launcher struct {
	// Path of the launcher's binary.
	Path string
	// Scratch is a folder for what programs read and write.
	Scratch string
}

// Run runs a program once, to its end; codes are the exit codes besides 0 that are no
// failure. Nothing of this machine's own settings reaches it.
func (l Launcher) Run(ctx context.Context, p Program, codes ...int) (Usage, error) {
	folder, err := os.MkdirTemp(l.Scratch, "run-")
	if err != nil {
		return Usage{}, fmt.Errorf("make a folder for a run: %w", err)
	}
	defer os.RemoveAll(folder) //nolint:errcheck // the whole of Scratch is removed in the end
	launch := Program{Path: l.Path, Args: append([]string{p.Path}, p.Args...), Environ: process.Environ(folder, p.Environ...)}
	for i, arg := range launch.Args {
		if arg == NewFolder {
			launch.Args[i] = filepath.Join(folder, "ca")
		}
	}
	// Files, not pipes: the bench does not have to read along while the clock runs.
	files, err := streams(folder, p.Stdin)
	if err != nil {
		return Usage{}, err
	}
	defer files.close()
	command := launch.Command(ctx)
	command.Stdin, command.Stdout, command.Stderr = files.stdin, files.stdout, files.stderr
	command.ExtraFiles = []*os.File{files.figures}
	err = command.Run()
	said := files.said()
	if err != nil {
		return Usage{}, fmt.Errorf("start %s: %w: %s", p.Path, err, said.Stderr)
	}
	if err := parse(files.read(files.figures), &said); err != nil {
		return Usage{}, err
	}
	if !slices.Contains(append(codes, 0), said.Code) {
		return Usage{}, fmt.Errorf("%s %s ended with %d: %s", filepath.Base(p.Path), strings.Join(p.Args, " "), said.Code, said.Stderr)
	}
	return said, nil
}

// handles are the files behind a program's streams.
type handles struct{ stdin, stdout, stderr, figures *os.File }

func streams(folder string, stdin []byte) (*handles, error) {
	if err := os.WriteFile(filepath.Join(folder, "stdin"), stdin, 0o600); err != nil {
		return nil, fmt.Errorf("write a program's input: %w", err)
	}
	in, errIn := os.Open(filepath.Join(folder, "stdin"))               //nolint:gosec // our own scratch folder
	out, errOut := os.Create(filepath.Join(folder, "stdout"))          //nolint:gosec // our own scratch folder
	errs, errErrs := os.Create(filepath.Join(folder, "stderr"))        //nolint:gosec // our own scratch folder
	figures, errFigures := os.Create(filepath.Join(folder, "figures")) //nolint:gosec // our own scratch folder
	h := &handles{in, out, errs, figures}
	if err := errors.Join(errIn, errOut, errErrs, errFigures); err != nil {
		h.close()
		return nil, fmt.Errorf("make a program's streams: %w", err)
	}
	return h, nil
}

func (h *handles) close() {
	for _, f := range []*os.File{h.stdin, h.stdout, h.stderr, h.figures} {
		_ = f.Close()
	}
}

func (h *handles) said() Usage {
	return Usage{Stdout: h.read(h.stdout), Stderr: h.read(h.stderr)}
}

// read is what a stream has, from its beginning.
func (h *handles) read(f *os.File) string {
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	text, err := io.ReadAll(io.NewSectionReader(f, 0, info.Size()))
	if err != nil {
		return ""
	}
	return string(text)
}
