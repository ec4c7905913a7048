package resource_test

import (
	"bytes"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/resource"
)

var _ = Describe("the program", func() {
	start := func(name, request string, args ...string) (code int, stdout, stderr string) {
		var out, err bytes.Buffer
		code = resource.Main(name, resource.Environment{Stdin: strings.NewReader(request), Stdout: &out, Stderr: &err, Args: args})
		return code, out.String(), err.String()
	}

	DescribeTable("is what it is started as", func(name, command string, args ...string) {
		code, stdout, stderr := start(name, "{}", args...)
		Expect(code).To(Equal(1))
		Expect(stdout).To(BeEmpty())
		Expect(stderr).To(And(ContainSubstring("opsman-ca "+command+" "), ContainSubstring("source.target is missing")))
	},
		Entry(nil, "/opt/resource/check", "check"),
		Entry(nil, "check", "check"),
		Entry(nil, "bin/in", "in", "/tmp/build/get"),
		Entry(nil, "./out", "out", "/tmp/build/put"),
	)

	DescribeTable("says by which names it can be started", func(name string) {
		code, stdout, stderr := start(name, "{}")
		Expect(code).To(Equal(1))
		Expect(stdout).To(BeEmpty())
		Expect(stderr).To(MatchRegexp(`^error: opsman-ca .* is the check, the in and the out of a Concourse resource type, .*, for example /opt/resource/check\n$`))
	},
		Entry(nil, "/opt/resource/resource"), Entry(nil, "checks"), Entry(nil, ""),
	)
})
