package imported_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/imported"
)

// FuzzRead gives one of the files any content: either it is refused, or the
// foundation can be simulated.
func FuzzRead(f *testing.F) {
	var names []string
	for _, version := range []string{"2.10", "3.0", "3.1"} {
		files, err := os.ReadDir(fixture(version))
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(filepath.Join(fixture(version), file.Name()))
			if err != nil {
				f.Fatal(err)
			}
			if version == "3.1" {
				names = append(names, file.Name())
			}
			f.Add(len(names), text)
		}
	}
	f.Fuzz(func(t *testing.T, which int, text []byte) {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(fixture("3.1"))); err != nil {
			t.Fatal(err)
		}
		name := names[max(which, -which, 0)%len(names)]
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		shape, err := imported.Read(dir, imported.Settings{Now: now})
		if err != nil {
			return
		}
		shape.Options.KeyBits = 1024
		foundation, err := sim.New(shape.Options)
		if err != nil {
			t.Fatalf("%s was not refused, and cannot be simulated: %v", name, err)
		}
		foundation.Close()
	})
}
