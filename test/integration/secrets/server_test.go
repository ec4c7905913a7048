package secrets_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// opsManager is a simulated foundation behind a server that repeats secrets.
type opsManager struct {
	*sim.Foundation
	url, caCert string

	mu sync.Mutex
	// tokens are those that it has issued, access and refresh; fresh ones are of
	// the process that runs, the first of them its own (om comes later).
	tokens, fresh []string
	// held are the secrets that the process that runs was given.
	held []string
	// tamper changes answers; nil leaves them alone.
	tamper func(*http.Request, *httptest.ResponseRecorder)
}

func serve() *opsManager {
	GinkgoHelper()
	f, err := sim.New(sim.Options{
		Password: password, ClientID: "rotator", ClientSecret: clientSecret, Passphrase: passphrase, KeyBits: 1024, VMDelay: time.Millisecond,
		Tiles: []sim.Tile{{Identifier: "cf", Label: "TAS", Version: "6.0.3", Jobs: []sim.Job{{Name: "router", Instances: 2}}}},
	})
	Expect(err).NotTo(HaveOccurred())
	o := &opsManager{Foundation: f}
	server := httptest.NewTLSServer(o)
	DeferCleanup(func() { server.Close(); f.Close() })
	o.url = server.URL
	o.caCert = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	return o
}

// ServeHTTP lets the foundation answer, and tampers with the answer.
func (o *opsManager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	o.Foundation.ServeHTTP(answer, r)
	o.mu.Lock()
	if o.tamper != nil {
		o.tamper(r, answer)
	}
	if r.URL.Path == "/uaa/oauth/token" {
		var body map[string]any
		_ = json.Unmarshal(answer.Body.Bytes(), &body)
		for _, key := range []string{"access_token", "refresh_token"} {
			if token, _ := body[key].(string); token != "" {
				o.tokens, o.fresh = append(o.tokens, token), append(o.fresh, token)
			}
		}
	}
	o.mu.Unlock()
	maps.Copy(w.Header(), answer.Header())
	w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// tampered puts a way of tampering in force.
func (o *opsManager) tampered(tamper func(*http.Request, *httptest.ResponseRecorder)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tamper = tamper
}

// secrets are all that must not show.
func (o *opsManager) secrets() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append(o.planted(), o.tokens...)
}

func (o *opsManager) planted() []string {
	_, key := customCA()
	return []string{password, clientSecret, passphrase, key, theirKey()}
}

// begin tells which secrets the process that is about to run is given.
func (o *opsManager) begin(held ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held, o.fresh = held, nil
}

// everything is what a server may repeat: all that a process gave it, and the
// token that it gave the process, in all their forms; a private key of its own,
// and the access tokens of others. The caller holds mu.
func (o *opsManager) everything() string {
	own := o.held
	if len(o.fresh) > 0 {
		own = append(own[:len(own):len(own)], o.fresh[0])
	}
	all := []string{theirKey()}
	for _, s := range own {
		encoded, _ := json.Marshal(s)
		all = append(all, s, url.QueryEscape(s), url.PathEscape(s), base64.StdEncoding.EncodeToString([]byte(s)), string(encoded))
	}
	for _, token := range o.tokens {
		if strings.HasPrefix(token, "eyJ") {
			all = append(all, "Bearer "+token)
		}
	}
	if slices.Contains(own, clientSecret) {
		all = append(all, base64.StdEncoding.EncodeToString([]byte("rotator:"+url.QueryEscape(clientSecret))))
	}
	return strings.Join(all, " | ")
}

// replaced puts another answer in the place of one.
func replaced(answer *httptest.ResponseRecorder, status int, contentType, body string) {
	answer.Code = status
	answer.Header().Set("Content-Type", contentType)
	answer.Body.Reset()
	answer.Body.WriteString(body)
}

// rewritten goes over every string of a JSON answer, with the key that it stands
// under.
func rewritten(answer *httptest.ResponseRecorder, change func(key, text string) string) {
	var value any
	decoder := json.NewDecoder(strings.NewReader(answer.Body.String()))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return
	}
	encoded, err := json.Marshal(over("", value, change))
	if err == nil {
		replaced(answer, answer.Code, answer.Header().Get("Content-Type"), string(encoded))
	}
}

func over(key string, value any, change func(key, text string) string) any {
	switch v := value.(type) {
	case string:
		return change(key, v)
	case []any:
		for i := range v {
			v[i] = over(key, v[i], change)
		}
	case map[string]any:
		for k := range v {
			v[k] = over(k, v[k], change)
		}
	}
	return value
}
