package cli

import (
	"errors"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

var _ = DescribeTable("A list in a notice",
	func(sentence, wanted string) { Expect(bounded(sentence)).To(Equal(wanted)) },
	Entry("is none in prose", "a, b, c, d and e are words", "a, b, c, d and e are words"),
	Entry("has three", "staged: a, b, c", "staged: a, b, c"),
	Entry("has no more", "staged: a, b, c, d, e", "staged: a, b, c and 2 more"),
	Entry("is counted on", "staged: a, b, c, d, e and 35 more", "staged: a, b, c and 37 more"),
	Entry("has its brackets whole", "missing: a (x, y; z: 1), b (p, q), c, d", "missing: a (x, y; z: 1), b (p, q), c and 1 more"),
	Entry("keeps what comes behind", "not proven: missing: a, b, c, d; whatever it signs breaks", "not proven: missing: a, b, c and 1 more; whatever it signs breaks"),
	Entry("is one of sentences", "not shown: a: no errand; b: no errand; c: no errand; d: no errand and 2 more", "not shown: a: no errand; b: no errand; c: no errand and 3 more"),
	Entry("has a bracket that closes none", "staged: a), b, c, d", "staged: a), b, c and 1 more"),
	Entry("has an end", "staged: ("+strings.Repeat("é, ", 400), "staged: ("+strings.Repeat("é, ", 163)+"é,…"),
)

var _ = DescribeTable("A notice of an Ops Manager that did not tell",
	func(err error, code troubleshooting.Code, link, about string) {
		n := Notice{Foundation: "west", Phase: rotation.Generate}
		n.unasked(err, "generate was refused or failed, and ")
		Expect(n.Code).To(Equal(code))
		Expect(n.text()).To(MatchRegexp(`^west: generate was refused or failed, and Ops Manager could not be asked why` + about + `\n.*refused.*\nWhat to do: mend that, then run the job again\n` + link + `\n$`))
	},
	Entry("for it is away", &opsman.UnavailableError{Target: "https://west", Method: "GET", Path: "/api/v0/info", Tries: 9, Cause: errors.New("connection refused")},
		troubleshooting.NotAvailable, `\S+#not-available`, ` \(not-available\)`),
	Entry("for a cause without an entry", errors.New("refused"), troubleshooting.Code(""), troubleshooting.Page, ""),
)
