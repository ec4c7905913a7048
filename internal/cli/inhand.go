package cli

import (
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

// inHand is the version that a command starts from, and where it leaves the one
// that it ends with.
type inHand struct {
	From string `type:"path" variable:"FROM" placeholder:"DIR" help:"Folder with the version to start from: what a get of the resource, or --to of an earlier step, wrote."`
	To   string `type:"path" variable:"TO" placeholder:"DIR" help:"Folder to write the version to that the step ends with, for the next one's --from."`
}

// write leaves the version where it is wanted.
func (h inHand) write(t *tool, v rotation.Version, cas []evidence.CA) error {
	if h.To == "" {
		return nil
	}
	if err := resource.WriteVersion(h.To, v, cas, t.client.Redact); err != nil {
		return fmt.Errorf("--to %q: %w", h.To, err)
	}
	return nil
}
