package opsman_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

var _ = Describe("Info", func() {
	It("needs no token", func(ctx SpecContext) {
		s := newServer()
		info, err := connect(s.config()).Info(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(info).To(Equal(opsman.Info{Version: "3.0.25-build.1261"}))
		Expect(s.all()).To(Equal([]string{"GET /api/v0/info"}))
		Expect(s.sent("GET /api/v0/info")[0].Header).NotTo(HaveKey("Authorization"))
	})

	It("is an error without a version", func(ctx SpecContext) {
		s := newServer()
		s.on("GET /api/v0/info", answer(200, `{}`))
		_, err := connect(s.config()).Info(ctx)
		Expect(err).To(MatchError(ContainSubstring("it holds no version")))
	})

	It("is an error that names the limit when it is too large", func(ctx SpecContext) {
		s := newServer()
		s.on("GET /api/v0/info", answer(200, `{"info":{"version":"3.1.0"},"x":"`+strings.Repeat("x", 1<<20)+`"}`))
		_, err := connect(s.config()).Info(ctx)
		Expect(err).To(MatchError(ContainSubstring("it is larger than the limit of 1 MiB")))
		Expect(s.sent("GET /api/v0/info")).To(HaveLen(1), "it will not be smaller the next time")
	})

	DescribeTable("compares versions", func(version string, major, minor int, wanted bool) {
		Expect(opsman.Info{Version: version}.AtLeast(major, minor)).To(Equal(wanted))
	},
		Entry(nil, "3.0.25-build.1261", 3, 0, true),
		Entry(nil, "3.0.25+LTS-T", 3, 1, false),
		Entry(nil, "2.10-build.79", 2, 10, true),
		Entry(nil, "2.10.61-build.1", 2, 9, true),
		Entry(nil, "2.9.1", 2, 10, false),
		Entry(nil, "3.1", 2, 10, true),
		Entry(nil, "10.0", 3, 1, true),
		Entry(nil, "v3.1.0", 3, 1, true),
		Entry(nil, "", 0, 0, false),
		Entry(nil, "unknown", 2, 0, false),
	)
})
