package authorities

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// directory is the attribute DC: a company that has a directory names its CA after it.
var directory = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}

// OpenSSLText is a subject as the certificates endpoint writes issuers, with bytes beyond
// ASCII in hexadecimal digits: "/C=DE/O=M\xC3\xBCller/CN=Root/DC=com".
func OpenSSLText(n pkix.Name) string {
	s := ""
	add := func(key string, values ...string) {
		for _, v := range values {
			s += "/" + key + "=" + hexadecimal(v)
		}
	}
	add("C", n.Country...)
	add("ST", n.Province...)
	add("L", n.Locality...)
	add("O", n.Organization...)
	add("OU", n.OrganizationalUnit...)
	if n.CommonName != "" {
		add("CN", n.CommonName)
	}
	// A parsed one has them all in Names, one to be made the extra ones apart.
	for _, part := range slices.Concat(n.Names, n.ExtraNames) {
		if text, is := part.Value.(string); is && part.Type.Equal(directory) {
			add("DC", text)
		}
	}
	return s
}

func hexadecimal(value string) string {
	var text strings.Builder
	for _, b := range []byte(value) {
		if b < 0x20 || b > 0x7e {
			fmt.Fprintf(&text, `\x%02X`, b)
		} else {
			text.WriteByte(b)
		}
	}
	return text.String()
}

// plain is hexadecimal undone.
func plain(text string) string {
	before, digits, found := strings.Cut(text, `\x`)
	if !found || len(digits) < 2 {
		return text
	}
	b, err := strconv.ParseUint(digits[:2], 16, 8)
	if err != nil {
		return before + `\x` + plain(digits)
	}
	return before + string([]byte{byte(b)}) + plain(digits[2:])
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
		value = plain(value)
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
		case "DC":
			n.ExtraNames = append(n.ExtraNames, pkix.AttributeTypeAndValue{Type: directory, Value: value})
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
