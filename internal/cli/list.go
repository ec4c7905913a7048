package cli

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// listed reads a list in JSON, as Concourse gives a task a param that is a list: texts,
// or numbers for a flag of numbers. Kong takes it as it is, commas within a text and all.
func listed(flag *kong.Flag, value string) ([]any, error) {
	example := flag.Tag.Get("example")
	numbers := flag.Target.Type().Elem().Kind() == reflect.Int
	expected := "texts"
	if numbers {
		expected = "whole numbers above 0"
	}
	wrong := fmt.Errorf("is not a list in JSON: expected %s with commas between them, for example %s, or the same in JSON, for example %s", expected, example, inJSON(example, numbers))
	var items []json.RawMessage
	if json.Unmarshal([]byte(value), &items) != nil {
		return nil, wrong
	}
	var list []any
	for _, item := range items {
		into := reflect.New(flag.Target.Type().Elem())
		if string(item) == "null" || json.Unmarshal(item, into.Interface()) != nil || numbers && into.Elem().Int() < 1 {
			return nil, fmt.Errorf("is a list in JSON with something else in it: expected %s, for example %s; or commas between them, for example %s", expected, inJSON(example, numbers), example)
		}
		list = append(list, into.Elem().Interface())
	}
	return list, nil
}

// inJSON is a list with commas in its other form.
func inJSON(list string, numbers bool) string {
	if numbers {
		return "[" + list + "]"
	}
	return `["` + strings.ReplaceAll(list, ",", `","`) + `"]`
}
