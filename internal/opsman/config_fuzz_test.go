package opsman

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzTarget: the address of Ops Manager.
func FuzzTarget(f *testing.F) {
	for _, target := range []string{
		"opsman.example.com", "https://opsman.example.com/", "http://opsman.example.com", "HTTPS://OPSMAN.example.com:8443/x", "https://admin:geheim-4711@opsman.example.com",
		"https://[::1]:443", "opsman.example.com:443", "https://a b", "https://a\nb", "ftp://x", "//x", "https:///x", "https://x?y#z", "https://x%0ay", "https://x:99999", "javascript://x",
	} {
		f.Add(target)
	}
	f.Fuzz(func(t *testing.T, target string) {
		u, err := parseTarget(target)
		if err != nil {
			shownSafely(t, err.Error())
			if strings.Contains(err.Error(), "geheim") {
				t.Fatalf("a password shows in %v", err)
			}
			return
		}
		if u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("%q is taken as %v", target, u)
		}
		shownSafely(t, u.String())
		again, err := parseTarget(u.String())
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q is read again as %v, %v", u, again, err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u.String()+"/api/v0/info", http.NoBody)
		if err != nil || req.URL.Host != u.Host || req.URL.Path != "/api/v0/info" {
			t.Fatalf("a request to %q: %v, %v", u, req, err)
		}
	})
}

// FuzzRedact: the secret in any text around it.
func FuzzRedact(f *testing.F) {
	for _, text := range []string{"$S", "$J$J", "x$Uy", "$B=", "-----BEGIN RSA PRIVATE KEY-----\nabc", "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxMjM0NTZ9.x", "[redacted$S]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := cannedClient(t, canned{})
		shown := c.Redact(planted(text))
		for _, secret := range forbidden {
			if strings.Contains(shown, secret) {
				t.Fatalf("the secret %q shows in %q", secret, shown)
			}
		}
		if strings.Contains(shown, "PRIVATE KEY-----\nM") {
			t.Fatalf("a private key shows in %q", shown)
		}
	})
}
