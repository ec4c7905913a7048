package sim

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Stemcell is what VMs are made of (facts §4.4). The zero value stands for the
// usual one.
type Stemcell struct {
	// OS is its line, "ubuntu-jammy"; Version is "1.390".
	OS, Version string
	// File is its name in the diagnostic report, where that is not the usual one: of
	// a light or a FIPS stemcell, of another IaaS.
	File string
}

// The usual ones: the new one takes new NATS certificates without being
// recreated.
const (
	stemcellOS  = "ubuntu-jammy"
	stemcellNew = "1.390"
	stemcellOld = "1.5"
)

// ownAgents are the first versions, by line, whose agents take new NATS
// certificates without their VM being recreated (facts §4.4). That of Bionic is
// on the page of the bootstrap credentials alone.
var ownAgents = map[string]string{
	"ubuntu-xenial": "621.171", "ubuntu-bionic": "1.36", "ubuntu-jammy": "1.8", "ubuntu-noble": "0", "windows2019": "2019.41",
}

// current tells whether its agent takes new NATS certificates by itself; of a
// line that the vendor does not name, none does.
func (s Stemcell) current() bool {
	first, named := ownAgents[strings.TrimSuffix(s.OS, fipsSuffix)]
	return named && slices.Compare(components(s.Version), components(first)) >= 0
}

// fipsSuffix is what FIPS stemcells have behind the name of their line.
const fipsSuffix = "-fips"

// components are the numbers of a version: 1.10 is newer than 1.8.
func components(version string) []int {
	var all []int
	for _, part := range strings.Split(version, ".") {
		n, _ := strconv.Atoi(part) // what is no number is the oldest
		all = append(all, n)
	}
	return all
}

var (
	stemcellFile = regexp.MustCompile(`^(?:light-)?bosh-stemcell-([0-9.]+)-(.*?)((?:ubuntu-[a-z]+(?:` + fipsSuffix + `)?|windows[0-9A-Za-z]+))-go_agent.*\.tgz$`)
	stemcellText = regexp.MustCompile(`^((?:ubuntu-)?[a-z]+(?:` + fipsSuffix + `)?|windows[0-9A-Za-z]+)/([0-9]+(?:\.[0-9]+)*)$`)
)

// ParseStemcell reads "ubuntu-xenial/621.171", "xenial/621.171", or the name of a
// stemcell's file.
func ParseStemcell(text string) (Stemcell, error) {
	if match := stemcellFile.FindStringSubmatch(text); match != nil {
		return Stemcell{OS: match[3], Version: match[1], File: text}, nil
	}
	match := stemcellText.FindStringSubmatch(text)
	if match == nil {
		return Stemcell{}, fmt.Errorf("stemcell %q is not understood: write it as ubuntu-xenial/621.171, or as the name of its file, bosh-stemcell-621.171-vsphere-esxi-ubuntu-xenial-go_agent.tgz", text)
	}
	s := Stemcell{OS: match[1], Version: match[2]}
	if !strings.HasPrefix(s.OS, "windows") && !strings.HasPrefix(s.OS, "ubuntu-") {
		s.OS = "ubuntu-" + s.OS
	}
	return s, nil
}

// file is its name in the diagnostic report.
func (s Stemcell) file() string {
	if s.File != "" {
		return s.File
	}
	return "bosh-stemcell-" + s.Version + "-vsphere-esxi-" + s.OS + "-go_agent.tgz"
}

// name is what BOSH calls it.
func (s Stemcell) name() string {
	name := strings.TrimSuffix(strings.TrimPrefix(s.file(), "light-"), ".tgz")
	return strings.Replace(name, "bosh-stemcell-"+s.Version+"-", "bosh-", 1)
}

// label is how people call its line.
func (s Stemcell) label() string {
	if year, windows := strings.CutPrefix(s.OS, "windows"); windows {
		return "Windows " + year
	}
	line := strings.TrimPrefix(s.OS, "ubuntu-")
	return "Ubuntu " + strings.ToUpper(line[:1]) + line[1:]
}

// takesNATS tells whether a VM of that stemcell takes new NATS trust and
// credentials without being recreated: below Ops Manager 2.10.20 none does (facts
// §3.20, §4.4).
func (f *Foundation) takesNATS(s Stemcell) bool { return f.v.ownAgents() && s.current() }
