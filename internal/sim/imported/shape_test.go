package imported_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/imported"
)

// vms counts the VMs of each product by the type that its name begins with.
func vms(f *sim.Foundation) map[string]int {
	count := map[string]int{}
	identifier := map[string]string{}
	for _, p := range f.Dump().Products {
		identifier[p.GUID] = p.Identifier
	}
	for _, vm := range f.Dump().VMs {
		count[identifier[vm.Product]]++
	}
	return count
}

var _ = Describe("the shape of the foundation", func() {
	It("has the VMs that are asked for, one for each job otherwise, and those of the service instances", func() {
		f, _ := simulated(fixture("2.10"), map[string]int{"cf": 41})
		Expect(vms(f)).To(Equal(map[string]int{"p-bosh": 1, "cf": 41, "p.mysql": 3}))
		f, _ = simulated(fixture("2.10"), nil)
		Expect(vms(f)).To(HaveKeyWithValue("cf", 4), "router, diego_cell, credhub, mysql and nothing of what others signed")
	})

	It("has a NATS CA of its own when none is recognised, and names deployments of no tile", func() {
		_, read := simulated(folder("3.1", map[string]string{"certificates.json": `{"certificates":[]}`, "certificates_v1.json": `{"certificates":[{"name":"/a/ca","location":"credhub",
			"is_ca":true,"issuer":"/CN=a","valid_from":"2024-03-10T09:14:07Z","valid_until":"2053-03-02T09:14:07Z","deployments":["by-hand"]}]}`}), nil)
		Expect(taken(read, "NATS CA")).To(HaveLen(1))
		Expect(taken(read, "deployments of no tile")).To(ConsistOf(HaveField("Taken", "nothing of by-hand")))
	})

	It("gives service instances to the tile that a certificate names", func() {
		dir := folder("3.1", map[string]string{"certificates_v1.json": `{"certificates":[{"name":".properties.root_ca.0d1c2b3a49586776a5b4","location":"ops_manager","is_ca":true,
			"product_guid":"ops_manager","issuer":"/C=US/O=Pivotal","valid_from":"2023-03-10T09:14:07Z","valid_until":"2053-03-02T09:14:07Z","signs":[
			{"name":".service_instance.rabbitmq-server.tls","location":"ops_manager","product_guid":"p.rabbitmq-0a1b2c3d4e5f6a7b8c9d","issuer":"/C=US/O=Pivotal",
			 "valid_from":"2024-03-10T09:14:07Z","valid_until":"2053-03-02T09:14:07Z","deployments":["service-instance_e1a2b3c4-d5e6-4f70-8192-a3b4c5d6e7f8"]}]}]}`})
		f, read := simulated(dir, nil)
		Expect(vms(f)).To(And(HaveKeyWithValue("p.rabbitmq", 2), HaveKeyWithValue("p.mysql", 3)))
		Expect(taken(read, "service instances")).To(ConsistOf(HaveField("Assumed", ContainSubstring("which tile 2 of them belong to"))))
	})

	It("begins with one active CA, when a rotation is under way, and says so", func() {
		dir := folder("3.1", map[string]string{"certificate_authorities.json": `{"certificate_authorities":[
			{"guid":"aaaa","issuer":"Pivotal","created_on":"2023-01-09","expires_on":"2027-01-09","active":true},
			{"guid":"bbbb","issuer":"Pivotal","created_on":"2026-10-09","expires_on":"2030-10-09","active":false}]}`})
		f, read := simulated(dir, nil)
		Expect(f.Dump().CAs).To(ConsistOf(And(HaveField("GUID", "aaaa"), HaveField("Active", true))))
		Expect(taken(read, "bbbb")).To(ConsistOf(HaveField("Assumed", ContainSubstring("a rotation is under way"))))
	})

	It("knows newer fields, and lists as om prints them", func() {
		dir := folder("3.1", map[string]string{
			"certificate_authorities.json": `[{"guid":"aaaa","issuer":"Own","created_on":"2023-01-09","expires_on":"2027-01-09","active":true,"grown":{"new":1}}]`,
			"deployed_products.json":       `[{"name":"p-bosh","version":"3.1.2"},{"name":"cf","version":"10.2.0"}]`, "-pending_changes.json": "",
		})
		f, _ := simulated(dir, nil)
		Expect(f.Dump().CAs).To(ConsistOf(HaveField("Issuer", "Own")))
		Expect(f.Dump().Products).To(ConsistOf(HaveField("Identifier", "p-bosh"), And(HaveField("Identifier", "cf"), HaveField("DeployedVersion", "10.2.0"))))
	})

	It("tells what it does not take over", func() {
		_, read := simulated(folder("3.1", map[string]string{"notes.txt": "x"}), nil)
		Expect(taken(read, "notes.txt")).To(HaveLen(1))
		Expect(taken(read, "staged changes of p.rabbitmq")).To(HaveLen(1))
		Expect(taken(read, "NATS CA")).To(BeEmpty())
		Expect(taken(read, "certificates")).To(ConsistOf(HaveField("Taken", "7 CAs, 16 leaves, 3 configurable, 3 excluded")))
	})
})

var _ = DescribeTable("what is not there is made up for, and the summary says how", func(files []string, note string, products int) {
	changes := map[string]string{}
	for _, name := range files {
		changes["-"+name] = ""
	}
	f, read := simulated(folder("3.1", changes), nil)
	Expect(f.Dump().Products).To(HaveLen(products))
	Expect(f.Dump().CAs).To(HaveLen(1))
	Expect(read.Notes).To(ContainElement(WithTransform(func(n imported.Note) string { return n.What + ": " + n.Taken + ": " + n.Assumed }, ContainSubstring(note))))
},
	Entry("the version", []string{"info.json"}, "version 3.1.2-build.5", 4),
	Entry("the CAs", []string{"certificate_authorities.json"}, "the root CA of the certificates", 4),
	Entry("the CAs, and certificates", []string{"certificate_authorities.json", "certificates.json", "certificates_v1.json"}, "a generated root CA with 60 days left", 4),
	Entry("the certificates", []string{"certificates.json", "certificates_v1.json"}, "those of a foundation with these products", 4),
	Entry("the products", []string{"deployed_products.json"}, "what pending_changes.json says is deployed", 4),
	Entry("the errands", []string{"pending_changes.json"}, "errands: nothing", 4),
	Entry("products and errands", []string{"deployed_products.json", "pending_changes.json"}, "the GUIDs that the certificates name", 4),
	Entry("all but the CAs", []string{"info.json", "deployed_products.json", "pending_changes.json", "certificates.json", "certificates_excluded.json", "certificates_v1.json"},
		"TAS and two service tiles", 4),
	Entry("what is excluded", []string{"certificates_excluded.json"}, "/services/tls_ca", 4),
)
