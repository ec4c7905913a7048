package resource_test

import (
	"bytes"
	"os/exec"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/resource/listing"
)

const module = "github.com/opsman-ca/opsman-ca/"

var _ = Describe("each program", func() {
	DescribeTable("says what it is", func(name string, command resource.Command, args ...string) {
		var stdout, stderr bytes.Buffer
		code := resource.Run(command, resource.Environment{Stdin: strings.NewReader("{}"), Stdout: &stdout, Stderr: &stderr, Args: args})
		Expect(code).To(Equal(1))
		Expect(stdout.String()).To(BeEmpty())
		Expect(stderr.String()).To(And(ContainSubstring("opsman-ca "+name+" "), ContainSubstring("source.target is missing")))
	},
		Entry(nil, "check", resource.Check()),
		Entry(nil, "in", resource.In(listing.Certificates{}), "/tmp/build/get"),
		Entry(nil, "out", resource.Out(), "/tmp/build/put"),
	)

	// A check is started every minute, so that what it links is paid every minute.
	DescribeTable("links what it needs, and nothing else", func(ctx SpecContext, name string, without ...string) {
		list := exec.CommandContext(ctx, "go", "list", "-deps", module+"cmd/"+name)
		list.Stderr = GinkgoWriter
		listed, err := list.Output()
		Expect(err).NotTo(HaveOccurred())
		linked := strings.Fields(string(listed))
		Expect(linked).To(ContainElement(module + "internal/resource"))
		for _, prefix := range append(without, "github.com/pivotal-cf/", "charm.land/", "github.com/charmbracelet/", module+"internal/sim", "github.com/alecthomas/kong") {
			Expect(linked).NotTo(ContainElement(HavePrefix(prefix)))
		}
	},
		Entry(nil, "check", "html/template", module+"internal/inventory"),
		Entry(nil, "in"),
		Entry(nil, "out", "html/template", module+"internal/inventory"),
	)
})
