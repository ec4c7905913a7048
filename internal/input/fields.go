package input

import "reflect"

// Field is one key of an input, as its struct's tags describe it.
type Field struct {
	Key      string
	Doc      string
	Example  string
	Default  string
	Required bool

	// elsewhere is set where the code that uses the value checks that it is
	// there, with the other values that it goes with.
	elsewhere bool
	// emptyIsAbsent is set where null and "" are as if the key was left out.
	emptyIsAbsent bool
	index         int
}

// Fields are the keys of the struct that target points to, in its order.
func Fields(target any) []Field {
	t := reflect.TypeOf(target).Elem()
	var fields []Field
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		if tag.Get("json") == "" {
			continue
		}
		fields = append(fields, Field{
			Key: tag.Get("json"), Doc: tag.Get("doc"), Example: tag.Get("example"),
			Default: tag.Get("default"), Required: tag.Get("required") != "", elsewhere: tag.Get("required") == "elsewhere",
			emptyIsAbsent: tag.Get("empty") == "absent", index: i,
		})
	}
	return fields
}
