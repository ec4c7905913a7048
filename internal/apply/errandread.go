package apply

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"

	"gopkg.in/yaml.v2"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

const (
	errandExample = "for example errands: {p.mysql: {run_post_deploy: {upgrade-all-service-instances: true}}}"
	errandsWanted = "expected om's errand configuration, " + errandExample
)

// hasErrands tells whether the operator has a configuration of errands.
func (r Request) hasErrands() bool { return r.ErrandsFile != "" || r.ErrandsText != "" }

// errandsName is where the operator gave it, for the middle of a sentence.
func (r Request) errandsName() string {
	if r.ErrandsText != "" {
		return r.Names.Of(setting.ErrandText)
	}
	return r.ErrandsFile
}

// errandsAt is how messages about the configuration begin.
func (r Request) errandsAt() string {
	if r.ErrandsText != "" {
		return r.Names.Of(setting.ErrandText)
	}
	return fmt.Sprintf("%s %q", r.Names.Of(setting.ErrandConfig), input.ShownPath(r.ErrandsFile))
}

// readErrands reads the operator's errand configuration with om's own library, so
// that om takes it for the same. No message repeats more of the file than its
// keys: it may be another one, such as an env.yml with a password, and the library
// quotes what it cannot read. Warnings are what om passes over.
func readErrands(r Request) (config errandConfig, warnings []string, err error) {
	text, err := r.errands()
	if err != nil {
		return config, nil, err
	}
	at := r.errandsAt()
	documents := yaml.NewDecoder(bytes.NewReader(text))
	if err := documents.Decode(&config); errors.Is(err, io.EOF) {
		return config, nil, fmt.Errorf("%s is empty: %s", at, errandsWanted)
	} else if err != nil {
		return config, nil, fmt.Errorf("%s cannot be read%s: %s", at, errandLine(err.Error()), errandsWanted)
	}
	passed, problem := lookStrictly(at, text)
	if problem != nil {
		return config, nil, problem
	}
	if passed != "" {
		warnings = append(warnings, passed)
	}
	var more any
	if err := documents.Decode(&more); more != nil || err != nil && !errors.Is(err, io.EOF) {
		warnings = append(warnings, fmt.Sprintf("%s has more than one YAML document: the first counts, as with om", at))
	}
	if len(config.Errands) == 0 {
		config.Errands = map[string]productErrands{}
		warnings = append(warnings, fmt.Sprintf("%s names no errands: they run as their tiles say, or as this apply changes asks for; %s", at, errandExample))
	}
	return config, warnings, nil
}

// errands are the bytes of the configuration.
func (r Request) errands() ([]byte, error) {
	switch {
	case r.ErrandsText == "":
	case r.ErrandsFile != "":
		return nil, fmt.Errorf("%s and %s are both given, and each is a whole errand configuration: keep one of them", r.Names.Of(setting.ErrandConfig), r.Names.Of(setting.ErrandText))
	default:
		return []byte(r.ErrandsText), nil
	}
	if input.IsContent(r.ErrandsFile) {
		return nil, fmt.Errorf("%s holds the content of a file: expected the path of one, for example errand-config/errands.yml", r.Names.Of(setting.ErrandConfig))
	}
	at := r.errandsAt()
	text, err := input.ReadFile(r.ErrandsFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s does not exist: expected om's errand configuration, in a task a file of one of its inputs, for example errand-config/errands.yml; or none, and errands run as their tiles say", at)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read (%w): expected a file with om's errand configuration, for example errand-config/errands.yml", at, err)
	}
	return text, nil
}

// errandLine is where the library stumbled.
func errandLine(said string) string {
	if match := lineForm.FindStringSubmatch(said); match != nil {
		return fmt.Sprintf(" (line %s)", match[1])
	}
	return ""
}

var (
	lineForm = regexp.MustCompile(`\bline (\d+)`)
	// unknownKey and twice are how the library says it, in its strict mode.
	unknownKey = regexp.MustCompile(`^line (\d+): field (.*) not found in type apply\.(\w+)$`)
	twice      = regexp.MustCompile(`^line (\d+): (?:field (.*) already set in type \S+|key "(.*)" already set in map)$`)
)

// lookStrictly finds what om takes and does not mean: keys that it drops and keys
// that are there twice. Beside errands they are only worth a warning, as files
// have more for other tools; below them an errand would silently not run.
func lookStrictly(at string, text []byte) (warning string, problem error) {
	var config errandConfig
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.SetStrict(true)
	found, ok := errors.AsType[*yaml.TypeError](strict.Decode(&config))
	if !ok {
		return "", nil
	}
	var beside, below, again []string
	for _, said := range found.Errors {
		if match := unknownKey.FindStringSubmatch(said); match != nil {
			key := fmt.Sprintf("%s (line %s)", input.Name(match[2]), match[1])
			if match[3] == "errandConfig" {
				beside = append(beside, key)
			} else {
				below = append(below, key)
			}
		}
		if match := twice.FindStringSubmatch(said); match != nil {
			again = append(again, fmt.Sprintf("%s (line %s)", input.Name(match[2]+match[3]), match[1]))
		}
	}
	// A key beside a merge (<<) is there twice for the library as well.
	merged := bytes.Contains(bytes.ReplaceAll(text, []byte{0}, nil), []byte("<<"))
	switch {
	case len(below) > 0:
		return "", fmt.Errorf("%s has keys that no errand configuration has: %s; expected run_post_deploy or run_pre_delete below each product, %s", at, someOf(below), errandExample)
	case len(again) > 0 && !merged:
		return "", fmt.Errorf("%s has a key twice: %s; keep one of them", at, someOf(again))
	case len(beside) > 0:
		return fmt.Sprintf("%s has keys beside errands, which om passes over: %s", at, someOf(beside)), nil
	}
	return "", nil
}

// someOf names the first of many.
func someOf(all []string) string {
	first, more := shorten.Few(all, 5)
	if more > 0 {
		first = append(first, fmt.Sprintf("%d more", more))
	}
	return strings.Join(first, ", ")
}
