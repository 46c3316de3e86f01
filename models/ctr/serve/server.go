package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
)

// A Server serves one model.
type Server struct {
	options  Options
	sizes    Sizes
	batcher  batcher
	metrics  *metrics
	health   *health.Server
	underWay room // for requests
	probes   room // for those who ask for the health over gRPC
	watches  room // for those who watch it
	ready    atomic.Bool
	started  time.Time
	told     atomic.Int64    // when Failed was told, in nanoseconds after started
	serving  context.Context // ends when no more requests are taken
}

// New returns a server, which does nothing before [Server.Serve].
func New(o Options) (*Server, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, sizes: o.Vocabulary.Sizes(), metrics: newMetrics(), health: health.NewServer(), started: time.Now()}
	if min(s.sizes.Users, s.sizes.Items, s.sizes.Categories) < 1 {
		return nil, fmt.Errorf("%w: the model has an empty vocabulary", ErrOptions)
	}
	s.underWay.most, s.probes.most, s.watches.most = int64(o.Requests), mostProbes, mostProbes
	s.batcher = batcher{rows: o.BatchRows, delay: o.BatchDelay, capacity: o.Queue, observe: s.observe}
	s.setReady(false)
	return s, nil
}

// A Listener is where a server is spoken to.
type Listener struct {
	net.Listener
	// GRPC says that it is spoken to in gRPC, and not in HTTP.
	GRPC bool
	// Hosts are the names under which a browser may reach it; nil stands for all. A page
	// of somebody else may have a name of its own lead to this machine, and would read the
	// answers.
	Hosts []string
}

// Serve answers until ctx ends. Then it takes no more requests, and returns when those
// that it has taken are answered, or when [Options].Grace is over, with an error.
func (s *Server) Serve(ctx context.Context, listeners ...Listener) error {
	serving, endServing := context.WithCancel(ctx)
	defer endServing()
	s.serving = serving
	scoring, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	s.batcher.start(scoring, s.options.Scorers)
	var ends []ending
	broken := make(chan error, len(listeners))
	for _, l := range listeners {
		l.Listener = netutil.LimitListener(l.Listener, s.options.Connections)
		e := s.open(l)
		ends = append(ends, e)
		go func() { broken <- e.serve(l) }()
	}
	s.setReady(true)
	var err error
	select {
	case <-ctx.Done():
	case err = <-broken:
	}
	s.setReady(false)
	endServing()
	return errors.Join(err, s.stop(ends, cutOff))
}

// An ending is one of the two protocols at one address.
type ending interface {
	serve(net.Listener) error
	// stop takes no more requests, and returns when the others are answered or ctx ends.
	stop(ctx context.Context) error
}

func (s *Server) open(l Listener) ending {
	if l.GRPC {
		return &grpcEnding{s.grpcServer()}
	}
	return &httpEnding{s.httpServer(l.Hosts)}
}

// stop ends the server. Requests that take longer than they may are cut off.
func (s *Server) stop(ends []ending, cutOff func()) error {
	ctx, done := context.WithTimeout(context.Background(), s.options.Grace)
	defer done()
	failures := make([]error, len(ends))
	var all sync.WaitGroup
	for i, e := range ends {
		all.Go(func() { failures[i] = e.stop(ctx) })
	}
	stop := context.AfterFunc(ctx, cutOff)
	defer stop()
	all.Wait()
	s.batcher.stop()
	return errors.Join(failures...)
}

func (s *Server) setReady(ready bool) {
	s.ready.Store(ready)
	s.setHealth(ready)
}

// A room has so many places.
type room struct {
	taken atomic.Int64
	most  int64
}

// enter takes a place, which [room.leave] gives back; false means that there is none.
func (r *room) enter() bool {
	if r.taken.Add(1) > r.most {
		r.taken.Add(-1)
		return false
	}
	return true
}

func (r *room) leave() { r.taken.Add(-1) }

// request returns one whose rows are to be read.
func (s *Server) request() *request {
	return &request{vocabulary: s.options.Vocabulary, sizes: s.sizes, limits: s.options.Limits, longest: s.options.Longest}
}

// score answers a request whose rows were read.
func (s *Server) score(ctx context.Context, r *request) (*Answer, error) {
	p, err := s.batcher.submit(ctx, r.rows)
	if err != nil {
		return nil, err
	}
	return r.answer(p)
}

// outcomeOf says how a request ended.
func outcomeOf(err error) outcome {
	var over *OverloadedError
	switch {
	case err == nil:
		return answered
	case errors.Is(err, ErrInvalid):
		return refused
	case errors.As(err, &over):
		return overload
	case errors.Is(err, ErrStopping):
		return stopping
	case errors.Is(err, errScorer):
		return failed
	case errors.Is(err, context.DeadlineExceeded):
		return late
	case errors.Is(err, context.Canceled):
		return cancelled
	}
	return failed
}

// observe counts a batch, and tells of one that failed; of others in the next minute,
// which are likely to fail for the same reason, it tells nothing.
func (s *Server) observe(b *batch) {
	s.metrics.batch(b)
	if b.failure == nil {
		return
	}
	now, before := int64(time.Since(s.started))+1, s.told.Load()
	if before != 0 && now-before < int64(time.Minute) || !s.told.CompareAndSwap(before, now) {
		return
	}
	s.options.Failed(b.failure)
}

// ErrCutOff is returned where requests were not answered when the server had to end.
var ErrCutOff = errors.New("requests were cut off")

type httpEnding struct{ *http.Server }

func (e *httpEnding) serve(l net.Listener) error {
	if err := e.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (e *httpEnding) stop(ctx context.Context) error {
	if err := e.Shutdown(ctx); err != nil {
		e.Close()
		return ErrCutOff
	}
	return nil
}

type grpcEnding struct{ *grpc.Server }

func (e *grpcEnding) serve(l net.Listener) error { return e.Serve(l) }

func (e *grpcEnding) stop(ctx context.Context) error {
	stopped := make(chan struct{})
	go func() {
		e.GracefulStop()
		close(stopped)
	}()
	select {
	case <-stopped:
		return nil
	case <-ctx.Done():
		e.Stop()
		<-stopped
		return ErrCutOff
	}
}
