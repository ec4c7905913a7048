package rotation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// unhealthy names what the newest attempts to deploy left broken, empty when
// nothing: products whose last attempt failed, and a newest installation that
// failed at something else (a product on its way in or out, or an errand).
func unhealthy(e evidence.Evidence) []string {
	installations := slices.Clone(e.History.List)
	slices.SortFunc(installations, func(a, b evidence.Installation) int { return cmp.Compare(b.ID, a.ID) })

	var broken, errands []string
	for _, p := range e.Products.List {
		switch i, failed := lastAttemptFailed(installations, p); {
		case failed && blames(i):
			broken = append(broken, fmt.Sprintf("%s failed in installation %d", p.Name(), i.ID))
		case failed:
			errands = append(errands, blame(i))
		}
	}
	if len(broken) == 0 {
		slices.Sort(errands)
		broken = slices.Compact(errands)
	}
	if len(installations) > 0 && len(broken) == 0 {
		if last := installations[0]; last.Status == evidence.InstallationFailed {
			broken = append(broken, blame(last))
		}
	}
	return broken
}

// blames tells whether an installation that failed names the product at which.
func blames(i evidence.Installation) bool {
	return slices.ContainsFunc(i.Changes, func(c evidence.Change) bool { return c.Status == evidence.DeploymentFailed })
}

func blame(i evidence.Installation) string {
	for _, c := range i.Changes {
		if c.Status == evidence.DeploymentFailed {
			return fmt.Sprintf("%s of %s failed in installation %d", c.Type, c.Name(), i.ID)
		}
	}
	return fmt.Sprintf("installation %d failed without naming a product (an errand?)", i.ID)
}

func lastAttemptFailed(descending []evidence.Installation, p evidence.Product) (evidence.Installation, bool) {
	for _, i := range descending {
		if c, found := changeOf(i, p); found && attempted(c) {
			// Of an installation that failed without blaming a product nobody knows
			// whose errand it was.
			return i, c.Status == evidence.DeploymentFailed || i.Status == evidence.InstallationFailed && !blames(i)
		}
	}
	return evidence.Installation{}, false
}

// upgraded tells whether Ops Manager was upgraded and the director not deployed
// since: the director's product version is Ops Manager's own.
func upgraded(e evidence.Evidence) (director string, differs bool) {
	if e.OpsManager == "" {
		return "", false
	}
	for _, p := range e.Products.List {
		if p.Type == evidence.Director {
			ours, known := release(e.OpsManager)
			theirs, told := release(p.Version)
			return p.Version, known && told && ours != theirs
		}
	}
	return "", false
}

// release is the X.Y.Z of a version such as 3.0.25-build.1261 or 3.0.25+LTS-T.
func release(version string) (string, bool) {
	plain, _, _ := strings.Cut(strings.ReplaceAll(version, "+", "-"), "-")
	if strings.Count(plain, ".") != 2 {
		return "", false
	}
	return plain, true
}
