package shapes

import (
	"fmt"
	"slices"
	"strings"
)

// Version of Ops Manager.
type Version struct {
	// Name is how it is asked for, Build how Ops Manager writes it.
	Name, Build string
	numbers     []int
}

func version(name, build string) Version {
	v := Version{Name: name, Build: build, numbers: make([]int, 3)}
	if _, err := fmt.Sscanf(build, "%d.%d.%d", &v.numbers[0], &v.numbers[1], &v.numbers[2]); err != nil {
		v.numbers = nil
	}
	return v
}

// Versions are those that matter: below 2.10.20 VMs need recreating on any stemcell,
// from 3.0.17 on there is certificates v1 and BOSH DNS may rotate by itself, from 3.2 on
// the API has streams of logs (facts §3.20).
func Versions() []Version {
	return []Version{
		version("2.10.10", "2.10.10-build.1"), version("2.10.60", "2.10.60-build.1"), version("3.0.10", "3.0.10-build.1"),
		version("3.0.25", "3.0.25-build.1261"), version("3.1", "3.1.2-build.5"), version("3.3", "3.3.0-build.41"),
	}
}

// ParseVersions reads a list with commas between; all of them for an empty one.
func ParseVersions(text string) ([]Version, error) {
	if text == "" {
		return Versions(), nil
	}
	var found []Version
	for name := range strings.SplitSeq(text, ",") {
		i := slices.IndexFunc(Versions(), func(v Version) bool { return v.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("the version %q is not played: expected some of %s", name, strings.Join(versionNames(), ", "))
		}
		found = append(found, Versions()[i])
	}
	return found, nil
}

func versionNames() []string {
	var names []string
	for _, v := range Versions() {
		names = append(names, v.Name)
	}
	return names
}

func (v Version) atLeast(numbers ...int) bool { return slices.Compare(v.numbers, numbers) >= 0 }

// hasV1 tells whether Ops Manager lists certificates v1, which name deployments.
func (v Version) hasV1() bool { return v.atLeast(3, 0, 17) }

// recreatesAny tells whether VMs need recreating on any stemcell.
func (v Version) recreatesAny() bool { return !v.atLeast(2, 10, 20) }
