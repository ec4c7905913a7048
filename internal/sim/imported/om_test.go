package imported_test

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"unicode/utf16"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// utf16Text is text as PowerShell's > writes it.
func utf16Text(text string, order binary.ByteOrder) string {
	out := make([]byte, 0, 2*len(text)+2)
	for _, unit := range append([]uint16{0xfeff}, utf16.Encode([]rune(text))...) {
		pair := make([]byte, 2)
		order.PutUint16(pair, unit)
		out = append(out, pair...)
	}
	return string(out)
}

var _ = Describe("what om prints in its own form", func() {
	It("is understood beside pending changes: products keep their GUIDs, errands and certificates", func() {
		whole, _ := simulated(fixture("3.1"), nil)
		products := []map[string]string{}
		for _, p := range whole.Dump().Products {
			products = append(products, map[string]string{"name": p.Identifier, "version": p.DeployedVersion})
		}
		printed, err := json.Marshal(products)
		Expect(err).NotTo(HaveOccurred())
		f, read := simulated(folder("3.1", map[string]string{"deployed_products.json": string(printed)}), nil)
		Expect(f.Dump().Products).To(Equal(whole.Dump().Products))
		Expect(vms(f)).To(Equal(vms(whole)))
		Expect(taken(read, "it is staged, but not deployed")).To(BeEmpty())

		By("having the GUIDs of the certificates, where there are no pending changes")
		f, _ = simulated(folder("3.1", map[string]string{"deployed_products.json": string(printed), "-pending_changes.json": ""}), nil)
		for i, p := range f.Dump().Products {
			Expect(p.GUID).To(Equal(whole.Dump().Products[i].GUID))
		}
	})

	DescribeTable("is understood with what Windows puts in front of it", func(encode func(string) string) {
		whole, _ := simulated(fixture("3.1"), nil)
		changes := map[string]string{}
		entries, err := os.ReadDir(fixture("3.1"))
		Expect(err).NotTo(HaveOccurred())
		for _, e := range entries {
			content, err := os.ReadFile(filepath.Join(fixture("3.1"), e.Name()))
			Expect(err).NotTo(HaveOccurred())
			changes[e.Name()] = encode(string(content))
		}
		f, _ := simulated(folder("", changes), nil)
		Expect(f.Dump().Products).To(Equal(whole.Dump().Products))
		Expect(f.Dump().Version).To(Equal(whole.Dump().Version))
	},
		Entry("a mark in front of UTF-8", func(s string) string { return "\ufeff" + s }),
		Entry("UTF-16, little endian", func(s string) string { return utf16Text(s, binary.LittleEndian) }),
		Entry("UTF-16, big endian", func(s string) string { return utf16Text(s, binary.BigEndian) }),
	)

	It("still refuses a private key, also in UTF-16", func() {
		_, err := read(folder("3.1", map[string]string{"info.json": utf16Text(`{"info":{"version":"3.1"},"key":"-----BEGIN RSA PRIVATE KEY-----"}`, binary.LittleEndian)}), nil)
		Expect(err).To(MatchError(ContainSubstring("holds a private key")))
	})
})

var _ = Describe("stemcells", func() {
	pending := func(stemcells string) map[string]string {
		return map[string]string{
			"deployed_products.json": `[{"guid":"p-bosh-0a","type":"p-bosh","product_version":"3.1.2"},{"guid":"cf-0b","type":"cf","product_version":"10.2.0"}]`,
			"pending_changes.json":   `{"product_changes":[{"guid":"cf-0b","action":"unchanged","errands":[],"deployed":{"identifier":"cf","label":"TAS","version":"10.2.0","stemcells":` + stemcells + `}}]}`,
			"-certificates.json":     "", "-certificates_v1.json": "", "-certificates_excluded.json": "",
		}
	}
	stemcellOf := func(stemcells string) (string, []string) {
		GinkgoHelper()
		f, read := simulated(folder("3.1", pending(stemcells)), nil)
		var notes []string
		for _, n := range taken(read, "stemcell") {
			notes = append(notes, n.What+": "+n.Assumed)
		}
		return f.Dump().VMs[1].Stemcell, notes
	}

	It("are taken over from the pending changes", func() {
		stemcell, notes := stemcellOf(`[{"os":"ubuntu-xenial","version":"621.100"}]`)
		Expect(stemcell).To(Equal("ubuntu-xenial/621.100"))
		Expect(notes).To(BeEmpty())
	})

	It("of several, or that cannot be read, are told", func() {
		stemcell, notes := stemcellOf(`[{"os":"ubuntu-jammy","version":"1.9"},{"os":"windows2019","version":"2019.71"}]`)
		Expect(stemcell).To(Equal("ubuntu-jammy/1.9"))
		Expect(notes).To(ConsistOf(ContainSubstring("all of its VMs have it")))
		stemcell, notes = stemcellOf(`[{"os":"plan 9","version":"4"}]`)
		Expect(stemcell).To(Equal("ubuntu-jammy/1.390"))
		Expect(notes).To(ConsistOf(ContainSubstring("need not be recreated")))
	})
})
