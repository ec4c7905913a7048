package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/opsman-ca/opsman-ca/internal/input"
)

// variableTag names the environment variable that stands in for a flag, so that
// a task's params reach the command without a shell in between. The names are
// Platform Automation's where it has the same thing.
const variableTag = "variable"

// variables gives flags that are not on the command line the values of their
// variables. An empty variable is one that is not set: a task's param that
// nobody filled in.
func variables(environ []string) kong.Resolver {
	values := map[string]string{}
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		values[name] = value
	}
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		name := flag.Tag.Get(variableTag)
		value, given := values[name]
		if given && value == "" {
			value = fallback(flag.Tag.Get("input"))
		}
		if name == "" || value == "" {
			return nil, nil //nolint:nilnil // kong's way to say that there is no value
		}
		if flag.IsBool() && value != "true" && value != "false" {
			return nil, &variableError{fmt.Sprintf("the environment variable %s is %s: expected true, false or nothing", name, input.Excerpt(value))}
		}
		if flag.IsBool() {
			return value == "true", nil
		}
		if under := flag.Tag.Get("under"); under != "" {
			if value = below(under, value); value == "" && values["OM_TARGET"] == "" {
				value = values[name]
			}
			if value == "" {
				return nil, nil //nolint:nilnil // kong's way to say that there is no value
			}
		}
		if problem := tried(flag, value); problem != nil {
			text := strings.TrimPrefix(problem.Error(), "--"+flag.Name+": ")
			return nil, &variableError{fmt.Sprintf("the environment variable %s: %s", name, text)}
		}
		return value, nil
	})
}

// fallback is the file of a task's optional input, where the input is there and
// the param that would name another is empty: "certs/certificate.pem".
func fallback(file string) string {
	if file == "" || !exists(filepath.Dir(file)) {
		return ""
	}
	return file
}

// below is the path within the folder, where it is there: Platform Automation
// looks for ENV_FILE in the input env. It is empty when there is no such input
// and no such file: a task's default, which OM_… variables make superfluous.
func below(folder, path string) string {
	switch inside := filepath.Join(folder, path); {
	case filepath.IsAbs(path):
		return path
	case exists(inside):
		return inside
	case exists(folder), exists(path):
		return path
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// tried parses the value aside, so that a problem names the variable and not a
// flag that nobody gave.
func tried(flag *kong.Flag, value string) error {
	into := reflect.New(flag.Target.Type()).Elem()
	return flag.Parse(kong.Scan().PushTyped(value, kong.FlagValueToken), into) //nolint:wrapcheck // the caller names it
}

// variableError is a variable that says nothing usable.
type variableError struct{ text string }

func (e *variableError) Error() string { return e.text }

// helpWithVariable shows the variable behind the flag's help.
func helpWithVariable(value *kong.Value) string {
	name := value.Tag.Get(variableTag)
	if name == "" {
		return kong.DefaultHelpValueFormatter(value)
	}
	return strings.TrimSuffix(value.Help, ".") + " ($" + name + ")."
}
