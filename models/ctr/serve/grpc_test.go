package serve

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"datum/models/ctr/serve/servepb"
)

func (r *running) dial(t *testing.T) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient("unix:"+r.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func (r *running) scoring(t *testing.T) servepb.ScoringClient {
	return servepb.NewScoringClient(r.dial(t))
}

func number(n uint32) *uint32 { return &n }

func asked(rows ...*servepb.Row) *servepb.ScoreRequest { return &servepb.ScoreRequest{Rows: rows} }

var oneRow = asked(&servepb.Row{Item: "i1"})

func TestGRPC(t *testing.T) {
	r := start(t, Options{})
	c := r.scoring(t)
	got, err := c.Score(t.Context(), asked(
		&servepb.Row{User: "u3", Item: "i42", Category: "c7", History: []string{"i1", "nothing", "i2"}},
		&servepb.Row{UserNumber: number(3), ItemNumber: number(42), HistoryNumbers: []uint32{1, 2, 3, 4, 5, 6, 7}},
		&servepb.Row{ItemNumber: number(0), CategoryNumber: number(5)},
		&servepb.Row{User: "nobody", UserNumber: nil, Item: "nothing"},
	))
	if err != nil {
		t.Fatal(err)
	}
	want := []Row{{3, 42, 7, []uint32{1, 0, 2}}, {3, 42, 2, []uint32{3, 4, 5, 6, 7}}, {0, 0, 5, nil}, {}}
	if err := check(want, got.Probabilities); err != nil {
		t.Error(err)
	}
	if u := got.Unknown; u.GetUsers() != 2 || u.GetItems() != 3 || u.GetCategories() != 1 || got.Shortened != 1 {
		t.Errorf("unknown: %v, shortened: %d", u, got.Shortened)
	}
}

func TestBadMessages(t *testing.T) {
	r := start(t, Options{Limits: Limits{Rows: 3, History: 8, Body: 2000}})
	c := r.scoring(t)
	ok := &servepb.Row{Item: "i1"}
	for name, test := range map[string]struct {
		in   *servepb.ScoreRequest
		code codes.Code
		want string
	}{
		"no rows":            {asked(), codes.InvalidArgument, "rows: there are none"},
		"no item":            {asked(ok, &servepb.Row{User: "secret"}), codes.InvalidArgument, "rows[1].item: it is missing"},
		"both users":         {asked(&servepb.Row{Item: "i1", User: "u1", UserNumber: number(0)}), codes.InvalidArgument, "rows[0].user: it has both"},
		"both items":         {asked(&servepb.Row{Item: "secret", ItemNumber: number(1)}), codes.InvalidArgument, "rows[0].item: it has both"},
		"both categories":    {asked(&servepb.Row{Item: "i1", Category: "secret", CategoryNumber: number(1)}), codes.InvalidArgument, "rows[0].category: it has both"},
		"both histories":     {asked(&servepb.Row{Item: "i1", History: []string{"secret"}, HistoryNumbers: []uint32{1}}), codes.InvalidArgument, "rows[0].history: it has both"},
		"no such user":       {asked(&servepb.Row{Item: "i1", UserNumber: number(10)}), codes.InvalidArgument, "rows[0].user: the model has the numbers from 0 to 9"},
		"no such item":       {asked(&servepb.Row{ItemNumber: number(1 << 31)}), codes.InvalidArgument, "rows[0].item: the model has"},
		"no such category":   {asked(&servepb.Row{Item: "i1", CategoryNumber: number(10)}), codes.InvalidArgument, "rows[0].category: the model has"},
		"no such event":      {asked(&servepb.Row{Item: "i1", HistoryNumbers: []uint32{1, 100}}), codes.InvalidArgument, "rows[0].history[1]: the model has"},
		"an empty event":     {asked(&servepb.Row{Item: "i1", History: []string{"i1", ""}}), codes.InvalidArgument, "rows[0].history[1]: the name is empty"},
		"a long history":     {asked(&servepb.Row{Item: "i1", HistoryNumbers: make([]uint32, 9)}), codes.InvalidArgument, "rows[0].history: it has more than 8"},
		"many rows":          {asked(ok, ok, ok, ok), codes.InvalidArgument, "rows: there are more than 3"},
		"very many rows":     {asked(slices.Repeat([]*servepb.Row{ok}, 300)...), codes.InvalidArgument, "rows: there are more than 3"},
		"too many bytes":     {asked(&servepb.Row{Item: strings.Repeat("secret", 400)}), codes.ResourceExhausted, ""},
		"rows of nothing":    {asked(&servepb.Row{}), codes.InvalidArgument, "rows[0].item: it is missing"},
		"three and unknown":  {asked(ok, ok, ok), codes.OK, ""},
		"a field of a later": {withUnknownField(asked(ok, ok, ok)), codes.OK, ""},
	} {
		_, err := c.Score(t.Context(), test.in)
		if s := status.Convert(err); s.Code() != test.code || !strings.Contains(s.Message(), test.want) || strings.Contains(s.Message(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What is no message at all.
	var out servepb.ScoreResponse
	err := r.dial(t).Invoke(t.Context(), servepb.Scoring_Score_FullMethodName, &servepb.Unknown{Users: 7}, &out)
	if status.Code(err) != codes.InvalidArgument && status.Code(err) != codes.Internal {
		t.Errorf("%v", err)
	}
}

// withUnknownField puts a field that this version does not know before the rows.
func withUnknownField(m *servepb.ScoreRequest) *servepb.ScoreRequest {
	m.ProtoReflect().SetUnknown([]byte{15<<3 | 2, 3, 'n', 'e', 'w'})
	return m
}

func TestGRPCOverload(t *testing.T) {
	f := &fake{gate: make(chan struct{}), began: make(chan int, 100)}
	r := start(t, Options{Scorers: []Scorer{f}, BatchRows: 1, Limits: Limits{Queue: 2, Rows: 2, Requests: 4}})
	c := r.scoring(t)
	var calls sync.WaitGroup
	for i := range 3 { // one is scored, two wait
		calls.Go(func() {
			if _, err := c.Score(t.Context(), oneRow); err != nil {
				t.Error(err)
			}
		})
		eventually(t, "one is scored", func() bool { return i > 0 || len(f.began) == 1 })
	}
	eventually(t, "two rows wait", func() bool { return len(f.began) == 1 && r.batcher.queued() == 2 })
	isOverload := func(err error) {
		t.Helper()
		s := status.Convert(err)
		var retry *errdetails.RetryInfo
		for _, d := range s.Details() {
			retry, _ = d.(*errdetails.RetryInfo)
		}
		if s.Code() != codes.ResourceExhausted || retry.GetRetryDelay().AsDuration() <= 0 {
			t.Errorf("%v, %v", err, retry)
		}
	}
	_, err := c.Score(t.Context(), oneRow)
	isOverload(err)
	// A message that does not come keeps a place, too; then there is none. Health is
	// answered all the same.
	stream, err := r.dial(t).NewStream(t.Context(), &grpc.StreamDesc{ClientStreams: true}, servepb.Scoring_Score_FullMethodName)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "four are under way", func() bool { return r.underWay.taken.Load() == 4 })
	_, err = c.Score(t.Context(), oneRow)
	isOverload(err)
	if _, err := grpc_health_v1.NewHealthClient(r.dial(t)).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{}); err != nil {
		t.Error(err)
	}
	if err := stream.CloseSend(); err != nil {
		t.Error(err)
	}
	close(f.gate)
	calls.Wait()
	eventually(t, "nothing is under way", func() bool { return r.underWay.taken.Load() == 0 })
}

// A message that never comes does not keep its place for ever.
func TestAMessageThatNeverComes(t *testing.T) {
	r := start(t, Options{Limits: Limits{Time: 50 * time.Millisecond}})
	stream, err := r.dial(t).NewStream(t.Context(), &grpc.StreamDesc{ClientStreams: true}, servepb.Scoring_Score_FullMethodName)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.RecvMsg(&servepb.ScoreResponse{}); status.Code(err) != codes.DeadlineExceeded && status.Code(err) != codes.Canceled {
		t.Errorf("%v", err)
	}
	eventually(t, "nothing is under way", func() bool { return r.underWay.taken.Load() == 0 })
}

func TestGRPCTime(t *testing.T) {
	f := &fake{gate: make(chan struct{}), began: make(chan int, 100)}
	r := start(t, Options{Scorers: []Scorer{f}, BatchRows: 1, Limits: Limits{Time: time.Minute}})
	defer close(f.gate)
	c := r.scoring(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := c.Score(ctx, oneRow); status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("%v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	go func() {
		eventually(t, "a row waits", func() bool { return r.batcher.queued() == 1 })
		cancel()
	}()
	if _, err := c.Score(ctx, oneRow); status.Code(err) != codes.Canceled {
		t.Errorf("%v", err)
	}
	eventually(t, "nothing is under way", func() bool { return r.batcher.queued() == 0 && r.underWay.taken.Load() == 0 })
}

func TestGRPCFailure(t *testing.T) {
	f := &fake{fail: func([]Row) ([]float32, error) { return nil, errors.New("secret") }}
	r := start(t, Options{Scorers: []Scorer{f}})
	if _, err := r.scoring(t).Score(t.Context(), oneRow); status.Code(err) != codes.Internal || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

func TestGuard(t *testing.T) {
	_, err := guard(t.Context(), nil, nil, func(context.Context, any) (any, error) { panic("a bug") })
	if status.Code(err) != codes.Internal {
		t.Errorf("%v", err)
	}
}

// Who watches the health is told that the server stops, and does not keep it from that.
func TestHealthOverGRPC(t *testing.T) {
	r := start(t, Options{})
	c := grpc_health_v1.NewHealthClient(r.dial(t))
	for _, service := range []string{"", "datum.ctr.v1.Scoring"} {
		got, err := c.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: service})
		if err != nil || got.Status != grpc_health_v1.HealthCheckResponse_SERVING {
			t.Errorf("%q: %v %v", service, got, err)
		}
	}
	if _, err := c.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: "other"}); status.Code(err) != codes.NotFound {
		t.Errorf("%v", err)
	}
	watch, err := c.Watch(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := watch.Recv(); err != nil || got.Status != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Fatalf("%v %v", got, err)
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	for {
		if _, err := watch.Recv(); err != nil {
			break
		}
	}
}

// However many watch the health, and for how long, others are told of it.
func TestManyWatches(t *testing.T) {
	r := start(t, Options{})
	for range 2 { // connections, of so many streams each
		c := grpc_health_v1.NewHealthClient(r.dial(t))
		for range mostProbes/2 + 1 {
			if _, err := c.Watch(t.Context(), &grpc_health_v1.HealthCheckRequest{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	eventually(t, "nobody else may watch", func() bool { return r.watches.taken.Load() == mostProbes })
	if _, err := grpc_health_v1.NewHealthClient(r.dial(t)).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{}); err != nil {
		t.Error(err)
	}
}

func TestStopOverGRPC(t *testing.T) {
	f := &fake{gate: make(chan struct{}), began: make(chan int, 100)}
	r := start(t, Options{Scorers: []Scorer{f}, BatchRows: 1})
	c := r.scoring(t)
	var calls sync.WaitGroup
	for range 5 {
		calls.Go(func() {
			if _, err := c.Score(t.Context(), oneRow); err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, "four rows wait", func() bool { return len(f.began) == 1 && r.batcher.queued() == 4 })
	ended := make(chan error, 1)
	go func() { ended <- r.stop() }()
	eventually(t, "it takes no more", func() bool {
		_, err := r.scoring(t).Score(t.Context(), oneRow)
		return status.Code(err) == codes.Unavailable
	})
	close(f.gate)
	calls.Wait()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// What takes too long when the server stops is cut off.
func TestGrace(t *testing.T) {
	f := &fake{gate: make(chan struct{}), began: make(chan int, 100)}
	r := start(t, Options{Scorers: []Scorer{f}, BatchRows: 1, Grace: 50 * time.Millisecond})
	h, g := make(chan int, 1), make(chan error, 1)
	go func() {
		resp, err := r.client(t).Post("http://localhost/v1/score", "application/json", strings.NewReader(`{"rows":[{"item":1}]}`))
		if err != nil {
			h <- 0
			return
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		h <- resp.StatusCode
	}()
	go func() {
		_, err := r.scoring(t).Score(t.Context(), oneRow)
		g <- err
	}()
	eventually(t, "a row waits", func() bool { return len(f.began) == 1 && r.batcher.queued() == 1 })
	if err := r.stop(); !errors.Is(err, ErrCutOff) {
		t.Errorf("%v", err)
	}
	if code := <-h; code == 200 {
		t.Error("the HTTP request was answered")
	}
	if err := <-g; err == nil {
		t.Error("the gRPC request was answered")
	}
	r.stop = func() error { return nil }
}

func TestFirstRows(t *testing.T) {
	text, err := proto.Marshal(asked(slices.Repeat([]*servepb.Row{{Item: "i1"}}, 9)...))
	if err != nil {
		t.Fatal(err)
	}
	text = append([]byte{15<<3 | 2, 3, 'n', 'e', 'w'}, text...)
	for n, want := range map[int]int{1: 1, 3: 3, 9: 9, 10: 9} {
		var m servepb.ScoreRequest
		if err := proto.Unmarshal(firstRows(text, n), &m); err != nil || len(m.Rows) != want {
			t.Errorf("%d: %d rows, %v", n, len(m.Rows), err)
		}
	}
}
