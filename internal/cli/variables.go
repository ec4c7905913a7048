package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/resource"
)

// variableTag names the environment variable that stands in for a flag, so that
// a task's params reach the command without a shell in between. The names are
// Platform Automation's where it has the same thing.
const variableTag = "variable"

// variables gives flags that are not on the command line the values of their
// variables. An empty variable is one that is not set: a task's param that
// the pipeline left out.
type variables struct {
	values map[string]string
	// names are the variables by their flags, but for flags on the command line.
	names map[string]string
	// problems are those of all variables, so that they are named at once.
	problems []error
}

func newVariables(environ []string) *variables {
	v := &variables{values: map[string]string{}, names: map[string]string{"ca-cert": "OM_CA_CERT"}}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		v.values[name] = value
	}
	return v
}

// Validate has nothing to say of the command line.
func (*variables) Validate(*kong.Application) error { return nil }

// Resolve is asked for every flag of the command that is not on the command
// line. A variable that says nothing usable counts as not set, and as a problem.
func (v *variables) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	name := flag.Tag.Get(variableTag)
	value, given := v.values[name]
	if name == "" {
		return nil, nil // kong's way to say that there is no value
	}
	v.names[flag.Name] = name
	if !given {
		return nil, nil // kong's way to say that there is no value
	}
	if value == "" {
		value = fallback(flag.Tag.Get("input"))
	}
	if under := flag.Tag.Get("under"); under != "" && value != "" {
		value = below(under, value, v.values["OM_TARGET"] != "")
		if v.whole() && !exists(value) {
			value = "" // a task's default that the map makes superfluous
		}
	}
	if value == "" {
		return nil, nil // kong's way to say that there is no value
	}
	if flag.IsBool() {
		if value != "true" && value != "false" {
			v.problems = append(v.problems, fmt.Errorf("the environment variable %s is %s: expected true, false or nothing, for example true", name, input.Excerpt(value)))
		}
		return value == "true", nil
	}
	if allowed := flag.EnumSlice(); flag.Enum != "" && !slices.Contains(allowed, value) {
		v.problems = append(v.problems, fmt.Errorf("the environment variable %s is %s: expected one of %s, for example %s", name, input.Excerpt(value), strings.Join(allowed, ", "), allowed[0]))
		return nil, nil // kong's way to say that there is no value
	}
	if flag.IsSlice() && strings.HasPrefix(strings.TrimSpace(value), "[") {
		list, problem := listed(flag, value)
		if problem != nil {
			v.problems = append(v.problems, fmt.Errorf("the environment variable %s %w", name, problem))
		}
		if len(list) == 0 {
			return nil, nil // kong's way to say that there is no value
		}
		return list, nil
	}
	if problem := tried(flag, value); problem != nil {
		text := strings.TrimPrefix(problem.Error(), "--"+flag.Name+": ")
		v.problems = append(v.problems, fmt.Errorf("the environment variable %s: %s", name, text))
		return nil, nil // kong's way to say that there is no value
	}
	return value, nil
}

// fallback is the file of a task's optional input, where the input is there and
// the param that would name another is empty: "certs/certificate.pem".
func fallback(file string) string {
	if file == "" || !exists(filepath.Dir(file)) {
		return ""
	}
	return file
}

// below is the path within the folder: Platform Automation looks for ENV_FILE in
// the input env. Where it is nowhere it is empty if there is an elsewhere and no
// such input: then it is a task's default that OM_… variables make superfluous.
func below(folder, path string, elsewhere bool) string {
	switch inside := filepath.Join(folder, path); {
	case filepath.IsAbs(path):
		return path
	case !exists(inside) && (exists(path) || strings.HasPrefix(path, folder+"/")):
		return path
	case exists(folder) || !elsewhere:
		return inside
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// tried parses the value aside, so that a problem names the variable and not a
// flag that the user did not give.
func tried(flag *kong.Flag, value string) error {
	into := reflect.New(flag.Target.Type()).Elem()
	return flag.Parse(kong.Scan().PushTyped(value, kong.FlagValueToken), into)
}

// helpWithVariable shows the variable behind the flag's help.
func helpWithVariable(value *kong.Value) string {
	name := value.Tag.Get(variableTag)
	if name == "" {
		return kong.DefaultHelpValueFormatter(value)
	}
	return strings.TrimSuffix(value.Help, ".") + " ($" + name + ")."
}

// mappers read numbers and durations: the command has none that may be 0 or less.
// Beside them goes what the help of a flag names.
func mappers() []kong.Option {
	return []kong.Option{
		kong.Vars{"acceptable": resource.Acceptable()},
		kong.KindMapper(reflect.Int, mapper(func(text string) (int, error) {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return 0, fmt.Errorf("%s is not a whole number above 0: expected for example 3", input.Excerpt(text))
			}
			return n, nil
		})),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), mapper(func(text string) (time.Duration, error) {
			d, err := time.ParseDuration(text)
			if err != nil || d <= 0 {
				return 0, fmt.Errorf("%s is not a duration above 0: expected a number with its unit, h, m or s, for example 12h", input.Excerpt(text))
			}
			return d, nil
		})),
	}
}

func mapper[T any](parse func(string) (T, error)) kong.MapperFunc {
	return func(ctx *kong.DecodeContext, target reflect.Value) error {
		var text string
		if err := ctx.Scan.PopValueInto("value", &text); err != nil {
			return err
		}
		value, err := parse(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		target.Set(reflect.ValueOf(value))
		return nil
	}
}
