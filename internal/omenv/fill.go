package omenv

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/cloudfoundry/bosh-cli/director/template"
	"gopkg.in/yaml.v2"
)

var (
	// placeholder is how om and Concourse write a variable that is filled in later.
	placeholder = regexp.MustCompile(`\(\(!?([-/.\w\pL]+)\)\)`)
	// unfilled is what om refuses in a value.
	unfilled = regexp.MustCompile(`\(\(.*\)\)`)
)

// fill puts the environment's values in the place of ((name)) and ((name.part)),
// where OM_VARS_ENV names their prefix. It is the library of the BOSH CLI that
// does it for om. Like om it looks a second time for what came in with the values.
//
// om turns 0123 into 83 on the way, and 1e3 into 1000. So the file is filled in
// twice: as it is, for what om takes it for; and with every number as a text, for
// what was written.
func fill(file []byte, environ map[string]string) (map[string]value, error) {
	meant, err := evaluate(file, environ, asItIs)
	if err != nil {
		return nil, err
	}
	written, err := evaluate(file, environ, asTexts)
	if err != nil {
		return nil, err
	}
	for key, v := range meant {
		if _, text := written[key].resolved.(string); text {
			v.text = written[key].text
			meant[key] = v
		}
	}
	return meant, nil
}

// evaluate fills in one form of the file and the variables.
func evaluate(file []byte, environ map[string]string, in form) (given map[string]value, err error) {
	prefix := environ["OM_VARS_ENV"]
	cannot := fmt.Errorf("the env file cannot be filled in from %s_…, and om fails on it as well: expected texts for its keys, and no variable that is a part of another", prefix)
	// The library ends with a panic where a mapping takes the place of a key.
	defer func() {
		if recover() != nil {
			given, err = nil, cannot
		}
	}()
	variables, err := variablesOf(prefix, environ, in)
	if err != nil {
		return nil, err
	}
	if placeholder.Match(file) && contradictory(variables) { // without a placeholder it looks at none
		return nil, cannot
	}
	text, err := in(file)
	if err != nil {
		return nil, err
	}
	for range 2 {
		if text, err = template.NewTemplate(text).Evaluate(variables, nil, template.EvaluateOpts{UnescapedMultiline: true}); err != nil {
			return nil, notFilled(prefix, err)
		}
	}
	if err := yaml.Unmarshal(text, &given); err != nil {
		return nil, errNoMapping
	}
	return given, nil
}

// errNoMapping is a file that is YAML, and no settings.
var errNoMapping = errors.New("no mapping")

// variablesOf are the values of all variables with the prefix, read as YAML. A
// text stays as it is, unless quotes mark it as one.
func variablesOf(prefix string, environ map[string]string, in form) (template.StaticVariables, error) {
	variables := template.StaticVariables{}
	if prefix == "" {
		return variables, nil
	}
	for name, content := range environ {
		short, ours := strings.CutPrefix(name, prefix+"_")
		if !ours {
			continue
		}
		var v any
		if yaml.Unmarshal([]byte(content), &v) != nil {
			return nil, fmt.Errorf("the env file is filled in from %s, which is not YAML: expected it as om does, for example a text in quotes", name)
		}
		if _, text := v.(string); text && strings.Trim(content, `'"`) == content {
			variables[short] = content
			continue
		}
		text, err := in([]byte(content))
		if err != nil {
			return nil, err
		}
		v = nil
		if err := yaml.Unmarshal(text, &v); err != nil {
			return nil, err
		}
		variables[short] = v
	}
	return variables, nil
}

// contradictory tells whether the library could make one value of the variables now and
// another, or a panic, the next time, as it takes them in no order: where one is a part
// of another (a and a.b), and where a part within is called like a whole (b and a.b.c),
// because it looks for that among the wholes.
func contradictory(variables template.StaticVariables) bool {
	wholes := map[string]bool{}
	for name := range variables {
		whole, _, _ := strings.Cut(name, ".")
		wholes[whole] = true
	}
	for name := range variables {
		parts := strings.Split(name, ".")
		for n := 1; n < len(parts); n++ {
			if _, given := variables[strings.Join(parts[:n], ".")]; given {
				return true
			}
			if n < len(parts)-1 && wholes[parts[n]] {
				return true
			}
		}
	}
	return false
}

var (
	// partMissing and notInText are the library's words. The value of a variable may
	// stand in them as well, which is why only the name is taken.
	partMissing = regexp.MustCompile(`^Finding variable '([-/.\w\pL]+)'`)
	notInText   = regexp.MustCompile(`variable '([-/.\w\pL]+)'\. Supported types for interpolation within a string are [a-z ]+\.$`)
)

// notFilled says what the library stumbled over, without a value.
func notFilled(prefix string, err error) error {
	variable := func(name string) string {
		first, _, _ := strings.Cut(name, ".")
		return prefix + "_" + first
	}
	if match := partMissing.FindStringSubmatch(err.Error()); match != nil {
		return fmt.Errorf("the env file holds ((%s)), and %s has no such part: expected YAML in it as om does, for example {username: admin} for ((opsman.username))", match[1], variable(match[1]))
	}
	if match := notInText.FindStringSubmatch(err.Error()); match != nil {
		return fmt.Errorf("the env file holds ((%s)) within a text: expected %s to have a text or a whole number there, for example opsman.example.com", match[1], variable(match[1]))
	}
	return errNoMapping
}

// left says what is not filled in.
func (v value) left() error {
	text, ok := v.resolved.(string)
	if !ok || !unfilled.MatchString(text) {
		return nil
	}
	missing := "((…))"
	if names := placeholder.FindAllString(text, -1); names != nil {
		missing = strings.Join(names, ", ")
	}
	return fmt.Errorf("still holds %s: interpolate the file first, or set OM_VARS_ENV=PREFIX and PREFIX_name", missing)
}
