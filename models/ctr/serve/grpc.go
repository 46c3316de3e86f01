package serve

import (
	"context"
	"errors"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the codec that ours is around
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"datum/models/ctr/serve/servepb"
)

const streams = 256 // requests of one connection at a time

// grpcServer returns a server of the services Scoring and Health.
func (s *Server) grpcServer() *grpc.Server {
	g := grpc.NewServer(
		grpc.MaxRecvMsgSize(int(s.options.Body)),
		grpc.MaxConcurrentStreams(streams),
		grpc.MaxHeaderListSize(headerBytes),
		grpc.ConnectionTimeout(headerTime),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: idleTime}),
		grpc.ForceServerCodecV2(codec{encoding.GetCodecV2("proto"), s.options.Rows}),
		grpc.InTapHandle(s.admit),
		grpc.UnaryInterceptor(guard),
		grpc.StreamInterceptor(s.untilStop),
	)
	servepb.RegisterScoringServer(g, &scoringService{server: s})
	grpc_health_v1.RegisterHealthServer(g, s.health)
	return g
}

func (s *Server) setHealth(ready bool) {
	state := grpc_health_v1.HealthCheckResponse_NOT_SERVING
	if ready {
		state = grpc_health_v1.HealthCheckResponse_SERVING
	}
	for _, service := range []string{"", servepb.Scoring_ServiceDesc.ServiceName} {
		s.health.SetServingStatus(service, state)
	}
}

// mostProbes is how many may ask for the health at a time, and how many may watch it.
const mostProbes = 256

// admit decides whether there is room for a request before its message is read, and for
// how long that may take. Who asks for the health has a room of his own, and is heard
// when the server is busy.
func (s *Server) admit(ctx context.Context, info *tap.Info) (context.Context, error) {
	r := &s.probes
	scoring := strings.HasPrefix(info.FullMethodName, "/"+servepb.Scoring_ServiceDesc.ServiceName+"/")
	watching := info.FullMethodName == grpc_health_v1.Health_Watch_FullMethodName
	switch {
	case scoring:
		r = &s.underWay
	case watching:
		r = &s.watches
	}
	if !r.enter() {
		if scoring {
			s.metrics.request(overGRPC, overload, 0, nil)
		}
		return nil, statusOf(&OverloadedError{})
	}
	done := func() {}
	if !watching {
		ctx, done = context.WithTimeout(ctx, s.options.Time)
	}
	context.AfterFunc(ctx, func() {
		done()
		r.leave()
	})
	return ctx, nil
}

// guard makes an error of a bug, where it would end the process otherwise.
func guard(ctx context.Context, in any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (out any, err error) {
	defer func() {
		if recover() != nil {
			out, err = nil, status.Error(codes.Internal, errScorer.Error())
		}
	}()
	return handle(ctx, in)
}

// untilStop ends streams when the server stops: those who watch its health would keep
// it from that.
func (s *Server) untilStop(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	ctx, done := context.WithCancel(stream.Context())
	defer done()
	stop := context.AfterFunc(s.serving, done)
	defer stop()
	return handle(srv, &endingStream{stream, ctx})
}

// endingStream is a stream with another context.
type endingStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *endingStream) Context() context.Context { return s.ctx }

// codec reads no more rows than one too many: a message of empty rows is short, and
// they would take a hundred times as much memory.
type codec struct {
	encoding.CodecV2
	rows int
}

func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	m, ok := v.(*servepb.ScoreRequest)
	if !ok {
		return c.CodecV2.Unmarshal(data, v)
	}
	text := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer text.Free()
	return proto.Unmarshal(firstRows(text.ReadOnlyData(), c.rows+1), m)
}

// firstRows cuts a message off behind so many rows.
func firstRows(message []byte, n int) []byte {
	const rows = 1 // the number of the field
	for rest := message; ; {
		field, _, size := protowire.ConsumeField(rest)
		if size <= 0 { // the end, or what is no message
			return message
		}
		rest = rest[size:]
		if field == rows {
			if n--; n == 0 {
				return message[:len(message)-len(rest)]
			}
		}
	}
}

// scoringService is the service Scoring.
type scoringService struct {
	servepb.UnimplementedScoringServer
	server *Server
}

// Score answers one request.
func (g *scoringService) Score(ctx context.Context, in *servepb.ScoreRequest) (*servepb.ScoreResponse, error) {
	begun, r := time.Now(), g.server.request()
	answer, err := g.server.answerGRPC(ctx, in, r)
	g.server.metrics.request(overGRPC, outcomeOf(err), time.Since(begun), r)
	if err != nil {
		return nil, statusOf(err)
	}
	u := answer.Unknown
	return &servepb.ScoreResponse{
		Probabilities: answer.Probabilities,
		Unknown:       &servepb.Unknown{Users: u.Users, Items: u.Items, Categories: u.Categories},
		Shortened:     answer.Shortened,
	}, nil
}

func (s *Server) answerGRPC(ctx context.Context, in *servepb.ScoreRequest, r *request) (*Answer, error) {
	if err := readMessage(in, r); err != nil {
		return nil, err
	}
	return s.score(ctx, r)
}

// readMessage reads the rows of a message.
func readMessage(in *servepb.ScoreRequest, r *request) error {
	for _, row := range in.Rows {
		if err := r.begin(); err != nil {
			return err
		}
		if err := readRow(row, r); err != nil {
			return err
		}
		if err := r.end(); err != nil {
			return err
		}
	}
	return r.done()
}

func readRow(row *servepb.Row, r *request) error {
	for _, f := range []struct {
		field, name string
		number      *uint32
		take        func(id) error
	}{
		{"user", row.User, row.UserNumber, r.user},
		{"item", row.Item, row.ItemNumber, r.item},
		{"category", row.Category, row.CategoryNumber, r.category},
	} {
		var err error
		switch {
		case f.name != "" && f.number != nil:
			return invalid(r.field(f.field), "it has both a name and a number")
		case f.name != "":
			err = f.take(named([]byte(f.name)))
		case f.number != nil:
			err = f.take(numbered(uint64(*f.number)))
		}
		if err != nil {
			return err
		}
	}
	if len(row.History) > 0 && len(row.HistoryNumbers) > 0 {
		return invalid(r.field("history"), "it has both names and numbers")
	}
	for _, name := range row.History {
		if err := r.event(named([]byte(name))); err != nil {
			return err
		}
	}
	for _, n := range row.HistoryNumbers {
		if err := r.event(numbered(uint64(n))); err != nil {
			return err
		}
	}
	return nil
}

// statusOf is an error as gRPC says it.
func statusOf(err error) error {
	var over *OverloadedError
	switch outcomeOf(err) {
	case refused:
		return status.Error(codes.InvalidArgument, err.Error())
	case overload:
		errors.As(err, &over)
		s := status.New(codes.ResourceExhausted, err.Error())
		if more, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(max(over.After, 100*time.Millisecond))}); err == nil {
			s = more
		}
		return s.Err()
	case stopping:
		return status.Error(codes.Unavailable, err.Error())
	case late:
		return status.Error(codes.DeadlineExceeded, "its time was over")
	case cancelled:
		return status.Error(codes.Canceled, "the client went away")
	}
	return status.Error(codes.Internal, errScorer.Error())
}
