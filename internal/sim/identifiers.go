package sim

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// randomBytes never fails: crypto/rand.Read is documented not to.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// NewGUID is 20 random hexadecimal digits, as Ops Manager names CAs and products.
func NewGUID() string { return hex.EncodeToString(randomBytes(10)) }

func uuid() string {
	b := randomBytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
