package commands

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"datum/crypto/key"
	"datum/formats"
	"datum/internal/workers"
	"datum/models/metadata"
	"datum/models/predict"
	"datum/openvino"
	"datum/train/loader"
)

func (a *app) benchmarkCommand() *cli.Command {
	return &cli.Command{
		Name:      "benchmark",
		Usage:     "say how fast a model is on this machine",
		UsageText: "datum benchmark -m MODEL [-t SECONDS] [--hint latency|throughput] [-i DATASET] [--encryption-key-file FILE]",
		Description: `Runs the bare model with inputs of zeros, as OpenVINO's benchmark_app does, and prints the same numbers.
Inputs whose size is open get that of --input-size, or what the model says of itself. With -i, the pictures of a
dataset are read, decrypted, decoded, resized and run through the model, over and over, and what comes out is read.

  datum benchmark -m net.onnx
  datum benchmark -m net.onnx --hint latency --requests 1
  datum benchmark -m net.sealed -i photos-enc -k my.key

It needs the runtime: datum runtime install gets it.`,
		Flags: concat(inputFlags(), []cli.Flag{subsetFlag()}, modelFlags(), visionFlags(), []cli.Flag{
			&cli.FloatFlag{Name: "time", Aliases: []string{"t"}, Usage: "measure for `SECONDS`", Value: 10},
			&cli.StringFlag{Name: "hint", Usage: "what the model is compiled `FOR`: throughput or latency", Value: "throughput"},
		}, formatFlags(a.registry, reads), keyFlags()),
		Commands: []*cli.Command{a.benchmarkCtrCommand()},
		Action:   a.benchmark,
	}
}

func (a *app) benchmark(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	o, err := benchmarkOptions(c)
	if err != nil {
		return err
	}
	duration, err := measuringTime(c)
	if err != nil {
		return err
	}
	if c.IsSet("input-path") {
		return a.benchmarkDataset(ctx, c, o, duration)
	}
	f, err := a.openModel(c, (*key.Key)(nil))
	if err != nil {
		return err
	}
	defer f.Close()
	core, err := a.loadRuntime()
	if err != nil {
		return err
	}
	compiled, b, err := a.compileBare(ctx, c, core, f, o)
	if err != nil {
		return err
	}
	defer compiled.Close()
	return a.measure(ctx, c, compiled, b, duration)
}

// benchmarkOptions checks the options and returns how the model is compiled.
func benchmarkOptions(c *cli.Command) (openvino.CompileOptions, error) {
	v, err := visionOptions(c)
	if err != nil {
		return v.Compile, err
	}
	switch hint := c.String("hint"); hint {
	case "throughput":
	case "latency":
		v.Compile.Hint = openvino.Latency
	default:
		return v.Compile, usagef(c, "--hint is throughput or latency, not %q", hint)
	}
	return v.Compile, nil
}

// measuringTime returns for how long to measure.
func measuringTime(c *cli.Command) (time.Duration, error) {
	const longest = 24 * 3600
	seconds := c.Float("time")
	if !(seconds > 0 && seconds <= longest) {
		return 0, usagef(c, "--time is more than 0 and at most %d seconds, not %v", longest, seconds)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// benchmarkDataset runs the model over the pictures of a dataset for so long.
func (a *app) benchmarkDataset(ctx context.Context, c *cli.Command, compile openvino.CompileOptions, duration time.Duration) error {
	m, o, f, err := a.modelInput(ctx, c)
	if err != nil {
		return err
	}
	defer m.Close()
	defer f.Close()
	ds, err := m.Open(ctx, o.ImportOptions)
	if err != nil {
		return err
	}
	defer ds.Close()
	r, err := a.ready(ctx, c, f, func(p *predict.Options, about *metadata.Metadata) {
		scoreOf(c, p, about)
		p.Compile, p.Skip = compile, o.Skip
	})
	if err != nil {
		return err
	}
	defer r.Close()
	b := &pictureSpeed{Path: ds.Path(), Encrypted: m.Encrypted, Model: r.path, ModelEncrypted: r.sealed, Hint: string(compile.Hint), Requests: r.Requests()}
	load := a.loading(c, o)
	start := time.Now()
	for time.Since(start) < duration {
		before := b.Count
		for _, err := range r.Run(ctx, loader.Samples(ctx, ds, r.Loading(load))) {
			if err != nil {
				return err
			}
			if b.Count++; time.Since(start) >= duration {
				break
			}
		}
		if b.Count == before {
			return a.noPicture(o.Skip, "there is no picture to run the model on")
		}
	}
	elapsed := time.Since(start)
	b.Duration, b.Throughput = milliseconds(elapsed), float64(b.Count)/elapsed.Seconds()
	if err := a.Result(b); err != nil {
		return err
	}
	return a.skipped(o.Skip)
}

// pictureSpeed is how fast a model is with the pictures of a dataset.
type pictureSpeed struct {
	Path           string  `json:"path"`
	Encrypted      bool    `json:"encrypted"`
	Model          string  `json:"model"`
	ModelEncrypted bool    `json:"model_encrypted"`
	Hint           string  `json:"hint"`
	Requests       int     `json:"requests"`
	Count          int     `json:"count"`
	Duration       float64 `json:"duration_ms"`
	Throughput     float64 `json:"throughput_fps"`
}

func (*pictureSpeed) Kind() string { return "benchmark" }

func (b *pictureSpeed) Text(w io.Writer) {
	fmt.Fprintf(w, "%s on the pictures of %s, %s, %d requests\nCount:               %d pictures\nDuration:            %.2f ms\nThroughput:          %.2f FPS\n",
		b.Model, b.Path, b.Hint, b.Requests, b.Count, b.Duration, b.Throughput)
}

// compileBare compiles a model as it is, but for sizes that are open.
func (a *app) compileBare(ctx context.Context, c *cli.Command, core *openvino.Core, f *opened, o openvino.CompileOptions) (*openvino.Compiled, *speed, error) {
	b := &speed{Model: f.Path, ModelEncrypted: f.Sealed, Hint: string(o.Hint), Precision: o.Precision}
	start := time.Now()
	bytes, model, err := a.readModel(ctx, core, f.File)
	if err != nil {
		return nil, nil, err
	}
	defer bytes.Close()
	defer model.Close()
	b.Read = milliseconds(time.Since(start))
	if err := closeShapes(c, model, metadata.Parse(bytes.Model)); err != nil {
		return nil, nil, &formats.Error{Path: f.Path, Err: err}
	}
	start = time.Now()
	compiled, err := core.Compile(model, o)
	if err != nil {
		return nil, nil, &formats.Error{Path: f.Path, Err: err}
	}
	b.Compile = milliseconds(time.Since(start))
	return compiled, b, nil
}

// closeShapes gives the open dimensions of inputs a size.
func closeShapes(c *cli.Command, model *openvino.Model, about metadata.Metadata) error {
	inputs, err := model.Inputs()
	if err != nil {
		return err
	}
	width, height, err := inputSize(c)
	if err != nil {
		return err
	}
	width, height = max(width, about.Width), max(height, about.Height)
	shapes := map[string]openvino.PartialShape{}
	for _, in := range inputs {
		if _, static := in.Shape.Static(); static {
			continue
		}
		shape := slices.Clone(in.Shape)
		for i, d := range shape {
			size := 1
			switch {
			case d.Static():
				continue
			case len(shape) == 4 && i > 0 && width == 0:
				return formats.WithHint(formats.Reason(formats.ErrUsage, "its input %s is %v", in.Name, in.Shape), "--input-size says how large pictures are")
			case len(shape) == 4 && (i == 3 || i == 2 && shape[3].Static()):
				size = width
			case len(shape) == 4 && i > 0:
				size = height
			}
			shape[i] = openvino.Dim{Min: int64(size), Max: int64(size)}
		}
		shapes[in.Name] = shape
	}
	if len(shapes) == 0 {
		return nil
	}
	return model.Reshape(shapes)
}

// measure runs inferences for so long, several at a time.
func (a *app) measure(ctx context.Context, c *cli.Command, compiled *openvino.Compiled, b *speed, duration time.Duration) error {
	n := c.Int("requests")
	if n == 0 {
		text, err := compiled.Property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
		if err != nil {
			return err
		}
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			n = 1
		}
	}
	requests := make([]*openvino.Request, n)
	for i := range requests {
		r, err := compiled.NewRequest()
		if err != nil {
			return err
		}
		defer r.Close()
		requests[i] = r
	}
	start := time.Now()
	if err := requests[0].Infer(ctx); err != nil {
		return err
	}
	b.First, b.Requests = milliseconds(time.Since(start)), n
	took, elapsed, err := together(ctx, requests, duration)
	if err != nil {
		return err
	}
	b.count(took, elapsed)
	return a.Result(b)
}

// together runs inferences on all requests at a time, and returns how long each
// took, in order of their length.
func together(ctx context.Context, requests []*openvino.Request, duration time.Duration) (took []time.Duration, elapsed time.Duration, err error) {
	pool := workers.NewPool(len(requests))
	defer pool.Close()
	start := time.Now()
	var running []*workers.Future[[]time.Duration]
	for _, r := range requests {
		running = append(running, workers.Go(pool, func() (mine []time.Duration, err error) {
			for last := start; err == nil && time.Since(start) < duration; {
				err = r.Infer(ctx)
				now := time.Now()
				mine = append(mine, now.Sub(last))
				last = now
			}
			return mine, err
		}))
	}
	for _, f := range running {
		mine, failed := f.Wait()
		took = append(took, mine...)
		err = cmp.Or(err, failed)
	}
	elapsed = time.Since(start)
	slices.Sort(took)
	return took, elapsed, err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// speed is how fast a model is. Times are milliseconds.
type speed struct {
	Model          string  `json:"model"`
	ModelEncrypted bool    `json:"model_encrypted"`
	Hint           string  `json:"hint"`
	Precision      string  `json:"precision"`
	Requests       int     `json:"requests"`
	Read           float64 `json:"read_ms"`
	Compile        float64 `json:"compile_ms"`
	First          float64 `json:"first_inference_ms"`
	Count          int     `json:"count"`
	Duration       float64 `json:"duration_ms"`
	Median         float64 `json:"latency_median_ms"`
	Average        float64 `json:"latency_average_ms"`
	Min            float64 `json:"latency_min_ms"`
	Max            float64 `json:"latency_max_ms"`
	P90            float64 `json:"latency_p90_ms"`
	P95            float64 `json:"latency_p95_ms"`
	P99            float64 `json:"latency_p99_ms"`
	Throughput     float64 `json:"throughput_fps"`
}

// count fills in what times say, which are in order.
func (b *speed) count(took []time.Duration, elapsed time.Duration) {
	at := func(percent int) float64 { return milliseconds(took[(len(took)-1)*percent/100]) }
	var sum time.Duration
	for _, d := range took {
		sum += d
	}
	b.Count, b.Duration = len(took), milliseconds(elapsed)
	b.Median, b.P90, b.P95, b.P99, b.Min, b.Max = at(50), at(90), at(95), at(99), at(0), at(100)
	b.Average = milliseconds(sum) / float64(len(took))
	b.Throughput = float64(len(took)) / elapsed.Seconds()
}

func (*speed) Kind() string { return "benchmark" }

func (b *speed) Text(w io.Writer) {
	fmt.Fprintf(w, `%s, %s, %s, %d requests
Read model:          %.2f ms
Compile model:       %.2f ms
First inference:     %.2f ms
Count:               %d iterations
Duration:            %.2f ms
Latency:
   Median:           %.2f ms
   Average:          %.2f ms
   Min:              %.2f ms
   Max:              %.2f ms
   90/95/99 %%:       %.2f / %.2f / %.2f ms
Throughput:          %.2f FPS
`, b.Model, b.Hint, b.Precision, b.Requests, b.Read, b.Compile, b.First, b.Count, b.Duration,
		b.Median, b.Average, b.Min, b.Max, b.P90, b.P95, b.P99, b.Throughput)
}
