package cli

import (
	"cmp"
	"reflect"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// A shape that is an option of the simulator needs no more here than its flag, with the
// option's name and type. Where the files of --import decide it, the flag says so with
// import:"decides".

// putNamed sets the options that have a flag of their own name, where it is given.
func putNamed(o *sim.Options, flags any) {
	options := reflect.ValueOf(o).Elem()
	each(flags, func(f reflect.StructField, value reflect.Value) {
		option := options.FieldByName(f.Name)
		if given(value) && option.IsValid() && option.Type() == value.Type() {
			option.Set(value)
		}
	})
}

// decidedByImport are those flags given that an import decides.
func decidedByImport(flags any) []string {
	var names []string
	each(flags, func(f reflect.StructField, value reflect.Value) {
		if f.Tag.Get("import") == "decides" && given(value) {
			names = append(names, "--"+cmp.Or(f.Tag.Get("name"), strings.ToLower(f.Name)))
		}
	})
	return names
}

// each goes through the flags, the embedded ones among them.
func each(flags any, do func(reflect.StructField, reflect.Value)) {
	values := reflect.ValueOf(flags)
	for _, f := range reflect.VisibleFields(values.Type()) {
		if !f.Anonymous {
			do(f, values.FieldByIndex(f.Index))
		}
	}
}

// given tells whether a flag says something: of numbers, only positive ones do.
func given(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.Int:
		return value.Int() > 0
	case reflect.Map, reflect.Slice:
		return value.Len() > 0
	}
	return !value.IsZero()
}
