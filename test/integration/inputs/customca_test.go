package inputs_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	withCustomCA = `{"phase":"generate","from":"ca","certificate":"custom-ca/cert.pem","private_key":"custom-ca/key.pem"}`
	needsBoth    = "a root CA of your own needs certificate and private_key, for example custom-ca/"
	isFile       = "; expected a file of an input of the job, for example custom-ca/cert.pem"
)

// files of a custom CA, made when the spec runs.
type files func() (certificate, key string)

// customPut is a put of a custom CA.
func customPut(f files) given {
	certificate, key := f()
	return put(withCustomCA, "custom-ca/cert.pem", certificate, "custom-ca/key.pem", key)
}

func goodFiles() (certificate, key string) {
	return signed(keys().rsa, unchanged), private(keys().rsa)
}

var _ = DescribeTable("The params of a custom CA", badInput,
	func(ctx SpecContext, params string, lines ...string) {
		certificate, key := goodFiles()
		expectRefusal(ctx, put(params, "custom-ca/cert.pem", certificate, "custom-ca/key.pem", key, "big.pem", strings.Repeat("x", 1<<20+1)), lines...)
	},
	Entry("without the key", `{"phase":"generate","from":"ca","certificate":"custom-ca/cert.pem"}`, "error: params.private_key is missing: "+needsBoth+"key.pem"),
	Entry("without the certificate", `{"phase":"generate","from":"ca","private_key":"custom-ca/key.pem"}`, "error: params.certificate is missing: "+needsBoth+"cert.pem"),
	Entry("both of which are empty", `{"phase":"generate","from":"ca","certificate":"","private_key":""}`,
		"error: params.certificate is empty: expected a path below the build's folder, for example custom-ca/cert.pem",
		"error: params.private_key is empty: expected a path below the build's folder, for example custom-ca/key.pem"),
	Entry("whose key is null", `{"phase":"generate","from":"ca","certificate":"custom-ca/cert.pem","private_key":null}`, "error: params.private_key is null: expected a string (or leave the key out), for example custom-ca/key.pem"),
	Entry("whose certificate leads out of the build", `{"phase":"generate","from":"ca","certificate":"/custom-ca/cert.pem","private_key":"custom-ca/key.pem"}`,
		`error: params.certificate "/custom-ca/cert.pem" leads out of the build's folder: expected a path below it, for example custom-ca/cert.pem`),
	Entry("whose key leads out of the build", `{"phase":"generate","from":"ca","certificate":"custom-ca/cert.pem","private_key":"custom-ca/../../key.pem"}`,
		`error: params.private_key "custom-ca/../../key.pem" leads out of the build's folder: expected a path below it, for example custom-ca/key.pem`),
	Entry("that are PEM themselves", `{"phase":"generate","from":"ca","certificate":"custom-ca/cert.pem","private_key":"-----BEGIN RSA `+`PRIVATE KEY-----\ngeheim"}`,
		`error: params.private_key holds PEM: expected the path of a file with it, for example custom-ca/key.pem`),
	Entry("whose certificate is not there", `{"phase":"generate","from":"ca","certificate":"custom-ca/crt.pem","private_key":"custom-ca/key.pem"}`,
		`error: params.certificate "custom-ca/crt.pem" cannot be read: no such file or directory`+isFile),
	Entry("whose files are not there", `{"phase":"generate","from":"ca","certificate":"a/cert.pem","private_key":"a/key.pem"}`,
		`error: params.certificate "a/cert.pem" cannot be read: no such file or directory`+isFile,
		`error: params.private_key "a/key.pem" cannot be read: no such file or directory; expected a file of an input of the job, for example custom-ca/key.pem`),
	Entry("whose certificate is a folder", `{"phase":"generate","from":"ca","certificate":"custom-ca","private_key":"custom-ca/key.pem"}`,
		`error: params.certificate "custom-ca" cannot be read: is a directory`+isFile),
	Entry("whose certificate is a huge file", `{"phase":"generate","from":"ca","certificate":"big.pem","private_key":"custom-ca/key.pem"}`,
		`error: params.certificate "big.pem" cannot be read: it has more than 1048576 bytes`+isFile),
	Entry("with phase activate", strings.Replace(withCustomCA, "generate", "activate", 1), "error: params.certificate and params.private_key belong to phase generate, not to activate: leave them out"),
	Entry("with phase verify", strings.Replace(withCustomCA, "generate", "verify", 1), "error: params.certificate and params.private_key belong to phase generate, not to verify: leave them out"),
)

var _ = DescribeTable("A custom CA", badInput,
	func(ctx SpecContext, f files, lines ...string) { expectRefusal(ctx, customPut(f), lines...) },
	Entry("with an EC key", files(func() (string, string) { return signed(keys().ec, unchanged), private(keys().ec) }),
		"error: params.private_key is not an RSA key: Ops Manager takes no other kind"),
	Entry("whose certificate alone has an EC key", files(func() (string, string) { return signed(keys().ec, unchanged), private(keys().rsa) }),
		"error: params.certificate has an ECDSA key: expected RSA, Ops Manager takes no other kind"),
	Entry("of 1024 bits", files(func() (string, string) { return signed(keys().small, unchanged), private(keys().small) }),
		"error: params.certificate has an RSA key of 1024 bits: expected 2048 or more"),
	Entry("that is no CA", files(func() (string, string) {
		return signed(keys().rsa, func(t *x509.Certificate) { t.IsCA = false }), private(keys().rsa)
	}), "error: params.certificate is not a CA: expected the extension basicConstraints=critical,CA:TRUE"),
	Entry("without keyCertSign", files(func() (string, string) {
		return signed(keys().rsa, func(t *x509.Certificate) { t.KeyUsage = x509.KeyUsageDigitalSignature }), private(keys().rsa)
	}), "error: params.certificate does not say that it may sign certificates: expected the extension keyUsage=keyCertSign,cRLSign"),
	Entry("without a subject key identifier", files(func() (string, string) {
		return signed(keys().rsa, func(t *x509.Certificate) {
			// crypto/x509 gives an identifier to all that it knows to be a CA.
			t.SubjectKeyId, t.BasicConstraintsValid, t.IsCA = nil, false, false
			t.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 3, 1, 1, 0xff}}}
		}), private(keys().rsa)
	}), "error: params.certificate has no subject key identifier: OpenSSL based clients cannot tell it from another CA of the same subject; make it with the extension subjectKeyIdentifier=hash"),
	Entry("that another CA signed", files(func() (string, string) {
		intermediate := rootCA()
		intermediate.Subject = pkix.Name{CommonName: "Intermediate"}
		return issued(intermediate, rootCA(), keys().rsa, keys().other), private(keys().rsa)
	}), "error: params.certificate is not self-signed (issuer CN=Root,O=Example): expected a root CA, not an intermediate one"),
	Entry("with the key of another", files(func() (string, string) { return signed(keys().rsa, unchanged), private(keys().other) }),
		"error: params.private_key does not belong to certificate: their public keys differ"),
	Entry("whose files are swapped", files(func() (string, string) { return private(keys().rsa), signed(keys().rsa, unchanged) }),
		"error: params.certificate holds a private key: expected the root CA's certificate (are the two files swapped?)",
		"error: params.private_key holds a certificate: expected the root CA's RSA key (are the two files swapped?)"),
	Entry("with its chain", files(func() (string, string) {
		return signed(keys().rsa, unchanged) + signed(keys().other, unchanged), private(keys().rsa)
	}), "error: params.certificate holds more than one PEM block: expected the root CA alone, without a chain"),
	Entry("with two keys", files(func() (string, string) {
		return signed(keys().rsa, unchanged), private(keys().rsa) + private(keys().other)
	}), "error: params.private_key holds more than one PEM block: expected the root CA's RSA key alone"),
	Entry("whose key is encrypted", files(func() (string, string) {
		return signed(keys().rsa, unchanged), block("ENCRYPTED PRIVATE KEY", []byte("geheim"))
	}), "error: params.private_key is encrypted: Ops Manager needs it in the clear, as openssl rsa -in key.pem -out clear.pem writes it"),
	Entry("whose key is encrypted as OpenSSL used to", files(func() (string, string) {
		return signed(keys().rsa, unchanged), string(pem.EncodeToMemory(&pem.Block{
			Type: "RSA PRIVATE KEY", Bytes: []byte("geheim"), Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,0011"},
		}))
	}), "error: params.private_key is encrypted: Ops Manager needs it in the clear, as openssl rsa -in key.pem -out clear.pem writes it"),
	Entry("whose key is damaged", files(func() (string, string) {
		return signed(keys().rsa, unchanged), block("RSA PRIVATE KEY", []byte("geheim"))
	}), "error: params.private_key cannot be read: expected an undamaged RSA key in PKCS #1 or PKCS #8"),
	Entry("that is garbage", files(func() (string, string) { return "geheim", "geheim" }),
		`error: params.certificate is not PEM: expected one block that begins with "-----BEGIN CERTIFICATE-----"`,
		"error: params.private_key is not PEM: expected the root CA's RSA key in PEM (PKCS #1 or PKCS #8)"),
	Entry("whose files are empty", files(func() (string, string) { return "", "" }),
		"error: params.certificate is an empty file: expected the root CA in PEM",
		"error: params.private_key is an empty file: expected the root CA's RSA key in PEM"),
	Entry("with several problems at once", files(func() (string, string) {
		return signed(keys().small, func(t *x509.Certificate) { t.IsCA, t.KeyUsage = false, 0 }), private(keys().rsa)
	}), "error: params.certificate has an RSA key of 1024 bits: expected 2048 or more",
		"error: params.certificate is not a CA: expected the extension basicConstraints=critical,CA:TRUE",
		"error: params.certificate does not say that it may sign certificates: expected the extension keyUsage=keyCertSign,cRLSign",
		"error: params.private_key does not belong to certificate: their public keys differ"),
)

// Whether a CA is valid now depends on Ops Manager's clock: it is asked, and
// nothing is sent that changes anything.
var _ = DescribeTable("A custom CA that is not valid at the moment", badInput,
	func(ctx SpecContext, from, until time.Duration, wanted string) {
		g := customPut(func() (string, string) {
			return signed(keys().rsa, func(t *x509.Certificate) { t.NotBefore, t.NotAfter = time.Now().Add(from), time.Now().Add(until) }), private(keys().rsa)
		})
		build := GinkgoT().TempDir()
		g.write(build)
		asked := foundation.Requests()
		session := g.run(ctx, build)
		Expect(session.ExitCode()).To(Equal(1))
		Expect(session.Out.Contents()).To(BeEmpty())
		lines := said(session)
		Expect(lines[len(lines)-1]).To(MatchRegexp("^error: params.certificate " + wanted + "; nothing was changed$"))
		for _, r := range foundation.Ledger().Requests[asked:] {
			Expect(r.Method == http.MethodGet || r.Path == "/uaa/oauth/token").To(BeTrue(), "%s %s", r.Method, r.Path)
		}
	},
	Entry("expired", -48*time.Hour, -24*time.Hour, `expired on \d{4}-\d\d-\d\dT\S+Z`),
	Entry("expiring soon", -48*time.Hour, 90*24*time.Hour, `expires on \d{4}-\d\d-\d\dT\S+Z: expected at least 180 days of validity`),
	Entry("not valid yet", 24*time.Hour, 4000*24*time.Hour, `is not valid before \d{4}-\d\d-\d\dT\S+Z`),
)
