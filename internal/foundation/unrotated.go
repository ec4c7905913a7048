package foundation

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// Without is the Reader with the certificates of these names marked as excluded
// from rotation: those that an operator knows Ops Manager not to replace (some
// tiles' own, IPsec). A * in a name stands for anything.
func Without(api Reader, names []string) Reader {
	if len(names) == 0 {
		return api
	}
	var patterns []*regexp.Regexp
	for _, name := range names {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(name), `\*`, `.*`)
		patterns = append(patterns, regexp.MustCompile(`^`+pattern+`$`))
	}
	return without{api, patterns}
}

// CheckNames refuses a name that stands for everything: nothing would be left to
// prove.
func CheckNames(names []string) error {
	for _, name := range names {
		if strings.Trim(name, "*/ ") == "" {
			return fmt.Errorf("has %q, which stands for every certificate and would leave nothing to prove: expected names, for example /p-bosh/*/ipsec*", name)
		}
	}
	return nil
}

type without struct {
	Reader
	patterns []*regexp.Regexp
}

// Certificates are those of Ops Manager, marked.
func (w without) Certificates(ctx context.Context) (evidence.Certificates, error) {
	found, err := w.Reader.Certificates(ctx)
	for i, c := range found.List {
		for _, pattern := range w.patterns {
			if pattern.MatchString(c.Name) {
				found.List[i].Excluded = true
			}
		}
	}
	return found, err
}
