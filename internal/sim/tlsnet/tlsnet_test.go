package tlsnet_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim/tlsnet"
)

func TestTLSNet(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Handshakes")
}

var _ = Describe("Handshake", func() {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

	// peer has a certificate of its own CA, and trusts no CA.
	peer := func(name string) (tlsnet.Peer, *x509.Certificate) {
		GinkgoHelper()
		key, err := rsa.GenerateKey(rand.Reader, 1024)
		Expect(err).NotTo(HaveOccurred())
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name + ".bosh"},
			NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		Expect(err).NotTo(HaveOccurred())
		cert, err := x509.ParseCertificate(der)
		Expect(err).NotTo(HaveOccurred())
		return tlsnet.Peer{
			Name: name, ServerName: name + ".bosh", Trust: x509.NewCertPool(),
			Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: cert},
		}, cert
	}

	DescribeTable("demands trust both ways", func(clientTrusts, serverTrusts bool, at time.Time, want string) {
		client, clientCert := peer("router")
		server, serverCert := peer("compute")
		if clientTrusts {
			client.Trust.AddCert(serverCert)
		}
		if serverTrusts {
			server.Trust.AddCert(clientCert)
		}
		err := tlsnet.Handshake(context.Background(), client, server, at)
		if want == "" {
			Expect(err).NotTo(HaveOccurred())
			return
		}
		Expect(err).To(MatchError(ContainSubstring(want)))
	},
		Entry("both", true, true, now, ""),
		Entry("client does not", false, true, now, "router does not accept the certificate of compute: tls: failed to verify certificate: x509"),
		Entry("server does not", true, false, now, "compute does not accept the certificate of router: tls: failed to verify certificate: x509"),
		Entry("expired", true, true, now.AddDate(2, 0, 0), "has expired"),
		Entry("not yet valid", true, true, now.AddDate(-2, 0, 0), "not yet valid"),
	)

	It("demands the right name", func() {
		client, clientCert := peer("router")
		server, serverCert := peer("compute")
		client.Trust.AddCert(serverCert)
		server.Trust.AddCert(clientCert)
		server.ServerName = "other.bosh"
		Expect(tlsnet.Handshake(context.Background(), client, server, now)).To(MatchError(ContainSubstring("other.bosh")))
	})

	It("ends with its context", func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		client, _ := peer("router")
		Expect(tlsnet.Handshake(ctx, client, client, now)).To(MatchError(ContainSubstring("cannot shake hands")))
	})
})
