package metrics_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/opsman-ca/opsman-ca/internal/metrics"
)

// serving is a server whose looks a spec lets happen.
type serving struct {
	address string
	log     *gbytes.Buffer
	// next lets the next look begin; looked tells that one is over.
	next, looked chan struct{}
	stop         context.CancelFunc
	ended        chan error
}

func serve(o *opsManager) *serving {
	GinkgoHelper()
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	ctx, stop := context.WithCancel(context.Background())
	s := &serving{address: "http://" + listener.Addr().String(), log: gbytes.NewBuffer(), next: make(chan struct{}), looked: make(chan struct{}, 100), stop: stop, ended: make(chan error, 1)}
	server := &metrics.Server{
		Looker: looker(o), Interval: time.Hour, Logger: slog.New(slog.NewTextHandler(s.log, nil)),
		Sleep: func(ctx context.Context, _ time.Duration) error {
			s.looked <- struct{}{}
			select {
			case <-s.next:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	}
	go func() { s.ended <- server.Serve(ctx, listener) }()
	DeferCleanup(stop)
	return s
}

func (s *serving) get(path string) (status int, body string) {
	GinkgoHelper()
	return s.send(http.MethodGet, path)
}

func (s *serving) send(method, path string) (status int, body string) {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(context.Background(), method, s.address+path, http.NoBody)
	Expect(err).NotTo(HaveOccurred())
	answer, err := http.DefaultClient.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer answer.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(answer.Body)
	Expect(err).NotTo(HaveOccurred())
	return answer.StatusCode, string(text)
}

var _ = Describe("the server", func() {
	It("answers from memory, and asks Ops Manager no more often for it", func() {
		o := settled()
		s := serve(o)
		Eventually(s.looked).Should(Receive())
		asked := o.asked
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				defer GinkgoRecover()
				status, body := s.get("/metrics")
				if status == http.StatusOK {
					Expect(body).To(ContainSubstring(`opsman_ca_up{foundation="prod"} 1`))
				} else {
					Expect(status).To(Equal(http.StatusServiceUnavailable), "too many at once")
				}
			})
		}
		group.Wait()
		Expect(o.asked).To(Equal(asked))
		_, body := s.get("/metrics")
		m := families([]byte(body))
		Expect(values(m["look_errors_total"])).To(Equal(map[string]float64{"": 0}))
		Expect(m).To(HaveKey("group_certificates"))
	})

	It("counts the looks that failed, logs why, and goes on", func() {
		o := settled()
		o.broken = errGone
		s := serve(o)
		Eventually(s.looked).Should(Receive())
		_, body := s.get("/metrics")
		Expect(values(families([]byte(body))["look_errors_total"])).To(Equal(map[string]float64{"": 1}))
		Expect(values(families([]byte(body))["up"])).To(Equal(map[string]float64{"": 0}))
		Expect(s.log).To(gbytes.Say("Ops Manager could not be looked at.*it hung up"))
		o.broken = nil
		s.next <- struct{}{}
		Eventually(s.looked).Should(Receive())
		_, body = s.get("/metrics")
		Expect(values(families([]byte(body))["look_errors_total"])).To(Equal(map[string]float64{"": 1}))
		Expect(values(families([]byte(body))["up"])).To(Equal(map[string]float64{"": 1}))
	})

	It("has a health check, and nothing else", func() {
		s := serve(settled())
		status, body := s.get("/healthz")
		Expect(status).To(Equal(http.StatusOK))
		Expect(strings.TrimSpace(body)).To(Equal("ok"))
		for _, path := range []string{"/", "/debug/pprof/", "/metrics/x"} {
			status, _ = s.get(path)
			Expect(status).To(Equal(http.StatusNotFound), path)
		}
		status, _ = s.send(http.MethodPost, "/metrics")
		Expect(status).To(Equal(http.StatusMethodNotAllowed))
	})

	It("says that it does not know yet, before its first look", func() {
		handler, err := (&metrics.Server{Logger: slog.New(slog.DiscardHandler)}).Handler()
		Expect(err).NotTo(HaveOccurred())
		answer := record(handler, "/metrics")
		Expect(answer.Code).To(Equal(http.StatusServiceUnavailable))
		Expect(answer.Body.String()).To(ContainSubstring("has not been looked at yet"))
	})

	It("ends when it is told to, also with a connection open", func() {
		s := serve(settled())
		Eventually(s.looked).Should(Receive())
		var dialer net.Dialer
		open, err := dialer.DialContext(context.Background(), "tcp", strings.TrimPrefix(s.address, "http://"))
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(open.Close)
		s.stop()
		Eventually(s.ended).WithTimeout(5 * time.Second).Should(Receive(BeNil()))
	})

	It("ends also while Ops Manager leaves it waiting", func() {
		o := settled()
		o.hangs = make(chan struct{})
		s := serve(o)
		Eventually(o.hangs).Should(Receive())
		s.stop()
		Eventually(s.ended).WithTimeout(5 * time.Second).Should(Receive(BeNil()))
		Expect(s.log.Contents()).To(BeEmpty(), "that is no failure")
	})
})
