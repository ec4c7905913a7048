package resource

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// reportFolder is where a get leaves the report, within its own folder.
const reportFolder = "report"

// report leaves the report where the params want one.
func (j *job) report(ctx context.Context, client *opsman.Client, params InParams) error {
	if !params.Report {
		return nil
	}
	if err := (folder{j.Args[0]}).writeReport(ctx, client, j.unrotated); err != nil {
		return err
	}
	j.console.Println("report/ has what Ops Manager lists now, as a page of HTML, Markdown and JSON")
	return nil
}

// writeReport leaves what Ops Manager lists now in the folder. Unlike everything
// else that a get writes it is not of the version but of this moment: Concourse
// gives it again, as old as it is, to later gets of the version.
func (f folder) writeReport(ctx context.Context, client *opsman.Client, unrotated []string) error {
	e, err := foundation.Listing(ctx, foundation.Without(client, unrotated))
	if err != nil {
		return err //nolint:wrapcheck // the sentence is complete
	}
	files, err := inventory.Files(inventory.Of(inventory.Through(e, client.Redact)))
	if err != nil {
		return err //nolint:wrapcheck // the sentence is complete
	}
	// Nothing is written through a link that leads out of the folder.
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return fmt.Errorf("cannot open the destination folder: %w", input.WithoutPath(err))
	}
	defer root.Close()                                         //nolint:errcheck // every file in it is closed already
	if err := root.MkdirAll(reportFolder, 0o755); err != nil { // later steps of the build read it as other users
		return fmt.Errorf("cannot make %s: %w", reportFolder, input.WithoutPath(err))
	}
	for name, content := range files {
		if err := root.WriteFile(filepath.Join(reportFolder, name), content, 0o644); err != nil {
			return fmt.Errorf("cannot write %s: %w", name, input.WithoutPath(err))
		}
	}
	return nil
}
