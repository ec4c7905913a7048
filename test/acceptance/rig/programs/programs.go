// Package programs finds what the rig needs from Debian.
package programs

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// CNI is where Debian has the plugins of containernetworking-plugins.
const CNI = "/usr/lib/cni"

// needed are programs by the package that has them.
var needed = map[string][]string{
	"containerd":                   {"containerd", "containerd-shim-runc-v2"},
	"runc":                         {"runc"},
	"containernetworking-plugins":  {CNI + "/bridge", CNI + "/host-local", CNI + "/loopback"},
	"docker-registry":              {"docker-registry"},
	"iptables":                     {"iptables"},
	"iproute2":                     {"ip"},
	"postgresql postgresql-client": {"psql"},
}

// Check fails with one sentence that names everything that is missing.
func Check() error {
	var missing, packages []string
	lack := func(program, pkg string) {
		missing = append(missing, program)
		if !slices.Contains(packages, pkg) {
			packages = append(packages, pkg)
		}
	}
	for pkg, all := range needed {
		for _, program := range all {
			if _, err := exec.LookPath(program); err != nil {
				lack(program, pkg)
			}
		}
	}
	if _, err := Postgres(); err != nil {
		lack("postgres", "postgresql postgresql-client")
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	slices.Sort(packages)
	return fmt.Errorf("not installed: %s. Run: apt-get install -y --no-install-recommends %s",
		strings.Join(missing, ", "), strings.Join(packages, " "))
}

// Postgres is the folder with the newest server's programs, which Debian keeps
// off the PATH.
func Postgres() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("there is no PostgreSQL below /usr/lib/postgresql: apt-get install -y --no-install-recommends postgresql")
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return release(a) - release(b) })
	return filepath.Dir(newest), nil
}

// release is the 15 of /usr/lib/postgresql/15/bin/initdb.
func release(path string) int {
	number, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // no number sorts first
	return number
}
