// Package input reads what users configure: strictly, and with every problem
// told at once, each naming its key, what was expected, and an example.
package input

import (
	"bytes"
	"encoding"
	"encoding/json"
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
//
// at is the place of the object in the whole input, for messages ("source").
// Fields are strings, bools, lists of strings, types that read text
// (encoding.TextUnmarshaler), or parts to be decoded later (json.RawMessage). Problems come in the order of the struct's
// fields, unknown keys last; no message repeats a value.
func Decode(raw []byte, at string, target any) []error {
	given, err := object(raw)
	if err != nil {
		return []error{fmt.Errorf("%s %w", at, err)}
	}
	var problems []error
	value := reflect.ValueOf(target).Elem()
	fields := Fields(target)
	for i, f := range fields {
		text, found := given[f.Key]
		switch {
		case found:
			if err := set(value.Field(f.index), text); err != nil {
				problems = append(problems, fmt.Errorf("%s.%s %w, for example %s", at, f.Key, err, f.Example))
			}
		case f.Required && !f.elsewhere:
			problems = append(problems, fmt.Errorf("%s.%s is missing: %s, for example %s", at, f.Key, f.Doc, f.Example))
		}
		delete(given, fields[i].Key)
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		problems = append(problems, fmt.Errorf("%s.%s is not a key of %s: expected one of %s", at, key, at, keys(fields)))
	}
	return problems
}

// object splits a JSON object into its members; null is an empty one. A key
// that stands there twice is refused: nobody can tell which one was meant.
func object(raw []byte) (map[string]json.RawMessage, error) {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null")) {
		return map[string]json.RawMessage{}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(trimmed))
	start, err := decoder.Token()
	if err != nil {
		return nil, fmt.Errorf("is not JSON: %w", err)
	}
	if start != json.Delim('{') {
		return nil, fmt.Errorf("is %s: expected an object with keys", kind(trimmed))
	}
	members := map[string]json.RawMessage{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("is not JSON: %w", err)
		}
		name := fmt.Sprint(key)
		if _, twice := members[name]; twice {
			return nil, fmt.Errorf("has the key %q twice: keep one of them", name)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, fmt.Errorf("is not JSON: %w", err)
		}
		members[name] = value
	}
	return members, nil
}

func set(field reflect.Value, raw json.RawMessage) error {
	if part, ok := field.Addr().Interface().(*json.RawMessage); ok {
		*part = raw
		return nil
	}
	if reader, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok {
		var text string
		if json.Unmarshal(raw, &text) != nil || kind(raw) != "a string" {
			return fmt.Errorf("is %s: expected a string", kind(raw))
		}
		if err := reader.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("%w", err)
		}
		return nil
	}
	expected := map[reflect.Kind]string{
		reflect.String: "a string", reflect.Bool: "true or false", reflect.Slice: "a list of strings",
	}[field.Kind()]
	if kind(raw) == "null" || json.Unmarshal(raw, field.Addr().Interface()) != nil {
		return fmt.Errorf("is %s: expected %s", kind(raw), expected)
	}
	return nil
}

// kind says what a JSON value is, without saying its value.
func kind(raw []byte) string {
	switch bytes.TrimSpace(raw)[0] {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

func keys(fields []Field) string {
	var names []string
	for _, f := range fields {
		names = append(names, f.Key)
	}
	return strings.Join(names, ", ")
}
