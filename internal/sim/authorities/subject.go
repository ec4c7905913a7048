package authorities

import (
	"crypto/x509/pkix"
	"strings"
)

// OpenSSLText is a subject as the certificates endpoint writes issuers,
// "/C=US/O=Pivotal".
func OpenSSLText(n pkix.Name) string {
	s := ""
	for _, part := range []struct {
		key    string
		values []string
	}{{"C", n.Country}, {"ST", n.Province}, {"L", n.Locality}, {"O", n.Organization}, {"OU", n.OrganizationalUnit}} {
		for _, v := range part.values {
			s += "/" + part.key + "=" + v
		}
	}
	if n.CommonName != "" {
		s += "/CN=" + n.CommonName
	}
	return s
}

// OpenSSLName reads "/C=US/O=Pivotal" back, as far as it is understood.
func OpenSSLName(text string) pkix.Name {
	var n pkix.Name
	for _, part := range strings.Split(text, "/") {
		key, value, found := strings.Cut(part, "=")
		if !found {
			// A value with a slash in it.
			n.CommonName += tail(n.CommonName, part)
			continue
		}
		switch strings.ToUpper(strings.TrimSpace(key)) {
		case "C":
			n.Country = append(n.Country, value)
		case "ST":
			n.Province = append(n.Province, value)
		case "L":
			n.Locality = append(n.Locality, value)
		case "O":
			n.Organization = append(n.Organization, value)
		case "OU":
			n.OrganizationalUnit = append(n.OrganizationalUnit, value)
		case "CN":
			n.CommonName = value
		}
	}
	return n
}

func tail(name, part string) string {
	if name == "" {
		return ""
	}
	return "/" + part
}
