package apply

import (
	"bytes"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
)

// The frame of a private key, in two parts so that no scanner takes it for one.
const (
	begin = "-----BEGIN RSA " + "PRIVATE KEY-----\n"
	end   = "-----END RSA " + "PRIVATE KEY-----\n"
)

var _ = Describe("a private key in om's output", func() {
	var (
		writes []string
		t      *transcript
	)

	BeforeEach(func() {
		writes = nil
		c := console.New(&bytes.Buffer{}, console.Options{})
		c.SetFilter(func(text string) string { writes = append(writes, text); return text })
		t = &transcript{
			lines: console.NewLines(c), redact: func(text string) string { return text },
			pulse: console.NewHeartbeat(c, time.Minute, time.Now),
		}
	})

	It("is passed on whole, so that it can be recognised", func() {
		for _, part := range []string{"one\n" + begin + "AAAA\n", "BBBB\n", end + "two\n", "three\n"} {
			n, err := t.Write([]byte(part))
			Expect(n, err).To(Equal(len(part)))
		}
		Expect(writes).To(Equal([]string{"one\n", begin + "AAAA\nBBBB\n" + end + "two\n", "three\n"}))
	})

	It("holds nothing up that is none", func() {
		for _, part := range []string{begin, strings.Repeat("A", longestKey) + "\n", "two\n"} {
			_, err := t.Write([]byte(part))
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(strings.Join(writes, "")).To(Equal(begin + strings.Repeat("A", longestKey) + "\ntwo\n"))
	})

	It("is shown with the rest when om ends in the middle of it", func() {
		_, err := t.Write([]byte("one\n" + begin + "AAAA\n"))
		Expect(err).NotTo(HaveOccurred())
		t.omEnded()
		Expect(writes).To(Equal([]string{"one\n", begin + "AAAA\n"}))
	})
})
