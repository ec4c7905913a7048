package apply

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

const (
	errandExample = "for example errands: {p.mysql: {run_post_deploy: {upgrade-all-service-instances: true}}}"
	errandsWanted = "expected om's errand configuration, " + errandExample
)

// errandsAt is how messages name the file.
func (r Request) errandsAt() string {
	return fmt.Sprintf("%s %q", r.Names.Of(setting.ErrandConfig), input.ShownPath(r.ErrandsFile))
}

// readErrands reads the operator's errand configuration. No message repeats more
// of the file than its keys: it may be another one, such as an env.yml with a
// password, and YAML libraries quote what they cannot read.
func readErrands(r Request) (errandConfig, error) {
	var config errandConfig
	if input.IsContent(r.ErrandsFile) {
		return config, fmt.Errorf("%s holds the content of a file: expected the path of one, for example errand-config/errands.yml", r.Names.Of(setting.ErrandConfig))
	}
	at := r.errandsAt()
	text, err := input.ReadFile(r.ErrandsFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return config, fmt.Errorf("%s does not exist: expected om's errand configuration, in a task a file of one of its inputs, for example errand-config/errands.yml; or none, and errands run as their tiles say", at)
	case err != nil:
		return config, fmt.Errorf("%s cannot be read (%w): expected a file with om's errand configuration, for example errand-config/errands.yml", at, input.WithoutPath(err))
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return config, notErrands(at, err)
	}
	if err := checkShape(at, file); err != nil {
		return config, err
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField()).Decode(&config); err != nil && !errors.Is(err, io.EOF) {
		return config, notErrands(at, err)
	}
	if len(config.Errands) == 0 {
		return config, fmt.Errorf("%s names no errands: %s", at, errandsWanted)
	}
	return config, nil
}

// keyTwice is how the library says that a key is there a second time.
var keyTwice = regexp.MustCompile(`^\[\d+:\d+\] mapping key "([^"\n]*)" already defined at `)

// notErrands is a file that cannot be read, by the line and without the
// library's own words.
func notErrands(at string, err error) error {
	line := ""
	if wrong, ok := errors.AsType[yaml.Error](err); ok && wrong.GetToken() != nil && wrong.GetToken().Position != nil {
		line = fmt.Sprintf(" (line %d)", wrong.GetToken().Position.Line)
	}
	if twice := keyTwice.FindStringSubmatch(err.Error()); twice != nil {
		return fmt.Errorf("%s has %s twice%s: keep one of them", at, input.Name(twice[1]), line)
	}
	return fmt.Errorf("%s cannot be read%s: %s", at, line, errandsWanted)
}

// checkShape refuses files that are no errand configuration at all, and keys
// that om would drop.
func checkShape(at string, file *ast.File) error {
	var bodies []ast.Node
	for _, document := range file.Docs {
		if document.Body != nil && document.Body.Type() != ast.CommentType {
			bodies = append(bodies, document.Body)
		}
	}
	switch {
	case len(bodies) == 0:
		return fmt.Errorf("%s is empty: %s", at, errandsWanted)
	case len(bodies) > 1:
		return fmt.Errorf("%s has more than one YAML document (line %d), of which om would read the first only: keep one, %s", at, lineOf(bodies[1]), errandExample)
	}
	var unknown []string
	for key, errands := range members(bodies[0]) {
		if key.String() != "errands" {
			unknown = append(unknown, place(key))
			continue
		}
		for _, product := range members(errands) {
			for kind := range members(product) {
				if !slices.Contains([]string{"run_post_deploy", "run_pre_delete", "<<"}, kind.String()) {
					unknown = append(unknown, place(kind))
				}
			}
		}
	}
	const most = 5
	if more := len(unknown) - most; more > 0 {
		unknown = append(unknown[:most], fmt.Sprintf("%d more", more))
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%s has keys that no errand configuration has: %s; expected errands, and run_post_deploy or run_pre_delete below each product, %s", at, strings.Join(unknown, ", "), errandExample)
	}
	return nil
}

// members are the keys and values of a mapping, in the order of the file; none of
// anything else, which the decoder judges.
func members(node ast.Node) func(yield func(ast.MapKeyNode, ast.Node) bool) {
	return func(yield func(ast.MapKeyNode, ast.Node) bool) {
		if anchor, ok := node.(*ast.AnchorNode); ok {
			node = anchor.Value
		}
		mapping, ok := node.(ast.MapNode)
		if !ok {
			return
		}
		for each := mapping.MapRange(); each.Next(); {
			if !yield(each.KeyValue().Key, each.Value()) {
				return
			}
		}
	}
}

func place(key ast.MapKeyNode) string {
	return fmt.Sprintf("%s (line %d)", input.Name(key.GetToken().Value), lineOf(key))
}

func lineOf(node ast.Node) int {
	if node.GetToken() == nil || node.GetToken().Position == nil {
		return 1
	}
	return node.GetToken().Position.Line
}
