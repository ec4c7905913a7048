package sim

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/authorities"
)

// Server is a foundation behind HTTPS.
type Server struct {
	// URL of the Ops Manager, "https://127.0.0.1:34567".
	URL string
	// CAPEM is the certificate authority of its web certificate.
	CAPEM string

	foundation *Foundation
	http       *http.Server
}

// Serve listens on a free port of 127.0.0.1.
func Serve(f *Foundation) (*Server, error) { return ServeOn(context.Background(), f, "127.0.0.1:0") }

// ServeOn listens on an address; hosts are more names and IP addresses for its
// web certificate. Close ends it and the foundation.
func ServeOn(ctx context.Context, f *Foundation, address string, hosts ...string) (*Server, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return ServeListener(f, listener, hosts...)
}

// ServeListener is ServeOn with the caller's own listener, which Close closes.
func ServeListener(f *Foundation, listener net.Listener, hosts ...string) (*Server, error) {
	host, _, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", listener.Addr(), err)
	}
	certificate, authority, err := webCertificate(append([]string{host}, hosts...))
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	s := &Server{URL: "https://" + listener.Addr().String(), CAPEM: authority, foundation: f}
	// Not a mux, which would redirect a path with an empty part.
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == controlPrefix+"ca.pem" {
			w.Header().Set("Content-Type", "application/x-pem-file")
			_, _ = io.WriteString(w, authority)
			return
		}
		f.ServeHTTP(w, r)
	})
	s.http = &http.Server{
		Handler: handler, ReadHeaderTimeout: 30 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		// HTTP/1.1 alone: a fault has to be able to hang up on one request.
		TLSConfig: &tls.Config{
			MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, Certificates: []tls.Certificate{certificate},
			// As nginx with the OpenSSL of Ops Manager's operating system, and without a
			// key exchange that costs as much as the rest of the handshake.
			CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384},
		},
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	go func() { _ = s.http.Serve(tls.NewListener(listener, s.http.TLSConfig)) }()
	return s, nil
}

// Close ends the server and the foundation, whatever they do.
func (s *Server) Close() {
	s.foundation.stop()
	_ = s.http.Close()
	s.foundation.Close()
}

// webCertificate is the certificate of the web server and its CA; it has nothing
// to do with the root CA that is rotated.
func webCertificate(hosts []string) (tls.Certificate, string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, "", fmt.Errorf("make the web server's key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: authorities.Serial(), Subject: pkix.Name{Organization: []string{"opsman-sim"}, CommonName: "opsman-sim web CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(365 * day),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, "", fmt.Errorf("sign the web server's certificate: %w", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, "", fmt.Errorf("read the web server's certificate back: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: parsed}, authorities.PEM(parsed), nil
}
