package cli

import (
	"reflect"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// FlagsWithoutOption are the flags of a shape that no option of the simulator has the
// name and type of: code of their own has to read them.
func FlagsWithoutOption() []string {
	options := reflect.TypeFor[sim.Options]()
	var names []string
	each(shapeFlags{}, func(f reflect.StructField, _ reflect.Value) {
		if option, found := options.FieldByName(f.Name); !found || option.Type != f.Type {
			names = append(names, f.Name)
		}
	})
	return names
}
