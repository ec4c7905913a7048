package imported_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/imported"
)

// rows are the objects of an answer that have one of the keys, each as its
// values of these keys; nested ones count.
func rows(value any, keys ...string) []string {
	var all []string
	switch node := value.(type) {
	case []any:
		for _, below := range node {
			all = append(all, rows(below, keys...)...)
		}
	case map[string]any:
		var row []string
		for _, key := range keys {
			if v, ok := node[key]; ok {
				row = append(row, fmt.Sprintf("%s=%v", key, sorted(v)))
			}
		}
		if len(row) == len(keys) {
			all = append(all, strings.Join(row, " "))
		}
		for _, below := range node {
			all = append(all, rows(below, keys...)...)
		}
	}
	slices.Sort(all)
	return all
}

// sorted is a list of names without its order, which means nothing.
func sorted(value any) any {
	list, isList := value.([]any)
	if !isList {
		return value
	}
	var names []string
	for _, item := range list {
		names = append(names, fmt.Sprint(item))
	}
	slices.Sort(names)
	return names
}

// without are the rows of one list that another one lacks, as often as it does.
func without(list, other []string) []string {
	left := slices.Clone(other)
	return slices.DeleteFunc(slices.Clone(list), func(row string) bool {
		i := slices.Index(left, row)
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
		return i >= 0
	})
}

var _ = DescribeTable("the simulated Ops Manager answers as the real one did", func(version string) {
	f, _ := simulated(fixture(version), nil)
	compared := 0
	for _, file := range []struct {
		name string
		keys []string
	}{
		{"info.json", []string{"version"}},
		{"certificate_authorities.json", []string{"guid", "issuer", "created_on", "expires_on", "active"}},
		{"deployed_products.json", []string{"guid", "installation_name", "type", "product_version", "label"}},
		{"pending_changes.json", []string{"guid", "identifier", "version", "label"}},
		{"pending_changes.json", []string{"name", "label", "post_deploy"}},
		{"certificates.json", []string{
			"variable_path", "property_reference", "property_type", "product_guid", "location", "issuer", "valid_from", "valid_until", "is_ca", "configurable",
		}},
		{"certificates_excluded.json", []string{"variable_path", "valid_until"}},
		{"certificates_v1.json", []string{
			"name", "product_guid", "property_type", "location", "issuer", "valid_from", "valid_until", "is_ca", "configurable", "auto_rotated",
			"deployments", "outdated_deployments", "rotation_procedure_name", "rotation_procedure_url",
		}},
	} {
		text, err := os.ReadFile(filepath.Join(fixture(version), file.name))
		if os.IsNotExist(err) {
			continue
		}
		Expect(err).NotTo(HaveOccurred())
		var theirs any
		Expect(json.Unmarshal(text, &theirs)).To(Succeed())
		expected, got := rows(theirs, file.keys...), rows(answer(f, pathOf(file.name)), file.keys...)
		if file.name == "pending_changes.json" {
			// How often a product is named there differs between versions.
			expected, got = slices.Compact(expected), slices.Compact(got)
		}
		if len(expected) > 0 {
			compared++
		}
		Expect(without(expected, got)).To(BeEmpty(), file.name+" had these")
		Expect(without(got, expected)).To(BeEmpty(), file.name+" did not have these")
	}
	Expect(compared).To(BeNumerically(">=", 7))
},
	Entry("2.10, which has certificates v0 and bare dates", "2.10"),
	Entry("3.0, with TKGI", "3.0"),
	Entry("3.1", "3.1"),
)

// pathOf is the endpoint that the script fills a file from.
func pathOf(name string) string {
	GinkgoHelper()
	for line := range strings.Lines(imported.Commands()) {
		command, target, _ := strings.Cut(strings.TrimSpace(line), " >")
		if target, _, _ = strings.Cut(target, " "); target == name {
			fields := strings.Fields(command)
			return strings.Trim(fields[len(fields)-1], "'")
		}
	}
	Fail("no command writes " + name)
	return ""
}

var _ = Describe("the commands", func() {
	It("only read", func() {
		for line := range strings.Lines(imported.Commands()) {
			Expect(line).To(MatchRegexp(`^om curl --silent --path '?/api/v[01]/[a-z_/]+(\?[a-z_]+=true)?'? >[a-z_0-9]+\.json( \|\| rm [a-z_0-9]+\.json)?\n$`))
		}
		Expect(strings.Count(imported.Commands(), "\n")).To(Equal(7))
	})
})
