package omenv

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v2"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// ignored are keys that om takes in an env file and does nothing with: the names
// of its options that only count as flags, and what it wants there all the same.
var ignored = map[string]reflect.Type{"env": reflect.TypeFor[string](), "varsenv": reflect.TypeFor[string](), "version": reflect.TypeFor[*bool]()}

// readEnv reads an env.yml: whatever om takes is taken. Variables in it are
// filled in from the environment when OM_VARS_ENV names their prefix; one that is
// left is an error, unless a place nearer than the file has that key.
func readEnv(path string, variables map[string]string, nearer settings) (s settings, empty bool, problem error) {
	if input.IsContent(path) {
		return settings{}, false, input.Wrong(setting.Env, "holds the content of a file: expected the path of one, for example env/env.yml")
	}
	raw, err := input.ReadFile(path)
	if err != nil {
		return settings{}, false, fmt.Errorf("the env file %s %s", input.ShownPath(path), unreadable(err))
	}
	unread := func(line string) error {
		return fmt.Errorf("the env file %s cannot be read%s: expected YAML with a key and a value in each line, for example target: https://opsman.example.com", input.ShownPath(path), line)
	}
	var anything any
	if err := yaml.Unmarshal(raw, &anything); err != nil {
		return settings{}, false, unread(line(err))
	}
	given, err := fill(raw, variables)
	switch {
	case errors.Is(err, errNoMapping):
		return settings{}, false, unread(line(yaml.Unmarshal(raw, &given)))
	case err != nil:
		return settings{}, false, err
	}
	empty = len(given) == 0
	var problems []error
	fields := reflect.TypeFor[settings]()
	for i := range fields.NumField() {
		key := fields.Field(i).Tag.Get("yaml")
		v, found := given[key]
		delete(given, key)
		overruled := fields.Field(i).Type.Kind() == reflect.String && !reflect.ValueOf(nearer).Field(i).IsZero()
		if !found || overruled && v.left() != nil {
			continue
		}
		var err error
		if !v.passedOver(key) {
			err = v.left()
		}
		if err == nil {
			err = v.assign(reflect.ValueOf(&s).Elem().Field(i))
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("the env file's %s %w", key, err))
		}
	}
	for key, v := range given {
		kind, known := ignored[key]
		if !known {
			problems = append(problems, fmt.Errorf("the env file has %s: expected some of %s", unknown(key), strings.Join(keys(), ", ")))
		} else if err := v.assign(reflect.New(kind).Elem()); err != nil {
			problems = append(problems, fmt.Errorf("the env file's %s %w", key, err))
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return s.asOm(), empty, errors.Join(problems...)
}

// passedOver tells what om does not look at for placeholders that are left: an
// address that it does not use, and the text around a certificate.
func (v value) passedOver(key string) bool {
	return key == "uaa-target" || key == "ca-cert" && strings.Contains(v.text, "BEGIN")
}

// asOm leaves of an env file what om goes by: a whole user before a client, and
// never a uaa-target.
func (s settings) asOm() settings {
	switch {
	case s.Username != "" && s.Password != "":
		s.ClientID, s.ClientSecret = "", ""
	case s.ClientID != "" && s.ClientSecret != "":
		s.Username, s.Password = "", ""
	}
	s.UAATarget = ""
	return s
}

// unknown names the key, unless it is no name: another file may have anything
// there, a secret as well.
func unknown(key string) string {
	if name := input.Name(key); name != key {
		return name
	}
	return fmt.Sprintf("the unknown key %q", key)
}

// unreadable says why, and what else would do.
func unreadable(err error) string {
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("cannot be read (%v): expected om's env.yml, for example env/env.yml", err)
	}
	return "does not exist: expected om's env.yml, in a task a file of its input env, for example env/env.yml (ENV_FILE=env.yml); " +
		"or none (an empty ENV_FILE), and OM_TARGET with OM_USERNAME and OM_PASSWORD, or OM_CLIENT_ID and OM_CLIENT_SECRET"
}

var lineForm = regexp.MustCompile(`\bline (\d+)`)

// line is where the YAML is wrong, without what stands there.
func line(err error) string {
	if err == nil {
		return ""
	}
	if match := lineForm.FindStringSubmatch(err.Error()); match != nil {
		return fmt.Sprintf(" (line %s)", match[1])
	}
	return ""
}

func keys() []string {
	var all []string
	fields := reflect.TypeFor[settings]()
	for i := range fields.NumField() {
		all = append(all, fields.Field(i).Tag.Get("yaml"))
	}
	return all
}
