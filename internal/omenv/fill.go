package omenv

import (
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v2" //nolint:depguard // om reads the variables with it
)

var (
	// placeholder is how om and Concourse write a variable that is filled in later.
	placeholder = regexp.MustCompile(`\(\(!?([-/.\w\pL]+)\)\)`)
	// unfilled is what om refuses in a value.
	unfilled = regexp.MustCompile(`\(\(.*\)\)`)
)

// fill puts the environment's values in the place of ((name)), where OM_VARS_ENV
// names their prefix. Like om it reads them as YAML, and looks a second time for
// what came in with them.
func (v value) fill(variables map[string]string) (value, error) {
	if variables["OM_VARS_ENV"] == "" {
		return v, nil
	}
	for range 2 {
		text, ok := v.resolved.(string)
		if !ok {
			return v, nil
		}
		var problem error
		for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
			name := variables["OM_VARS_ENV"] + "_" + match[1]
			content, found := variables[name]
			if !found {
				continue
			}
			with, err := variable(content)
			switch {
			case err != nil:
				problem = fmt.Errorf("is filled in from %s, which is not YAML: expected it as om does, for example a text in quotes", name)
			case match[0] == text:
				v = with
			case !with.inline():
				problem = fmt.Errorf("holds %s within a text: expected %s to be a text or a whole number, for example opsman.example.com", match[0], name)
			default:
				text = strings.ReplaceAll(text, match[0], with.text)
				v = value{text, text}
			}
		}
		if problem != nil {
			return value{}, problem
		}
	}
	return v, nil
}

// variable is a variable's value. A text stays as it is, unless quotes mark it as
// one.
func variable(content string) (value, error) {
	var v value
	if err := yaml.Unmarshal([]byte(content), &v); err != nil {
		return v, err
	}
	if _, text := v.resolved.(string); text && strings.Trim(content, `'"`) == content {
		return value{content, content}, nil
	}
	return v, nil
}

// inline tells whether the value may stand within a text.
func (v value) inline() bool {
	switch v.resolved.(type) {
	case string, int, int64, uint64:
		return true
	}
	return false
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
