// Package input reads what users configure: strictly, and with every problem
// told at once, each naming its key, what was expected, and an example.
package input

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Decode reads a JSON object into the struct that target points to, by the
// struct's tags:
//
//	json      the key
//	doc       what the key means
//	example   a value that would be right
//	required  "true" where the key has to be there, "elsewhere" where that is
//	          not checked here
//	default   what holds when it is absent, for documentation
//	empty     "absent" where null and "" mean that the key is left out
//
// at is the place of the object in the whole input, for messages ("source").
// Fields are strings, bools, lists of strings, types that read text
// (encoding.TextUnmarshaler), parts that decode themselves (Part), or parts to be
// decoded later (json.RawMessage).
// Problems are *Problem and come in the order of the struct's fields, unknown
// keys last. No message repeats a value, but for the types that read text, whose
// values are no secrets.
func Decode(raw []byte, at string, target any) []error {
	given, twice, err := object(raw)
	if err != nil {
		return []error{&Problem{At: at, Text: err.Error()}}
	}
	var problems []error
	wrong := func(key, format string, args ...any) {
		problems = append(problems, &Problem{At: at, Key: key, Text: fmt.Sprintf(format, args...)})
	}
	value := reflect.ValueOf(target).Elem()
	fields := Fields(target)
	for _, f := range fields {
		text, found := given[f.Key]
		delete(given, f.Key)
		part, isPart := value.Field(f.index).Addr().Interface().(Part)
		switch {
		case slices.Contains(twice, f.Key) && isPart:
			problems = append(problems, &Problem{At: at + "." + f.Key, Text: "is duplicated: keep one of them, for example " + f.Example})
		case slices.Contains(twice, f.Key):
			wrong(f.Key, "is duplicated: keep one of them, for example %s", f.Example)
		case found && f.emptyIsAbsent && empty(text):
		case found && isPart:
			problems = append(problems, part.Decode(text, at+"."+f.Key)...)
		case found:
			if err := set(value.Field(f.index), text); err != nil {
				wrong(f.Key, "%s", f.advice(err))
			}
		case f.Required && !f.elsewhere:
			wrong(f.Key, "is missing: %s, for example %s", f.Doc, f.Example)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		wrong(key, "is not a key of %s: expected one of %s", at, keys(fields))
	}
	return problems
}

// Part is an object within an object that decodes itself; at is its place.
type Part interface {
	Decode(raw []byte, at string) []error
}

// empty tells a value that says nothing.
func empty(raw json.RawMessage) bool {
	text := string(bytes.TrimSpace(raw))
	return text == "null" || text == `""`
}

// advice adds what would be right.
func (f Field) advice(err error) string {
	text := err.Error()
	if errors.Is(err, errNull) && !f.Required {
		text += " (or leave the key out)"
	}
	if strings.Contains(text, "for example") {
		return text
	}
	return text + ", for example " + f.Example
}

// errNull is a value of null: a variable that was never set, as a rule.
var errNull = errors.New("is null")

func set(field reflect.Value, raw json.RawMessage) error {
	if part, ok := field.Addr().Interface().(*json.RawMessage); ok {
		*part = raw
		return nil
	}
	reader, readsText := field.Addr().Interface().(encoding.TextUnmarshaler)
	expected := map[reflect.Kind]string{reflect.Bool: "true or false", reflect.Slice: "a list of strings"}[field.Kind()]
	if field.Type() == reflect.TypeFor[[]int]() {
		expected = "a list of whole numbers"
	}
	if readsText && field.Kind() != reflect.Bool || expected == "" {
		expected = "a string"
	}
	found := typeOf(raw)
	switch {
	case found == "null":
		return fmt.Errorf("%w: expected %s", errNull, expected)
	case found == "a list" && field.Kind() == reflect.Slice && !readsText:
		return setList(field, raw, expected)
	case readsText && found == "a boolean" && field.Kind() == reflect.Bool:
		return reader.UnmarshalText(bytes.TrimSpace(raw))
	case readsText && found == "a string":
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return errors.New("is no string that can be read")
		}
		return reader.UnmarshalText([]byte(text))
	case readsText || json.Unmarshal(raw, field.Addr().Interface()) != nil:
		return fmt.Errorf("is %s: expected %s", found, expected)
	}
	return nil
}

func setList(field reflect.Value, raw json.RawMessage, expected string) error {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return errors.New("is no list that can be read")
	}
	element := field.Type().Elem()
	for _, item := range items {
		found := typeOf(item)
		if found == "null" || json.Unmarshal(item, reflect.New(element).Interface()) != nil {
			return fmt.Errorf("is a list with %s in it: expected %s", found, expected)
		}
	}
	if err := json.Unmarshal(raw, field.Addr().Interface()); err != nil {
		return fmt.Errorf("cannot be read: expected %s", expected)
	}
	return nil
}

func keys(fields []Field) string {
	var names []string
	for _, f := range fields {
		names = append(names, f.Key)
	}
	return strings.Join(names, ", ")
}
