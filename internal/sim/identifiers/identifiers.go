// Package identifiers makes the random names that Ops Manager and CredHub give.
package identifiers

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// Random never fails: crypto/rand.Read is documented not to.
func Random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// GUID is 20 random hexadecimal digits, as Ops Manager names CAs and products.
func GUID() string { return hex.EncodeToString(Random(10)) }

// UUID is a random one of version 4.
func UUID() string {
	b := Random(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
