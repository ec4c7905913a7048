package sim

import (
	"crypto/x509/pkix"
	"strings"
	"time"
)

// OwnSubject is the subject of the operator's own root CA.
var OwnSubject = pkix.Name{Country: []string{"DE"}, Organization: []string{"Example Corp"}, CommonName: "Example Corp Root CA"}

// firstAuthority is the root CA that a foundation began with: a generated one,
// or the operator's own.
func (f *Foundation) firstAuthority(from time.Time) (*authority, error) {
	if !f.opts.OwnRootCA {
		return f.newAuthority(from)
	}
	key, err := f.caKey()
	if err != nil {
		return nil, err
	}
	cert, err := selfSigned(OwnSubject, key, from, f.opts.CAValidity)
	if err != nil {
		return nil, err
	}
	return f.customAuthority(cert, key, from)
}

// shownPEM is a certificate as the list of root CAs has it: what an operator
// pasted may have kept its line ends and the text around it.
func (f *Foundation) shownPEM(block string) string {
	if !f.opts.DecoratedPEM {
		return block
	}
	text := "Bag Attributes\n    friendlyName: root CA\nCertificate:\n    Data:\n        Version: 3 (0x2)\n" + block + "end of the certificate\n"
	return strings.ReplaceAll(text, "\n", "\r\n")
}

// nameV1 is a name as v1 writes it. Whether it has the GUID of the root CA is
// not documented: v1 has names instead of references (facts §3.11).
func (f *Foundation) nameV1(c certificate) string {
	for _, prefix := range []string{".properties.root_ca", ".properties.nats_ca"} {
		if f.opts.V1WithoutGUIDs && strings.HasPrefix(c.name, prefix+".") {
			return prefix
		}
	}
	return c.name
}
