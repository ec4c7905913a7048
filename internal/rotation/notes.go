package rotation

import (
	"fmt"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// notes are what an operator should know although it stops nothing.
func notes(q Question) []string {
	var all []string
	if q.Step == Generate && WithTKGI(q.Evidence.Products) {
		all = append(all, "TKGI is installed: Ops Manager then leaves out its own CredHub safety checks, and CredHub certificates have a procedure of their own")
	}
	if auto := slices.IndexFunc(q.Evidence.Certificates.List, func(c evidence.Certificate) bool { return c.AutoRotated }); auto >= 0 {
		all = append(all, "BOSH DNS certificates are rotated automatically: apply changes with force latest variables")
	}
	if q.Step == Regenerate && q.State.Retiring != nil {
		if leaves := configurableOn(q.Evidence, q.State); len(leaves) > 0 {
			all = append(all, fmt.Sprintf("replace these configurable certificates before the next apply changes, or delete will be refused: %s", names(leaves)))
		}
	}
	return all
}
