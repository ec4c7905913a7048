package cli_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("a variable that is a list", func() {
	DescribeTable("is read with commas or as JSON, and means the same",
		func(variable, wanted string) {
			f := serve(sim.Options{})
			r := run(append(f.environ, variable), "generate")
			if wanted == "" {
				Expect(r.code).To(BeZero(), r.stderr)
				return
			}
			Expect(r.stderr).To(ContainSubstring(wanted))
		},
		Entry("a code", "ACCEPT=everything", `ACCEPT "everything" cannot be accepted`),
		Entry("a code in JSON", `ACCEPT=["everything"]`, `ACCEPT "everything" cannot be accepted`),
		Entry("a code in JSON with a comma in it", `ACCEPT=["every,thing"]`, `ACCEPT "every,thing" cannot be accepted`),
		Entry("two codes in JSON", " ACCEPT= [ \"pending-changes\",\n\"everything\" ] "[1:], `ACCEPT "everything" cannot be accepted`),
		Entry("codes in JSON that can be", `ACCEPT=["pending-changes","certificates-unknown"]`, ""),
		Entry("none in JSON", `ACCEPT=[]`, ""),
		Entry("no number in JSON", `IGNORE_INSTALLATION=[]`, ""),
		Entry("numbers in JSON", `IGNORE_INSTALLATION=[41, 42]`, ""),
		Entry("certificates in JSON", `OPSMAN_CA_UNROTATED=["*"]`, `OPSMAN_CA_UNROTATED has "*", which stands for every certificate`),
		Entry("certificates in JSON that can be", `OPSMAN_CA_UNROTATED=["/p-bosh/*/ipsec*"]`, ""),
		Entry("CAs in JSON", `EXCLUDE_FROM_ROTATION=["geheim geheim"]`, `EXCLUDE_FROM_ROTATION`),
		Entry("no CAs in JSON", `EXCLUDE_FROM_ROTATION=[]`, ""),
	)

	DescribeTable("that cannot be read is named, with an example of each form",
		func(variable, wanted string) {
			r := run([]string{variable}, "generate")
			Expect(r).To(Equal(ran{2, "", "error: the environment variable " + wanted + "\nRun opsman-ca --help for the commands.\n"}))
		},
		Entry("half of it", `ACCEPT=["pending-changes"`,
			`ACCEPT is not a list in JSON: expected texts with commas between them, for example pending-changes,orphaned-instances, or the same in JSON, for example ["pending-changes","orphaned-instances"]`),
		Entry("YAML", `EXCLUDE_FROM_ROTATION=[/services/x]`,
			`EXCLUDE_FROM_ROTATION is not a list in JSON: expected texts with commas between them, for example /services/customer_ca,/services/other_ca, or the same in JSON, for example ["/services/customer_ca","/services/other_ca"]`),
		Entry("a list of lists", `OPSMAN_CA_UNROTATED=[["/x"]]`,
			`OPSMAN_CA_UNROTATED is a list in JSON with something else in it: expected texts, for example ["/p-bosh/*/ipsec*","/cf/router_tls"]; or commas between them, for example /p-bosh/*/ipsec*,/cf/router_tls`),
		Entry("null among texts", `ACCEPT=[null]`,
			`ACCEPT is a list in JSON with something else in it: expected texts, for example ["pending-changes","orphaned-instances"]; or commas between them, for example pending-changes,orphaned-instances`),
		Entry("a text for a number", `IGNORE_INSTALLATION=["41"]`,
			`IGNORE_INSTALLATION is a list in JSON with something else in it: expected whole numbers above 0, for example [41,42]; or commas between them, for example 41,42`),
		Entry("a number that is none of an installation", `IGNORE_INSTALLATION=[0]`,
			`IGNORE_INSTALLATION is a list in JSON with something else in it: expected whole numbers above 0, for example [41,42]; or commas between them, for example 41,42`),
		Entry("a fraction", `IGNORE_INSTALLATION=[1.5]`,
			`IGNORE_INSTALLATION is a list in JSON with something else in it: expected whole numbers above 0, for example [41,42]; or commas between them, for example 41,42`),
		Entry("numbers, and half of it", `IGNORE_INSTALLATION=[41,`,
			`IGNORE_INSTALLATION is not a list in JSON: expected whole numbers above 0 with commas between them, for example 41,42, or the same in JSON, for example [41,42]`),
	)
})
