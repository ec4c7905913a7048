package opsman_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// connectProxy tunnels CONNECT requests to the server that is set, whatever
// host they name.
type connectProxy struct {
	server *httptest.Server
	mu     sync.Mutex
	to     string
	refuse int
	asked  []string
}

func startProxy() *connectProxy {
	p := &connectProxy{}
	p.server = httptest.NewServer(p)
	return p
}

func (p *connectProxy) address() string { return strings.TrimPrefix(p.server.URL, "http://") }

// lead sets where tunnels lead and forgets what was asked.
func (p *connectProxy) lead(to string, refuse int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.to, p.refuse, p.asked = to, refuse, nil
}

func (p *connectProxy) hosts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.asked...)
}

func (p *connectProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	to, refuse := p.to, p.refuse
	p.asked = append(p.asked, r.Method+" "+r.Host)
	p.mu.Unlock()
	if refuse != 0 {
		w.WriteHeader(refuse)
		return
	}
	backend, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = backend.Close()
		return
	}
	_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() { _, _ = io.Copy(backend, buffered); _ = backend.Close() }()
	go func() { _, _ = io.Copy(client, backend); _ = client.Close() }()
}
