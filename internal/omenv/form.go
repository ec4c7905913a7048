package omenv

import "gopkg.in/yaml.v2"

// form is YAML in one of two forms.
type form func(text []byte) ([]byte, error)

func asItIs(text []byte) ([]byte, error) { return text, nil }

// asTexts has every number and truth in quotes, as it was written.
func asTexts(text []byte) ([]byte, error) {
	var w written
	if err := yaml.Unmarshal(text, &w); err != nil {
		return nil, err
	}
	return yaml.Marshal(w.content)
}

// written is a part of a YAML file in which every value is a text.
type written struct{ content any }

// UnmarshalYAML makes what om's library has for mappings and lists. A key
// without a value stays nil: the library does not ask for it.
func (w *written) UnmarshalYAML(unmarshal func(any) error) error {
	var mapping map[string]written
	if unmarshal(&mapping) == nil {
		content := map[any]any{}
		for key, v := range mapping {
			content[key] = v.content
		}
		w.content = content
		return nil
	}
	var list []written
	if unmarshal(&list) == nil {
		content := []any{}
		for _, v := range list {
			content = append(content, v.content)
		}
		w.content = content
		return nil
	}
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	w.content = text
	return nil
}
