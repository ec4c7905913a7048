package resource

import "encoding/pem"

// certificatesOnly keeps the CERTIFICATE blocks of a text, whatever else a
// server may have put there.
func certificatesOnly(text string) []byte {
	var kept []byte
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return kept
		}
		if block.Type == "CERTIFICATE" {
			kept = append(kept, pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes})...)
		}
	}
}
