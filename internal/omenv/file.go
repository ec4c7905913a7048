package omenv

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
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
		return settings{}, fmt.Errorf("the env file %s cannot be read%s: expected YAML with each key once, for example target: https://opsman.example.com", path, line(err))
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

// line is where the YAML is wrong, without what stands there.
func line(err error) string {
	if at, ok := errors.AsType[yaml.Error](err); ok && at.GetToken() != nil {
		return fmt.Sprintf(" (line %d)", at.GetToken().Position.Line)
	}
	return ""
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
	case reflect.Bool, reflect.Pointer:
		// As text it comes from a variable.
		yes, err := strconv.ParseBool(fmt.Sprint(value))
		if err != nil {
			return errors.New("is neither true nor false: expected for example true")
		}
		if field.Kind() == reflect.Bool {
			field.SetBool(yes)
		} else {
			field.Set(reflect.ValueOf(&yes))
		}
		return nil
	default:
		n, err := strconv.ParseInt(fmt.Sprint(value), 10, 32)
		if err != nil || n <= 0 {
			return errors.New("is not a time: expected whole seconds, for example 30")
		}
		field.SetInt(n)
		return nil
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
