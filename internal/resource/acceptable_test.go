package resource_test

import (
	"reflect"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = It("lists in the page every code that can be accepted, and no other", func() {
	field, found := reflect.TypeFor[resource.OutParams]().FieldByName("Accept")
	Expect(found).To(BeTrue())
	_, listed, found := strings.Cut(field.Tag.Get("doc"), ": ")
	Expect(found).To(BeTrue())
	var acceptable []string
	for _, code := range rotation.Acceptable() {
		acceptable = append(acceptable, string(code))
	}
	Expect(strings.Split(listed, ", ")).To(ConsistOf(acceptable))
})
