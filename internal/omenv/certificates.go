package omenv

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/input"
)

// certificates are what om trusts of a ca-cert, the PEM or the path of a file
// with it: every certificate in it that can be read, whatever else is there.
func certificates(place, given string) (string, error) {
	if given == "" {
		return "", nil
	}
	text := []byte(given)
	if !strings.Contains(given, "BEGIN") {
		var err error
		if text, err = input.ReadFile(given); err != nil {
			return "", fmt.Errorf(`%s is neither PEM nor a file that can be read: expected "-----BEGIN CERTIFICATE-----…" or a path, for example ca.pem`, place)
		}
	}
	var trusted strings.Builder
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if _, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" && len(block.Headers) == 0 {
			trusted.Write(pem.EncodeToMemory(block))
		}
	}
	if trusted.Len() == 0 {
		return "", fmt.Errorf(`%s holds no certificate that can be read: expected "-----BEGIN CERTIFICATE-----…", the CA that signed Ops Manager's web certificate`, place)
	}
	return trusted.String(), nil
}
