package rotation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

var _ = DescribeTable("the advice of a decision has the name that the surface has for its key",
	func(k setting.Key, advice string) {
		d := rotation.Decision{Reason: rotation.ReasonPendingChanges, Next: "mend it", Setting: k}
		Expect(d.Advice(func(k setting.Key) string { return "<" + string(k) + ">" })).To(Equal(advice))
	},
	Entry(nil, setting.Key(""), "mend it"),
	Entry(nil, setting.Accept, `mend it; or, if you know better, add "pending-changes" to <accept>`),
	Entry(nil, setting.Unrotated, "mend it, or name those that Ops Manager does not rotate in <unrotated_certificates>"),
	Entry(nil, setting.From, "mend it (a version is handed over in <from>)"),
)
