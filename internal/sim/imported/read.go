// Package imported reads what om prints about a real foundation, and makes of it
// the shape of a simulated one: the same Ops Manager version, products, root CA
// and certificates, with keys of the simulator's own.
package imported

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Settings are what om does not print.
type Settings struct {
	// VMs by type of product, "cf": 40. A product that is not named has one VM for
	// each job that has a certificate.
	VMs map[string]int
	// Now is the time that dates are judged by.
	Now time.Time
}

// Note is a line of the summary: what was taken over, and what was assumed.
type Note struct{ What, Taken, Assumed string }

// Foundation is a real foundation as far as it is known.
type Foundation struct {
	// Options have Version, Tiles, DateOnly and Known set.
	Options sim.Options
	Notes   []Note
}

// reader collects what is wrong and what is worth telling while it reads.
type reader struct {
	Settings
	folder   string
	problems []error
	notes    []Note
}

func (r *reader) wrong(format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf(format, args...))
}

func (r *reader) note(what, taken, assumed string) {
	r.notes = append(r.notes, Note{what, taken, assumed})
}

// Read reads the files of a folder that the commands of Commands wrote. A file
// that is not there is made up for, and Notes say how; what cannot be is an
// error, all of it at once.
func Read(folder string, s Settings) (Foundation, error) {
	r := &reader{Settings: s, folder: folder}
	r.look()
	version := r.version()
	root, certificates := r.authority(), r.certificates()
	products := r.products(certificates)
	if len(r.problems) > 0 {
		return Foundation{}, fmt.Errorf("%s is not taken for a foundation: %w", folder, errors.Join(r.problems...))
	}
	f := Foundation{Options: sim.Options{Version: version}}
	if products == nil {
		products = r.defaultProducts(version)
	}
	r.assemble(&f.Options, root, products, certificates)
	if len(r.problems) > 0 {
		return Foundation{}, fmt.Errorf("%s is not taken for a foundation: %w", folder, errors.Join(r.problems...))
	}
	f.Notes = r.notes
	return f, nil
}

// look refuses a folder with nothing in it, and names what is not read.
func (r *reader) look() {
	entries, err := os.ReadDir(r.folder)
	if err != nil {
		r.wrong("the folder cannot be read: %w", err)
		return
	}
	known := 0
	for _, e := range entries {
		if slices.ContainsFunc(files, func(f file) bool { return f.name == e.Name() }) {
			known++
			continue
		}
		r.note(e.Name(), "nothing", "a file of another name is not read")
	}
	if known == 0 {
		r.wrong("it has none of the files that `opsman-sim import --commands` makes, for example %s", files[1].name)
	}
}
