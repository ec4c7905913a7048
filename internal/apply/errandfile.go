package apply

import (
	"errors"
	"fmt"
	"os"

	"github.com/goccy/go-yaml"
)

// file is the configuration for om: the operator's own where it says all, else
// a temporary one with what was added to it. done removes what was made.
func (p ErrandPlan) file(operators string) (path string, done func(), err error) {
	if !p.added {
		return operators, func() {}, nil
	}
	text, err := yaml.Marshal(p.config)
	if err != nil {
		return "", nil, fmt.Errorf("cannot write the errand configuration for om: %w", err)
	}
	// CreateTemp makes files that nobody else may read.
	file, err := os.CreateTemp("", "opsman-ca-errands-*.yml")
	if err != nil {
		return "", nil, fmt.Errorf("cannot make the errand configuration for om: %w", err)
	}
	done = func() { _ = os.Remove(file.Name()) }
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		done()
		return "", nil, fmt.Errorf("cannot write the errand configuration for om: %w", err)
	}
	return file.Name(), done, nil
}
