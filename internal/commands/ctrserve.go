package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"
	"google.golang.org/grpc/grpclog"

	"datum/formats"
	"datum/models/ctr/bundle"
	clickscore "datum/models/ctr/score"
	"datum/models/ctr/serve"
	"datum/openvino"
)

// groupServer is the heading of the options about a server.
const groupServer = "server"

func (a *app) serveCommand() *cli.Command {
	return &cli.Command{
		Name:      "serve",
		Usage:     "answer requests with a model",
		UsageText: "datum serve ctr -m MODEL [options]",
		Commands: []*cli.Command{{
			Name:      "ctr",
			Usage:     "say how probable clicks are, over gRPC and HTTP",
			UsageText: "datum serve ctr -m MODEL [-k KEYFILE] [--listen ADDRESS] [--listen-grpc ADDRESS] [options]",
			Description: `Loads a model that datum train ctr has made, and answers until it is interrupted: JSON over HTTP at the one address, with /healthz, /readyz and
/metrics, gRPC at the other. An address is HOST:PORT or unix:PATH, a socket that only the same user can open. Without any, HTTP is at ` + defaultHTTP + ` and
gRPC at ` + defaultGRPC + `. Nothing is encrypted on the way and nobody is asked who he is, so it listens for this machine only.

  datum serve ctr -m click.model -k my.key
  datum serve ctr -m click.model --listen unix:/run/user/1000/click.sock
  curl --json '{"rows":[{"user":"u7","item":"i3","history":["i1","i9"]}]}' http://` + defaultHTTP + `/v1/score

Requests that come at the same time are scored together. docs/serving.md has the protocols and the limits.`,
			Flags:  concat(serveFlags(), keyFlags()),
			Action: a.serveClicks,
		}},
	}
}

const (
	defaultHTTP = "127.0.0.1:8480"
	defaultGRPC = "127.0.0.1:8481"
)

func serveFlags() []cli.Flag {
	d := serve.Defaults
	return []cli.Flag{
		clickModelFlag(),
		&cli.StringFlag{Name: "precision", Category: groupModel, Usage: "compute in `TYPE`: f32 or bf16", Value: "f32"},
		&cli.IntFlag{Name: "scorers", Category: groupModel, Usage: "score `N` batches at a time; 0 is one for every two processors"},
		&cli.IntFlag{Name: "threads", Category: groupModel, Usage: "score a batch on `N` threads; more than one help where batches are large", Value: 1},
		&cli.StringFlag{Name: "listen", Category: groupServer, Usage: "the `ADDRESS` for HTTP, HOST:PORT or unix:PATH"},
		&cli.StringFlag{Name: "listen-grpc", Category: groupServer, Usage: "the `ADDRESS` for gRPC, HOST:PORT or unix:PATH"},
		&cli.BoolFlag{Name: "allow-remote", Category: groupServer, Usage: "listen also where other machines can reach it: they can then ask without a password, and whoever is between can read it"},
		&cli.IntFlag{Name: "batch", Category: groupServer, Usage: "score up to `N` rows together", Value: d.BatchRows},
		&cli.DurationFlag{Name: "batch-delay", Category: groupServer, Usage: "let the first row of a batch wait for others for `TIME`, such as 2ms; 0 takes those that came while the last batch was scored"},
		&cli.IntFlag{Name: "queue", Category: groupServer, Usage: "refuse requests where `N` rows wait already", Value: d.Queue},
		&cli.IntFlag{Name: "max-rows", Category: groupServer, Usage: "refuse requests of more than `N` rows", Value: d.Rows},
		&cli.IntFlag{Name: "max-history", Category: groupServer, Usage: "refuse histories of more than `N` items; the model uses the last of them", Value: d.History},
		&cli.Int64Flag{Name: "max-request-bytes", Category: groupServer, Usage: "refuse requests of more than `N` bytes", Value: d.Body},
		&cli.IntFlag{Name: "max-requests", Category: groupServer, Usage: "refuse requests where `N` are under way already", Value: d.Requests},
		&cli.IntFlag{Name: "max-connections", Category: groupServer, Usage: "let connections wait where `N` are open already, at each address", Value: d.Connections},
		&cli.DurationFlag{Name: "timeout", Category: groupServer, Usage: "give up requests that take longer than `TIME`", Value: d.Time},
		&cli.DurationFlag{Name: "grace", Category: groupServer, Usage: "when it is to stop, answer what was taken for `TIME`", Value: d.Grace},
	}
}

// serveOptions returns what serveFlags say.
func serveOptions(c *cli.Command) (o serve.Options, err error) {
	const most = 1 << 24
	for _, name := range []string{"batch", "queue", "max-rows", "max-history", "max-requests", "max-connections"} {
		if err := within(c, name, 1, most); err != nil {
			return o, err
		}
	}
	if n := c.Int64("max-request-bytes"); n < 1 || n > 1<<30 {
		return o, usagef(c, "--max-request-bytes is from 1 to %d, not %d", 1<<30, n)
	}
	for _, name := range []string{"batch-delay", "timeout", "grace"} {
		if d := c.Duration(name); d < 0 || d > 24*time.Hour || d == 0 && name != "batch-delay" {
			return o, usagef(c, "--%s is a time such as 500ms or 10s, not %v", name, d)
		}
	}
	if err := clickPrecision(c); err != nil {
		return o, err
	}
	if err := within(c, "threads", 1, mostThreads); err != nil {
		return o, err
	}
	if err := within(c, "scorers", 0, mostThreads); err != nil {
		return o, err
	}
	o.Limits = serve.Limits{
		Rows: c.Int("max-rows"), History: c.Int("max-history"), Body: c.Int64("max-request-bytes"), Requests: c.Int("max-requests"),
		Connections: c.Int("max-connections"), Queue: c.Int("queue"), Time: c.Duration("timeout"),
	}
	o.BatchRows, o.BatchDelay, o.Grace, o.Version = c.Int("batch"), c.Duration("batch-delay"), c.Duration("grace"), release
	if o.Queue < o.Rows {
		return o, usagef(c, "--queue is at least --max-rows")
	}
	return o, nil
}

// An addressed protocol is where one of the two is to be listened for.
type addressed struct {
	*serve.Address
	text string
	grpc bool
}

// addresses returns where to listen. Nothing is opened yet.
func (a *app) addresses(ctx context.Context, c *cli.Command) ([]addressed, error) {
	http, grpc := c.String("listen"), c.String("listen-grpc")
	if http == "" && grpc == "" {
		http, grpc = defaultHTTP, defaultGRPC
	}
	var list []addressed
	for _, p := range []addressed{{text: http}, {text: grpc, grpc: true}} {
		if p.text == "" {
			continue
		}
		var err error
		if p.Address, err = serve.ParseAddress(ctx, p.text); err != nil {
			return nil, usagef(c, "%v", err)
		}
		if p.Remote && !c.Bool("allow-remote") {
			return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s can be reached from other machines, and the server neither encrypts nor asks for a password", p.text),
				"127.0.0.1 and unix:PATH are for this machine only; --allow-remote listens there all the same")
		}
		if p.Remote {
			a.Warn("everybody who reaches %s can ask for predictions, and read those of others on the way", p.text)
		}
		list = append(list, p)
	}
	return list, nil
}

// open listens at an address.
func (p *addressed) open() (l net.Listener, err error) {
	if p.Socket != "" {
		return listen(p.Socket)
	}
	l, err = net.Listen("tcp", p.Port)
	if err != nil {
		var call *net.OpError
		if errors.As(err, &call) {
			err = call.Err
		}
		err = fmt.Errorf("%s: %w", p.text, err)
		if errors.Is(err, syscall.EADDRINUSE) {
			err = formats.WithHint(err, "--listen and --listen-grpc name other addresses; with the port 0 the system chooses a free one")
		}
		return nil, err
	}
	return l, nil
}

func (a *app) serveClicks(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	o, err := serveOptions(c)
	if err != nil {
		return err
	}
	where, err := a.addresses(ctx, c)
	if err != nil {
		return err
	}
	m, _, err := a.openClicks(ctx, c, nil)
	if err != nil {
		return err
	}
	if m.Config.Reference {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%w", serve.ErrReference), "one that is trained without --reference can be")
	}
	core, err := a.loadRuntime()
	if err != nil {
		return err
	}
	o.Vocabulary, o.Longest = serve.Names(m), m.Protocol.MaxHistory
	n := c.Int("scorers")
	if n == 0 {
		n = (runtime.GOMAXPROCS(0) + 1) / 2
	}
	for range n {
		s, err := a.clickScorer(ctx, c, core, m, o.BatchRows)
		if err != nil {
			return err
		}
		defer s.Close()
		o.Scorers = append(o.Scorers, s)
	}
	o.Failed = func(err error) { a.Warn("%v", err) }
	return a.listenAndServe(ctx, o, where)
}

// clickScorer makes a model ready, so that the first request is answered as fast as
// those after it.
func (a *app) clickScorer(ctx context.Context, c *cli.Command, core *openvino.Core, m *bundle.Model, rows int) (*serve.Network, error) {
	s, err := clickscore.New(core, m.Network(), m.Values, clickscore.Options{Precision: c.String("precision"), Threads: c.Int("threads")})
	if err != nil {
		return nil, err
	}
	n, err := serve.NewNetwork(s, m, rows)
	if err != nil {
		s.Close()
		return nil, err
	}
	if err := n.WarmUp(ctx); err != nil {
		n.Close()
		return nil, err
	}
	s.Settle()
	for _, note := range s.Notes() {
		a.Detail("%s", note)
	}
	return n, nil
}

func (a *app) listenAndServe(ctx context.Context, o serve.Options, where []addressed) error {
	s, err := serve.New(o)
	if err != nil {
		return err
	}
	// What gRPC logs may have in it what clients sent.
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
	var listeners []serve.Listener
	defer func() {
		for _, l := range listeners {
			l.Close()
		}
	}()
	for _, p := range where {
		l, err := p.open()
		if err != nil {
			return err
		}
		listeners = append(listeners, serve.Listener{Listener: l, GRPC: p.grpc, Hosts: p.Hosts})
	}
	for i, l := range listeners {
		at := where[i].Socket
		if at == "" {
			at = l.Addr().String()
		}
		a.Note("%s at %s", map[bool]string{false: "HTTP", true: "gRPC"}[l.GRPC], at)
	}
	err = s.Serve(ctx, listeners...)
	if errors.Is(err, serve.ErrCutOff) && ctx.Err() != nil {
		a.Warn("%v", err)
		err = nil
	}
	return err
}
