package commands

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"datum/models/ctr"
	"datum/models/ctr/bundle"
	clickscore "datum/models/ctr/score"
	"datum/openvino"
	"datum/train/clicks"
)

func (a *app) benchmarkCtrCommand() *cli.Command {
	return &cli.Command{
		Name:      "ctr",
		Usage:     "say how fast a click-through model predicts on this machine",
		UsageText: "datum benchmark ctr -m MODEL [--batch N,N…] [--length N] [--precision f32|bf16] [--form sequence|loop|auto]",
		Description: `Predicts batches of random rows with histories of one length, and says how long a batch takes, in time and in time of
the processor, which other programs on the machine change less. Embeddings are looked up for each batch. With --length real,
histories are as long as those of the log are, and rows are predicted in the order of their length.

  datum benchmark ctr -m run/model.sealed -k my.key
  datum benchmark ctr -m run/model.sealed -k my.key -i log-enc --length real --batch 256

It needs the runtime: datum runtime install gets it.`,
		Flags: concat(logFlags(), clickModelFlags(), []cli.Flag{
			&cli.StringFlag{Name: "batch", Category: groupModel, Usage: "predict `N` rows at a time; several numbers have commas between them", Value: "1,16,64,256"},
			&cli.StringFlag{Name: "length", Category: groupModel, Usage: "histories of `N` events, or real, as long as those of the log; the longest that the model looks at if not given"},
			&cli.FloatFlag{Name: "time", Aliases: []string{"t"}, Usage: "measure for `SECONDS` each", Value: 2},
		}, keyFlags()),
		Action: a.benchmarkCtr,
	}
}

// clickBenchmark is what is to be measured.
type clickBenchmark struct {
	batches []int
	length  int // 0 is that of the model
	real    bool
	each    time.Duration
	score   clickscore.Options
	form    string
}

func clickBenchmarkOf(c *cli.Command) (b clickBenchmark, err error) {
	if err := noArguments(c); err != nil {
		return b, err
	}
	if b.score, err = scoring(c); err != nil {
		return b, err
	}
	b.form = c.String("form")
	for _, text := range strings.Split(c.String("batch"), ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 || n > mostClickRows {
			return b, usagef(c, "--batch is numbers from 1 to %d, not %q", mostClickRows, text)
		}
		b.batches = append(b.batches, n)
	}
	switch text := c.String("length"); text {
	case "":
	case "real":
		b.real = true
	default:
		if b.length, err = strconv.Atoi(text); err != nil || b.length < 1 {
			return b, usagef(c, "--length is a number above 0, or real, not %q", text)
		}
	}
	if b.each, err = measuringTime(c); err != nil {
		return b, err
	}
	if b.real != (c.String("input-path") != "") {
		return b, usagef(c, "--length real and a log, -i LOG, belong together")
	}
	return b, nil
}

func (a *app) benchmarkCtr(ctx context.Context, c *cli.Command) error {
	b, err := clickBenchmarkOf(c)
	if err != nil {
		return err
	}
	var l *clickLog
	if b.real {
		if l, err = a.openLog(ctx, c); err != nil {
			return err
		}
		defer l.close()
	}
	m, sealed, err := a.openClicks(ctx, c, l)
	if err != nil {
		return err
	}
	core, err := a.loadRuntime()
	if err != nil {
		return err
	}
	r := &ctrSpeed{Model: c.String("model"), ModelEncrypted: sealed, Network: m.Config.Architecture, Precision: b.score.Precision, Form: b.form}
	var rows []bundle.Row
	if b.real {
		rows, err = realRows(ctx, l, m)
	} else {
		rows = randomRows(m, b.length, slices.Max(b.batches))
	}
	if err != nil {
		return err
	}
	if longest := m.Protocol.MaxHistory; b.length > longest {
		a.Warn("the model looks at the last %d events of a history: --length is %d", longest, longest)
	}
	for i := range rows {
		r.Length += float64(len(m.Recent(rows[i].History))) / float64(len(rows))
	}
	for _, size := range b.batches {
		s, err := benchmarkClicks(ctx, core, m, rows, size, b)
		if err != nil {
			return err
		}
		r.Batches = append(r.Batches, *s)
	}
	return a.Result(r)
}

// randomRows are rows of random items, with histories of one length, at most that which
// the model looks at.
func randomRows(m *bundle.Model, length, n int) []bundle.Row {
	if most := m.Protocol.MaxHistory; length == 0 || length > most {
		length = most
	}
	random := rand.New(rand.NewPCG(1, 1))
	item := func() uint32 { return uint32(random.IntN(m.Items.Len())) }
	rows := make([]bundle.Row, n)
	for i := range rows {
		rows[i] = bundle.Row{User: uint32(random.IntN(m.Users.Len())), Item: item(), History: make([]uint32, length)}
		for k := range rows[i].History {
			rows[i].History[k] = item()
		}
	}
	return rows
}

// mostReal is how many rows of a log are predicted over and over.
const mostReal = 1 << 14

// realRows are those that eval would predict, the longest histories first.
func realRows(ctx context.Context, l *clickLog, m *bundle.Model) (rows []bundle.Row, err error) {
	p, err := protocolOf(m)
	if err != nil {
		return nil, err
	}
	var rejected int64
	of := numbersOf(l, m)
	for s, err := range l.data(p, 0).Samples(ctx, clicks.Test, &rejected) {
		if err != nil {
			return nil, l.unfit(err)
		}
		r := bundle.Row{User: of.Users[s.User], Item: of.Items[s.Item]}
		for _, h := range s.History {
			r.History = append(r.History, of.Items[h])
		}
		if rows = append(rows, r); len(rows) == mostReal {
			break
		}
	}
	if len(rows) == 0 {
		return nil, noRows(l)
	}
	slices.SortStableFunc(rows, func(a, b bundle.Row) int { return len(b.History) - len(a.History) })
	return rows, nil
}

// benchmarkClicks predicts batches of a size for so long.
func benchmarkClicks(ctx context.Context, core *openvino.Core, m *bundle.Model, rows []bundle.Row, size int, b clickBenchmark) (*batchSpeed, error) {
	s, err := clickscore.New(core, m.Network(), m.Values, b.score)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	list := slices.Collect(slices.Chunk(rows, min(size, len(rows))))
	if !b.real {
		list = list[:1]
	}
	var batch clickscore.Batch
	pass := func() error {
		for _, rows := range list {
			if err := m.Fill(&batch, rows); err != nil {
				return err
			}
			if _, err := s.Score(ctx, &batch); err != nil {
				return err
			}
		}
		return nil
	}
	if err := pass(); err != nil { // which also decides between the graphs
		return nil, err
	}
	r := &batchSpeed{Batch: size, Forms: s.Used()}
	if _, loops := r.Forms[string(ctr.Loop)+" f32"]; loops && b.form == "sequence" && m.Config.Architecture == ctr.DIEN {
		r.Note = "the sequence graph is wrong for a size here, and is not used for it"
	}
	start, cpu, least := time.Now(), cpuSeconds(), time.Duration(0)
	for time.Since(start) < b.each {
		now := time.Now()
		if err := pass(); err != nil {
			return nil, err
		}
		if took := time.Since(now); least == 0 || took < least {
			least = took
		}
		r.Count += len(list)
	}
	took, used, each := time.Since(start).Seconds(), cpuSeconds()-cpu, 0
	for _, rows := range list {
		each += len(rows)
	}
	all := float64(r.Count/len(list)) * float64(each)
	r.CPU, r.Least = used*1000/float64(r.Count), milliseconds(least)/float64(len(list))
	r.PerSecond, r.PerCPUSecond = all/took, all/max(used, 1e-9)
	return r, nil
}

// batchSpeed is how fast batches of a size are. Times are milliseconds for a batch.
type batchSpeed struct {
	Batch        int            `json:"batch"`
	Forms        map[string]int `json:"forms"`
	Count        int            `json:"count"`
	CPU          float64        `json:"cpu_ms"`
	Least        float64        `json:"least_ms"`
	PerSecond    float64        `json:"rows_per_second"`
	PerCPUSecond float64        `json:"rows_per_cpu_second"`
	Note         string         `json:"note,omitempty"`
}

// ctrSpeed is how fast a click-through model is.
type ctrSpeed struct {
	Model          string       `json:"model"`
	ModelEncrypted bool         `json:"model_encrypted"`
	Network        string       `json:"network"`
	Precision      string       `json:"precision"`
	Form           string       `json:"form"`
	Length         float64      `json:"mean_history"`
	Batches        []batchSpeed `json:"batches"`
}

func (*ctrSpeed) Kind() string { return "ctr_benchmark" }

func (r *ctrSpeed) Text(w io.Writer) {
	fmt.Fprintf(w, "%s: %s in %s, histories of %.1f events\n%8s %12s %12s %14s %16s  %s\n", r.Model, r.Network, r.Precision, r.Length,
		"batch", "CPU ms", "least ms", "rows/s", "rows/CPU-s", "graph")
	for _, b := range r.Batches {
		forms := make([]string, 0, len(b.Forms))
		for name := range b.Forms {
			forms = append(forms, name)
		}
		slices.Sort(forms)
		fmt.Fprintf(w, "%8d %12.3f %12.3f %14.0f %16.0f  %s\n", b.Batch, b.CPU, b.Least, b.PerSecond, b.PerCPUSecond, strings.Join(forms, ", "))
		if b.Note != "" {
			fmt.Fprintf(w, "%8s %s\n", "", b.Note)
		}
	}
}
