// Package tlsnet lets two virtual machines shake hands over real mutual TLS
// through an in-memory connection.
package tlsnet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// Peer is one end of a connection.
type Peer struct {
	// Name is how people call the machine, ServerName what its certificate must
	// be valid for.
	Name, ServerName string
	Certificate      tls.Certificate
	Trust            *x509.CertPool
}

// Handshake connects client to server, each demanding and verifying the other's
// certificate at the moment now. The error says which end refused, and why.
func Handshake(ctx context.Context, client, server Peer, now time.Time) error {
	clientConn, serverConn := newWire()
	defer func() { _ = clientConn.Close(); _ = serverConn.Close() }()
	at := func() time.Time { return now }
	accepted := make(chan error, 1)
	go func() {
		conn := tls.Server(serverConn, &tls.Config{
			MinVersion: tls.VersionTLS13, CurvePreferences: []tls.CurveID{tls.X25519},
			SessionTicketsDisabled: true, Time: at,
			Certificates: []tls.Certificate{server.Certificate},
			ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: server.Trust,
		})
		err := conn.HandshakeContext(ctx)
		if err == nil {
			// In TLS 1.3 the client learns only from the first record whether its
			// own certificate was accepted.
			_, err = conn.Write([]byte{1})
		}
		if err != nil {
			_ = serverConn.Close()
		}
		accepted <- err
	}()

	conn := tls.Client(clientConn, &tls.Config{
		MinVersion: tls.VersionTLS13, CurvePreferences: []tls.CurveID{tls.X25519}, Time: at,
		ServerName: server.ServerName, RootCAs: client.Trust,
		// A plain Certificates list would withhold the certificate when its
		// issuer is not among those the server names: it would hide whose fault
		// it is.
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &client.Certificate, nil
		},
	})
	clientErr := conn.HandshakeContext(ctx)
	if clientErr == nil {
		_, clientErr = conn.Read(make([]byte, 1))
	}
	if clientErr != nil {
		_ = clientConn.Close()
	}
	return verdict(client, server, clientErr, <-accepted)
}

// verdict names the end that refused: the other one merely sees a closed
// connection.
func verdict(client, server Peer, clientErr, serverErr error) error {
	var refusal *tls.CertificateVerificationError
	switch {
	case errors.As(clientErr, &refusal):
		return fmt.Errorf("%s does not accept the certificate of %s: %w", client.Name, server.Name, refusal)
	case errors.As(serverErr, &refusal):
		return fmt.Errorf("%s does not accept the certificate of %s: %w", server.Name, client.Name, refusal)
	case clientErr != nil || serverErr != nil:
		return fmt.Errorf("%s and %s cannot shake hands: %w", client.Name, server.Name, errors.Join(clientErr, serverErr))
	}
	return nil
}
