package metrics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Server answers from memory what it saw at its last look. It looks once an
// interval, so that no scrape can make it ask Ops Manager.
type Server struct {
	Looker   *Looker
	Interval time.Duration
	// Sleep waits, or returns early with the context's error.
	Sleep  func(context.Context, time.Duration) error
	Logger *slog.Logger

	mu     sync.RWMutex
	latest *Look
	failed int
}

// Limits of a connection: what it serves is small, and to those who scrape it.
const (
	headerLimit = 5 * time.Second
	answerLimit = 30 * time.Second
	idleLimit   = 2 * time.Minute
	// goodbye is how long answers may take when the server is told to end.
	goodbye = time.Second
)

// Serve looks and answers until the context ends, which is no error. It closes the
// listener.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	handler, err := s.Handler()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerLimit, ReadTimeout: headerLimit, WriteTimeout: answerLimit, IdleTimeout: idleLimit,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(s.Logger.Handler(), slog.LevelDebug),
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var looking sync.WaitGroup
	looking.Go(func() { s.keepLooking(ctx) })
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()

	select {
	case err = <-ended:
	case <-ctx.Done():
		leaving, late := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer late()
		if server.Shutdown(leaving) != nil {
			_ = server.Close()
		}
	}
	stop()
	looking.Wait()
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("cannot go on serving metrics on %s: %w", listener.Addr(), err)
	}
	return nil
}

func (s *Server) keepLooking(ctx context.Context) {
	for ctx.Err() == nil {
		look := s.Looker.Look(ctx)
		if ctx.Err() != nil {
			return
		}
		s.keep(look)
		if look.Err != nil {
			s.Logger.Warn("Ops Manager could not be looked at", "error", s.Looker.Redact(look.Err.Error()), "again_in", s.Interval)
		}
		if s.Sleep(ctx, s.Interval) != nil {
			return
		}
	}
}

func (s *Server) keep(look Look) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latest = &look
	if look.Err != nil {
		s.failed++
	}
}

// Handler has /metrics, and /healthz, which is fine as long as the process is.
func (s *Server) Handler() (http.Handler, error) {
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(s); err != nil {
		return nil, fmt.Errorf("cannot register the metrics: %w", err)
	}
	mux := http.NewServeMux()
	metrics := promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(s.Logger.Handler(), slog.LevelError), MaxRequestsInFlight: 4})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if look, _ := s.seen(); look == nil {
			http.Error(w, "Ops Manager has not been looked at yet; ask again in a moment", http.StatusServiceUnavailable)
			return
		}
		metrics.ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return mux, nil
}

func (s *Server) seen() (latest *Look, failed int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.latest, s.failed
}

// Describe implements prometheus.Collector, as Collector does.
func (*Server) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector with the last look, and how many failed.
func (s *Server) Collect(into chan<- prometheus.Metric) {
	look, failed := s.seen()
	if look == nil {
		return
	}
	Collector{*look}.Collect(into)
	into <- constant(describer{look.Foundation}.of("look_errors_total", "How many looks at Ops Manager failed since this process began."), prometheus.CounterValue, float64(failed))
}
