package figures

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Sizes writes how large the binaries are.
func Sizes(w io.Writer, bin string) error {
	fmt.Fprint(w, "\n### Binaries\n\n| binary | size |\n|---|---|\n")
	type binary struct {
		os.FileInfo
		names string
	}
	var all []binary
	for _, name := range []string{"check", "in", "out", "opsman-ca", "opsman-sim", "om-quick"} {
		info, err := os.Stat(filepath.Join(bin, name))
		if err != nil {
			return fmt.Errorf("weigh %s: %w", name, err)
		}
		// One file may have several names.
		if i := slices.IndexFunc(all, func(b binary) bool { return os.SameFile(b, info) }); i >= 0 {
			all[i].names += ", " + name
			continue
		}
		all = append(all, binary{info, name})
	}
	for _, b := range all {
		fmt.Fprintf(w, "| %s | %.1f MB |\n", b.names, float64(b.Size())/1e6)
	}
	return nil
}
