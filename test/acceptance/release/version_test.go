package release_test

import (
	"fmt"
	"strconv"
)

// version is MAJOR.MINOR.PATCH.
type version [3]int

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

// tags are those of the images.
func (v version) tags() []string {
	return []string{v.String(), fmt.Sprintf("%d.%d", v[0], v[1]), strconv.Itoa(v[0]), "latest"}
}

func (v version) bumped(bump string) version {
	switch bump {
	case "major":
		return version{v[0] + 1}
	case "minor":
		return version{v[0], v[1] + 1}
	default:
		return version{v[0], v[1], v[2] + 1}
	}
}
