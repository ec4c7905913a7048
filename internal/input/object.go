package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// object splits a JSON object into its members; null is an empty one. A key
// that stands there twice is named: it is unknown which one was meant.
func object(raw []byte) (members map[string]json.RawMessage, twice []string, err error) {
	members = map[string]json.RawMessage{}
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null")) {
		return members, nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(trimmed))
	start, err := decoder.Token()
	if err != nil {
		return nil, nil, notJSON(raw, err)
	}
	if start != json.Delim('{') {
		return nil, nil, fmt.Errorf("is %s: expected an object with keys", typeOf(trimmed))
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, nil, notJSON(raw, err)
		}
		name := fmt.Sprint(key)
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, nil, notJSON(raw, err)
		}
		if _, known := members[name]; known && !slices.Contains(twice, name) {
			twice = append(twice, name)
		}
		members[name] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, nil, notJSON(raw, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("is not JSON: something follows behind the object's end; expected one object and nothing else")
	}
	return members, twice, nil
}

// notJSON repeats nothing of the text: it may be a file that was not meant.
func notJSON(raw []byte, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("is not JSON: it ends too early; expected one whole object")
	}
	return fmt.Errorf("is not JSON%s: expected one object with its keys in quotes", lineOf(raw))
}

// lineOf is where a text is no JSON.
func lineOf(raw []byte) string {
	syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(raw, new(any)))
	if !ok {
		return ""
	}
	upTo := raw[:min(max(int(syntax.Offset)-1, 0), len(raw))]
	return fmt.Sprintf(" (line %d)", bytes.Count(upTo, []byte("\n"))+1)
}

// longest is how many bytes a key or a value of Strings may have.
const longest = 1000

// Strings reads a JSON object whose values are all strings, and names every one
// that is not.
func Strings(raw []byte) (map[string]string, error) {
	members, twice, err := object(raw)
	if err != nil {
		return nil, fmt.Errorf("it %w", err)
	}
	var problems []error
	for _, key := range twice {
		problems = append(problems, fmt.Errorf("%s is duplicated: keep one of them", Excerpt(key)))
	}
	texts := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		var text string
		switch value := members[key]; {
		case typeOf(value) != "a string" || json.Unmarshal(value, &text) != nil:
			problems = append(problems, fmt.Errorf("%s is %s: expected a string", Excerpt(key), typeOf(value)))
		case len(key) > longest || len(text) > longest:
			problems = append(problems, fmt.Errorf("%s has %d bytes: expected a short string", Excerpt(key), max(len(key), len(text))))
		default:
			texts[key] = text
		}
	}
	return texts, errors.Join(problems...)
}

// typeOf says what a JSON value is, without saying its value.
func typeOf(raw []byte) string {
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
