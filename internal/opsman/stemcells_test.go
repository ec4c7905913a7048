package opsman_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

func stemcellsOf(os, version string) []evidence.Stemcell {
	return []evidence.Stemcell{{OS: os, Version: version}}
}

var _ = Describe("Stemcells", func() {
	var s *server
	BeforeEach(func() { s = newServer() })

	DescribeTable("of what is deployed are read of pending changes", func(ctx SpecContext, deployed string, listed bool, list []evidence.Stemcell) {
		s.on("GET /api/v0/staged/pending_changes", answer(200, `{"product_changes":[{"guid":"cf-1","action":"update",
			"staged":{"identifier":"cf","stemcells":[{"os":"ubuntu-noble","version":"9.9"}]},"deployed":`+deployed+`}]}`))
		pending, err := connect(s.config()).PendingChanges(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(pending.List).To(HaveLen(1))
		Expect(pending.List[0].Stemcells).To(Equal(evidence.ProductStemcells{GUID: "cf-1", Identifier: "cf", Listed: listed, List: list}))
	},
		Entry("as documented", `{"identifier":"cf","stemcells":[{"label":"Ubuntu Jammy","name":"bosh-vsphere-esxi-ubuntu-jammy-go_agent","os":"ubuntu-jammy","version":"1.390"}]}`, true, stemcellsOf("ubuntu-jammy", "1.390")),
		Entry("a version that ends in 0", `{"stemcells":[{"os":"ubuntu-jammy","version":"1.10"}]}`, true, stemcellsOf("ubuntu-jammy", "1.10")),
		Entry("a version that is a number", `{"stemcells":[{"os":"ubuntu-jammy","version":1.10}]}`, true, stemcellsOf("ubuntu-jammy", "1.10")),
		Entry("a version that is a whole number", `{"stemcells":[{"os":"ubuntu-trusty","version":3586}]}`, true, stemcellsOf("ubuntu-trusty", "3586")),
		Entry("without an OS", `{"stemcells":[{"name":"bosh-vsphere-esxi-ubuntu-jammy-go_agent","version":"1.390"}]}`, true, stemcellsOf("ubuntu-jammy", "1.390")),
		Entry("with an OS of null", `{"stemcells":[{"os":null,"name":"bosh-aws-xen-hvm-windows2019-go_agent","version":"2019.71"}]}`, true, stemcellsOf("windows2019", "2019.71")),
		Entry("of a name that tells nothing", `{"stemcells":[{"name":"ours","version":"3"}]}`, true, stemcellsOf("ours", "3")),
		Entry("several", `{"stemcells":[{"os":"ubuntu-jammy","version":"1.390"},{"os":"windows2019","version":"2019.71"},{"os":"ubuntu-jammy","version":"1.390"}]}`, true,
			[]evidence.Stemcell{{OS: "ubuntu-jammy", Version: "1.390"}, {OS: "windows2019", Version: "2019.71"}}),
		Entry("as the names of files", `{"stemcells":["light-bosh-stemcell-1.390-aws-xen-hvm-ubuntu-jammy-go_agent.tgz"]}`, true, stemcellsOf("ubuntu-jammy", "1.390")),
		Entry("none", `{"identifier":"cf","stemcells":[]}`, true, nil),
		Entry("not told", `{"identifier":"cf"}`, false, nil),
		Entry("null", `{"stemcells":null}`, false, nil),
		Entry("of nothing deployed", `null`, false, nil),
		Entry("in no form that is known", `{"stemcells":7}`, false, nil),
		Entry("one of which nothing is told", `{"stemcells":[{"os":"ubuntu-jammy","version":"1.390"},{}]}`, false, nil),
	)

	DescribeTable("of what is staged, and of the last deployment that succeeded, are read beside it", func(ctx SpecContext, last string, list []evidence.Stemcell, unsucceeded bool) {
		s.on("GET /api/v0/staged/pending_changes", answer(200, `{"product_changes":[{"guid":"w-1","action":"update",
			"staged":{"identifier":"w","stemcells":[{"os":"windows2019","version":"2019.12"}]},"deployed":{"stemcells":[{"os":"windows2019","version":"2019.60"}]}`+last+`}]}`))
		pending, err := connect(s.config()).PendingChanges(ctx)
		Expect(err).NotTo(HaveOccurred())
		row := pending.List[0]
		Expect(row.Stemcells.List).To(Equal(stemcellsOf("windows2019", "2019.60")))
		Expect(row.Wanted).To(Equal(stemcellsOf("windows2019", "2019.12")))
		Expect(row.Succeeded).To(Equal(list))
		Expect(row.Unsucceeded).To(Equal(unsucceeded))
	},
		Entry("by one key", `,"last_successful_deploy":{"stemcells":[{"os":"windows2019","version":"2019.9"}]}`, stemcellsOf("windows2019", "2019.9"), false),
		Entry("by the newer key", `,"last_successful_deployed":{"stemcells":[{"os":"windows2019","version":"2019.10"}]}`, stemcellsOf("windows2019", "2019.10"), false),
		Entry("null", `,"last_successful_deploy":null`, nil, true),
		Entry("null by one key alone", `,"last_successful_deploy":null,"last_successful_deployed":{"identifier":"w"}`, nil, false),
		Entry("missing", ``, nil, false),
		Entry("in no form that is known", `,"last_successful_deploy":7`, nil, false),
	)

	DescribeTable("are known by the names of their files", func(ctx SpecContext, file, os, version string) {
		s.on("GET /api/v0/diagnostic_report", answer(200, `{"added_products":{"deployed":[{"name":"cf","stemcell":"`+file+`"}]}}`))
		report, err := connect(s.config()).DiagnosticReport(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Products).To(Equal([]evidence.ProductStemcells{{Identifier: "cf", Listed: true, List: stemcellsOf(os, version)}}))
	},
		Entry(nil, "light-bosh-stemcell-1.390-aws-xen-hvm-ubuntu-jammy-go_agent.tgz", "ubuntu-jammy", "1.390"),
		Entry(nil, "bosh-stemcell-1.10-vsphere-esxi-ubuntu-jammy-go_agent.tgz", "ubuntu-jammy", "1.10"),
		Entry("hardened", "bosh-stemcell-1.390-vsphere-esxi-ubuntu-jammy-fips-go_agent", "ubuntu-jammy", "1.390"),
		Entry("hardened, as a file", "light-bosh-stemcell-621.901-aws-xen-hvm-ubuntu-xenial-fips-go_agent.tgz", "ubuntu-xenial", "621.901"),
		Entry("of Windows", "bosh-stemcell-2019.71-vsphere-esxi-windows2019-go_agent.tgz", "windows2019", "2019.71"),
		Entry("of old Windows", "light-bosh-stemcell-1200.41-google-kvm-windows2012R2-go_agent.tgz", "windows2012R2", "1200.41"),
		Entry("without go_agent", "bosh-stemcell-3586.100-vsphere-esxi-ubuntu-trusty.tgz", "ubuntu-trusty", "3586.100"),
		Entry("of Noble", "bosh-stemcell-1.25-google-kvm-ubuntu-noble.tgz", "ubuntu-noble", "1.25"),
		Entry("raw", "bosh-stemcell-97.88-openstack-kvm-ubuntu-xenial-go_agent-raw.tgz", "ubuntu-xenial", "97.88"),
		Entry("of an infrastructure in one word", "bosh-stemcell-1.1016-warden-ubuntu-jammy-go_agent.tgz", "ubuntu-jammy", "1.1016"),
		Entry("of one number", "bosh-stemcell-3215-vsphere-esxi-ubuntu-trusty-go_agent.tgz", "ubuntu-trusty", "3215"),
		Entry("of another system", "bosh-stemcell-3.1-vsphere-esxi-centos-7-go_agent.tgz", "centos-7", "3.1"),
		Entry("of no form that is known", "own-image.tgz", "own-image.tgz", ""),
	)
})
