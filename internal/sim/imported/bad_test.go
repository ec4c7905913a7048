package imported_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const row = `{"guid":"aaaa","issuer":"Pivotal","created_on":"2023-01-09","expires_on":"2027-01-09","active":true}`

func certificates(row string) map[string]string {
	return map[string]string{"certificates.json": `{"certificates":[` + row + `]}`}
}

func authorities(rows string) map[string]string {
	return map[string]string{"certificate_authorities.json": `{"certificate_authorities":[` + rows + `]}`}
}

var _ = DescribeTable("nonsense is refused", func(files map[string]string, vms map[string]int, problem string) {
	_, err := read(folder("2.10", files), vms)
	Expect(err).To(MatchError(And(ContainSubstring("is not taken for a foundation"), ContainSubstring(problem))))
},
	Entry("nothing", map[string]string{"info.json": "\n"}, nil, "info.json is empty, so om failed when it was to write it: see what `om curl --silent --path /api/v0/info` says"),
	Entry("a web page", map[string]string{"info.json": "<html>502 Bad Gateway"}, nil, "info.json is not JSON (it begins with \"<html>502"),
	Entry("an empty file, as a command that failed leaves it", map[string]string{"certificates.json": ""}, nil, "om curl --silent --path /api/v0/deployed/certificates"),
	Entry("no version", map[string]string{"info.json": `{"info":{}}`}, nil, `expected for example {"info":{"version":"3.0.25-build.1261"}}`),
	Entry("an error body", map[string]string{"deployed_products.json": `{"errors":{"base":["Unable to verify the access token"]}}`}, nil, `deployed_products.json has no list "products"`),
	Entry("another file under this name", map[string]string{"certificates.json": `{"info":{"version":"3.1"}}`}, nil, `has no list "certificates"`),
	Entry("text for a list", map[string]string{"pending_changes.json": `{"product_changes":"none"}`}, nil, "there is a string in its place"),
	Entry("a field of another kind", map[string]string{"deployed_products.json": `[{"guid":7}]`}, nil, "guid is a number"),
	Entry("a private key", map[string]string{"info.json": `{"info":{"version":"3.1"},"key":"-----BEGIN RSA PRIVATE KEY-----"}`}, nil, "holds a private key"),
	Entry("no CA", authorities(""), nil, "no active CA"),
	Entry("two active CAs", authorities(row+`,{"guid":"bbbb","created_on":"2023-01-09","expires_on":"2027-01-09","active":true}`), nil, "two active CAs, aaaa and bbbb"),
	Entry("a CA twice", authorities(row+","+row), nil, "has the CA aaaa twice"),
	Entry("a CA without a GUID", authorities(`{"active":true}`), nil, "CA 1: it has no guid"),
	Entry("a CA without dates", authorities(`{"guid":"aaaa","active":true}`), nil, `created_on is "": expected for example`),
	Entry("a CA that ends before it begins", authorities(`{"guid":"aaaa","active":true,"created_on":"2023-01-09","expires_on":"2022-01-09"}`), nil, "expires on 2022-01-09, before"),
	Entry("a CA of the future", authorities(`{"guid":"aaaa","active":true,"created_on":"2033-01-09","expires_on":"2039-01-09"}`), nil, "which is to come"),
	Entry("a certificate that is nowhere", certificates(`{"variable_path":"/a","location":"moon"}`), nil, `/a: location is "moon"`),
	Entry("a certificate without dates", certificates(`{"variable_path":"/a","location":"credhub"}`), nil, `/a: valid_from is ""`),
	Entry("a certificate that ends before it begins",
		certificates(`{"variable_path":"/a","location":"credhub","valid_from":"2026-01-09T00:00:00Z","valid_until":"2025-01-09T00:00:00Z"}`), nil, "/a: it is valid until 2025"),
	Entry("a product that is none", map[string]string{"deployed_products.json": `[{}]`}, nil, "neither guid nor type"),
	Entry("a product twice", map[string]string{"deployed_products.json": `[{"guid":"cf-1"},{"guid":"cf-1"}]`}, nil, "has the product cf-1 twice"),
	Entry("VMs of a product that is not there", nil, map[string]int{"pas": 3}, "--vms pas=3: there is no product of that type, there are p-bosh, cf, p.mysql"),
	Entry("no VMs", nil, map[string]int{"cf": -1}, "--vms cf=-1: expected 1 or more"),
	Entry("fewer VMs than jobs", nil, map[string]int{"cf": 2}, "--vms cf=2: it has 4 jobs"),
)

var _ = It("lists every problem at once", func() {
	_, err := read(folder("2.10", map[string]string{"info.json": "{}", "deployed_products.json": "[{}]", "certificates.json": "x"}), nil)
	Expect(err).To(MatchError(And(ContainSubstring("info.json"), ContainSubstring("deployed_products.json"), ContainSubstring("certificates.json"))))
})

var _ = It("refuses a folder that is not one of a foundation", func() {
	_, err := read(folder("", map[string]string{"README": "x"}), nil)
	Expect(err).To(MatchError(ContainSubstring("it has none of the files that `opsman-sim import --commands` makes")))
	_, err = read("testdata/4.0", nil)
	Expect(err).To(MatchError(ContainSubstring("the folder cannot be read")))
})
