package opsman

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// decodeList reads one JSON object that must hold a list under key: an answer
// without it is not an empty list.
func decodeList[T any](from io.Reader, key string) ([]T, error) {
	list := []T{}
	err := decodeEach(from, key, func(row T) { list = append(list, row) })
	if err != nil {
		return nil, err
	}
	return list, nil
}

// decodeEach is decodeList row by row: neither the answer nor all its rows are
// ever held whole, which is most of the memory that a long list takes.
func decodeEach[T any](from io.Reader, key string, take func(T)) error {
	decoder := json.NewDecoder(&countingReader{from: from})
	missing := fmt.Errorf("it holds no list %q", key)
	if err := open(decoder, json.Delim('{'), missing); err != nil {
		return err
	}
	found := false
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		if name != key {
			var skipped json.RawMessage
			if err := decoder.Decode(&skipped); err != nil {
				return err
			}
			continue
		}
		if found {
			return fmt.Errorf("it holds two lists %q", key)
		}
		found = true
		if err := decodeRows(decoder, key, missing, take); err != nil {
			return err
		}
	}
	if err := closed(decoder); err != nil {
		return err
	}
	if err := end(decoder); err != nil {
		return err
	}
	if !found {
		return missing
	}
	return nil
}

func decodeRows[T any](decoder *json.Decoder, key string, missing error, take func(T)) error {
	if err := open(decoder, json.Delim('['), missing); err != nil {
		return err
	}
	for decoder.More() {
		var row T
		if err := decoder.Decode(&row); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		take(row)
	}
	return closed(decoder)
}

// open reads a bracket; null is the error none.
func open(decoder *json.Decoder, want json.Delim, none error) error {
	got, err := decoder.Token()
	switch {
	case err != nil:
		return whole(err)
	case got == nil:
		return none
	case got != want:
		found := "a value"
		if delim, ok := got.(json.Delim); ok {
			found = delim.String()
		}
		return fmt.Errorf("it holds %s where %s was expected", found, want)
	}
	return nil
}

// closed reads a closing bracket.
func closed(decoder *json.Decoder) error {
	_, err := decoder.Token()
	return whole(err)
}

// end is an error where more follows than the object: it is unknown then which of the
// two is the answer.
func end(decoder *json.Decoder) error {
	switch _, err := decoder.Token(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return errors.New("it holds more after its end")
}

// whole calls an end before the last bracket what it is.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
