package foundation

import (
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Deeds are what the API was asked to do, in order and in words: generate,
// activate, regenerate, delete, and apply. Whatever else could change something
// is there as METHOD PATH.
func (f *Foundation) Deeds() []string {
	deeds := []string{}
	for _, r := range f.Ledger().Writes() {
		deeds = append(deeds, deed(r))
	}
	return deeds
}

func deed(r sim.Request) string {
	const authorities = "/api/v0/certificate_authorities"
	_, last, _ := strings.Cut(r.Path, authorities)
	switch {
	case r.Method == http.MethodPost && r.Path == "/api/v0/installations":
		return "apply"
	case r.Method == http.MethodPost && r.Path == authorities+"/generate":
		return "generate"
	case r.Method == http.MethodPost && r.Path == authorities:
		return "create"
	case r.Method == http.MethodPost && strings.HasSuffix(last, "/activate"):
		return "activate"
	case r.Method == http.MethodPost && strings.HasPrefix(last, "/active/regenerate"):
		return "regenerate"
	case r.Method == http.MethodDelete && last != "":
		return "delete"
	}
	return r.Method + " " + r.Path
}

// Rotation are the deeds of a whole rotation.
func Rotation() []string {
	return []string{"generate", "apply", "activate", "regenerate", "apply", "delete", "apply"}
}

// CA is the GUID of the only root CA; there must not be another.
func (f *Foundation) CA() string {
	GinkgoHelper()
	all := f.Dump().CAs
	Expect(all).To(HaveLen(1), "the foundation's root CAs")
	Expect(all[0].Active).To(BeTrue(), "the root CA is active")
	return all[0].GUID
}

// ExpectUnharmed fails when a handshake between VMs ever did.
func (f *Foundation) ExpectUnharmed() {
	GinkgoHelper()
	Expect(f.Broken()).To(BeEmpty(), "handshakes between VMs that failed")
}

// ExpectRotated fails unless the CA from before is gone, one other took its
// place on every VM, and no handshake failed on the way.
func (f *Foundation) ExpectRotated(before string) {
	GinkgoHelper()
	now := f.CA()
	Expect(now).NotTo(Equal(before), "the root CA is another one")
	for _, vm := range f.Dump().VMs {
		Expect(vm.Trusts).To(Equal([]string{now}), "what %s trusts", vm.Name)
		if vm.LeafSigner != "" {
			Expect(vm.LeafSigner).To(Equal(now), "who signed the certificate of %s", vm.Name)
		}
	}
	f.ExpectUnharmed()
}

// ExpectUntouched fails when anything but reading was asked of the foundation.
func (f *Foundation) ExpectUntouched() {
	GinkgoHelper()
	Expect(f.Deeds()).To(BeEmpty())
	f.ExpectUnharmed()
}

// ExpectInstallations fails unless the foundation's latest installations ended
// with those statuses.
func (f *Foundation) ExpectInstallations(statuses ...string) {
	GinkgoHelper()
	var all []string
	for _, in := range f.Ledger().Installations {
		all = append(all, in.Status)
	}
	Expect(slices.Clone(all[max(0, len(all)-len(statuses)):])).To(Equal(statuses))
}
