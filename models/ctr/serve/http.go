package serve

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"math"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// TimeHeader is where an HTTP client says for how many milliseconds it waits.
const TimeHeader = "X-Timeout-Ms"

const (
	headerTime  = 5 * time.Second
	idleTime    = 2 * time.Minute
	headerBytes = 16 << 10
)

func (s *Server) httpServer(hosts []string) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/score", s.scoreHTTP)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", s.readyHTTP)
	mux.HandleFunc("GET /metrics", s.metricsHTTP)
	return &http.Server{
		Handler:           onlyHosts(hosts, mux),
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       headerTime + s.options.Time,
		WriteTimeout:      headerTime + 2*s.options.Time,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          log.New(io.Discard, "", 0), // it would have what clients sent in it
	}
}

// onlyHosts refuses requests for other hosts.
func onlyHosts(hosts []string, next http.Handler) http.Handler {
	if hosts == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !slices.Contains(hosts, host) {
			http.Error(w, "this server does not have that name", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) readyHTTP(w http.ResponseWriter, _ *http.Request) {
	if !s.ready.Load() {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ready\n")
}

func (s *Server) metricsHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	var b bytes.Buffer // written to a slow client without the lock
	s.metrics.write(&b)
	e := exposition{&b}
	e.one("datum_queue_rows", "gauge", "Rows that wait for a batch.", float64(s.batcher.queued()))
	e.one("datum_requests_under_way", "gauge", "Requests that are under way.", float64(s.underWay.taken.Load()))
	ready := 0.
	if s.ready.Load() {
		ready = 1
	}
	e.one("datum_ready", "gauge", "Whether requests are taken.", ready)
	writeProcess(&b, s.started, s.options.Version)
	w.Write(b.Bytes())
}

func (s *Server) scoreHTTP(w http.ResponseWriter, hr *http.Request) {
	begun, r := time.Now(), s.request()
	answer, err := s.answerHTTP(w, hr, r)
	if err != nil {
		writeError(w, err)
	} else {
		writeAnswer(w, answer)
	}
	s.metrics.request(overHTTP, outcomeOf(err), time.Since(begun), r)
}

// Errors of HTTP alone.
var (
	errContentType = &InvalidError{"Content-Type", "it must be application/json"}
	errTooLarge    = &InvalidError{"", "the request has too many bytes"}
)

func (s *Server) answerHTTP(w http.ResponseWriter, hr *http.Request, r *request) (*Answer, error) {
	if !s.underWay.enter() {
		return nil, &OverloadedError{}
	}
	defer s.underWay.leave()
	// A page of somebody else can send other types without being asked for leave.
	if kind, _, err := mime.ParseMediaType(hr.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, errContentType
	}
	limit, err := s.timeOf(hr)
	if err != nil {
		return nil, err
	}
	ctx, done := context.WithTimeout(hr.Context(), limit)
	defer done()
	if err := s.readBody(w, hr, r); err != nil {
		return nil, err
	}
	return s.score(ctx, r)
}

// timeOf is how long the request may take.
func (s *Server) timeOf(hr *http.Request) (time.Duration, error) {
	text := hr.Header.Get(TimeHeader)
	if text == "" {
		return s.options.Time, nil
	}
	ms, err := strconv.ParseUint(text, 10, 31)
	if err != nil || ms == 0 {
		return 0, invalid(TimeHeader, "it is no number of milliseconds above 0")
	}
	return min(s.options.Time, time.Duration(ms)*time.Millisecond), nil
}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (s *Server) readBody(w http.ResponseWriter, hr *http.Request, r *request) error {
	b := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(b)
	b.Reset()
	_, err := b.ReadFrom(http.MaxBytesReader(w, hr.Body, s.options.Body))
	var over *http.MaxBytesError
	var timeout net.Error
	switch {
	case errors.As(err, &over):
		return errTooLarge
	case errors.As(err, &timeout) && timeout.Timeout():
		return context.DeadlineExceeded
	case err != nil:
		return context.Canceled // the client went away
	}
	return readJSON(b, r)
}

// writeError answers a request that got no probabilities.
func writeError(w http.ResponseWriter, err error) {
	status, code := http.StatusInternalServerError, outcomeNames[outcomeOf(err)]
	message, field := err.Error(), ""
	var wrong *InvalidError
	var over *OverloadedError
	switch outcomeOf(err) {
	case refused:
		status = http.StatusBadRequest
		if errors.As(err, &wrong) {
			message, field = wrong.Reason, wrong.Field
		}
		switch wrong {
		case errContentType:
			status = http.StatusUnsupportedMediaType
		case errTooLarge:
			status = http.StatusRequestEntityTooLarge
		}
	case overload:
		status = http.StatusTooManyRequests
		errors.As(err, &over)
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(over.After.Seconds())))))
	case stopping:
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "1")
	case late:
		status, message = http.StatusGatewayTimeout, "its time was over"
	case cancelled:
		status, message = 499, "the client went away" // as others write it; nobody reads it
	default:
		message = errScorer.Error() // what went wrong in it is nobody else's business
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(appendError(nil, code, message, field))
}

func writeAnswer(w http.ResponseWriter, a *Answer) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	w.Write(appendAnswer(make([]byte, 0, 128+12*len(a.Probabilities)), a))
}
