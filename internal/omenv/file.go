package omenv

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// placeholder is how om and Concourse write a variable that is filled in later.
var placeholder = regexp.MustCompile(`\(\(([^)]+)\)\)`)

// readFile reads an env.yml. Variables in it are filled in from the environment
// when OM_VARS_ENV names their prefix, as om does; one that is left is an error.
func readFile(path string, variables map[string]string) (settings, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return settings{}, fmt.Errorf("the env file cannot be read: %w", err)
	}
	var given map[string]any
	if err := yaml.Unmarshal(raw, &given); err != nil {
		return settings{}, fmt.Errorf("the env file %s is not YAML with keys, such as target: https://opsman.example.com", path)
	}
	var problems []error
	var s settings
	fields := reflect.TypeFor[settings]()
	for i := range fields.NumField() {
		key := fields.Field(i).Tag.Get("yaml")
		value, found := given[key]
		delete(given, key)
		if !found || value == nil {
			continue
		}
		if text, ok := value.(string); ok {
			filled, err := fill(text, variables)
			if err != nil {
				problems = append(problems, fmt.Errorf("the env file's %s %w", key, err))
				continue
			}
			value = filled
		}
		if err := assign(reflect.ValueOf(&s).Elem().Field(i), value); err != nil {
			problems = append(problems, fmt.Errorf("the env file's %s %w", key, err))
		}
	}
	for key := range given {
		problems = append(problems, fmt.Errorf("the env file has the unknown key %q: expected some of %s", key, strings.Join(keys(), ", ")))
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return s, errors.Join(problems...)
}

// fill puts the environment's values in the place of ((name)).
func fill(text string, variables map[string]string) (string, error) {
	var missing []string
	filled := placeholder.ReplaceAllStringFunc(text, func(match string) string {
		name := placeholder.FindStringSubmatch(match)[1]
		value, found := variables[variables["OM_VARS_ENV"]+"_"+name]
		if variables["OM_VARS_ENV"] == "" || !found {
			missing = append(missing, match)
		}
		return value
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("still holds %s: interpolate the file first, or set OM_VARS_ENV=PREFIX and PREFIX_name", strings.Join(missing, ", "))
	}
	return filled, nil
}

// assign never repeats the value: it may be a secret.
func assign(field reflect.Value, value any) error {
	switch field.Kind() {
	case reflect.String:
		if text, ok := value.(string); ok {
			field.SetString(text)
			return nil
		}
		return errors.New(`is not text: put it in quotes, for example "1234"`)
	case reflect.Bool:
		if yes, ok := value.(bool); ok {
			field.SetBool(yes)
			return nil
		}
		return errors.New("is neither true nor false: write true, without quotes")
	default:
		n := reflect.ValueOf(value)
		switch {
		case n.CanInt() && n.Int() > 0:
			field.SetInt(n.Int())
			return nil
		case n.CanUint() && n.Uint() > 0 && n.Uint() < 1<<31:
			field.SetInt(int64(n.Uint())) //nolint:gosec // bounded above
			return nil
		}
		return errors.New("is not a time: expected whole seconds, for example 30")
	}
}

func keys() []string {
	var all []string
	fields := reflect.TypeFor[settings]()
	for i := range fields.NumField() {
		all = append(all, fields.Field(i).Tag.Get("yaml"))
	}
	return all
}
