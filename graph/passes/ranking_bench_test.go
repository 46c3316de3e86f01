package passes

import (
	"math"
	"slices"
	"sort"
	"syscall"
	"testing"
	"time"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/openvino"
)

// The sizes of GPT-2.
const gptWords, gptWidth, gptCount = 50257, 768, 20

// The three benchmarks compare work after the last layer of a language model: in
// the graph, in Go as one would write it, and in Go as the document that the
// pass is taken from had it, which copies every number of every position and
// sorts them all. The time of the last layer itself is in each, and alone in
// BenchmarkLastLayer. "cpu-ms" is processor time, the least of all rounds.
func BenchmarkRankingInside(b *testing.B) {
	for _, positions := range []int64{1, 64} {
		b.Run(name(positions), func(b *testing.B) {
			measure(b, positions, true, func([]float32) int { return 0 })
		})
	}
}

func BenchmarkRankingOutside(b *testing.B) {
	for _, positions := range []int64{1, 64} {
		b.Run(name(positions), func(b *testing.B) { measure(b, positions, false, rankLast) })
	}
}

func BenchmarkRankingOutsideCopied(b *testing.B) {
	for _, positions := range []int64{1, 64} {
		b.Run(name(positions), func(b *testing.B) { measure(b, positions, false, copyAndSort) })
	}
}

func BenchmarkLastLayer(b *testing.B) {
	for _, positions := range []int64{1, 64} {
		b.Run(name(positions), func(b *testing.B) {
			measure(b, positions, false, func([]float32) int { return 0 })
		})
	}
}

func name(positions int64) string {
	if positions == 1 {
		return "1 position"
	}
	return "64 positions"
}

// lastLayer is the layer that makes a number for each word.
func lastLayer(b *testing.B, positions int64) *graph.Model {
	e := graph.NewBuilder("last")
	x := e.Parameter("x", graph.F32, 1, positions, gptWidth)
	w := make([]float32, gptWords*gptWidth)
	for i := range w {
		w[i] = float32(math.Sin(float64(i%9973))) / 8
	}
	e.Result(e.MatMul(x, e.Float32s("w", graph.Shape{gptWords, gptWidth}, w...), false, true), "logits")
	m, err := e.Model()
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// BenchmarkRankingAlone has no layer before it: numbers of 64 positions come in.
func BenchmarkRankingAlone(b *testing.B) {
	e := graph.NewBuilder("alone")
	e.Result(e.Parameter("logits", graph.F32, 1, 64, gptWords), "out")
	m, err := e.Model()
	if err != nil {
		b.Fatal(err)
	}
	if err := AddRanking(m, Ranking{Count: gptCount, LastPosition: true}); err != nil {
		b.Fatal(err)
	}
	request := compile(b, m)
	for name, f := range map[string]func([]float32) int{
		"inside": func([]float32) int {
			if err := request.Infer(b.Context()); err != nil {
				b.Fatal(err)
			}
			return 0
		},
		"outside": rankLast, "outside, copied": copyAndSort,
	} {
		b.Run(name, func(b *testing.B) {
			x := fill(b, request)
			least := time.Duration(math.MaxInt64)
			for b.Loop() {
				before := processorTime()
				f(x)
				least = min(least, processorTime()-before)
			}
			b.ReportMetric(float64(least)/1e6, "cpu-ms")
		})
	}
}

// fill puts numbers into the only input.
func fill(b *testing.B, r *openvino.Request) []float32 {
	x, err := r.Input(0)
	if err != nil {
		b.Fatal(err)
	}
	for i := range x.Float32s() {
		x.Float32s()[i] = float32(math.Cos(float64(i)))
	}
	return x.Float32s()
}

func measure(b *testing.B, positions int64, inside bool, after func([]float32) int) {
	m := lastLayer(b, positions)
	if inside {
		if err := AddRanking(m, Ranking{Count: gptCount, LastPosition: true}); err != nil {
			b.Fatal(err)
		}
	}
	request := compile(b, m)
	fill(b, request)
	least := time.Duration(math.MaxInt64)
	for b.Loop() {
		before := processorTime()
		if err := request.Infer(b.Context()); err != nil {
			b.Fatal(err)
		}
		after(logits(request))
		least = min(least, processorTime()-before)
	}
	b.ReportMetric(float64(least)/1e6, "cpu-ms")
}

func compile(b *testing.B, m *graph.Model) *openvino.Request {
	return openvinotest.Ready(b, m.XML(), m.Weights().Bytes(), openvino.CompileOptions{Threads: 1})
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func logits(r *openvino.Request) []float32 {
	t, err := r.Output(0)
	if err != nil {
		panic(err)
	}
	return t.Float32s()
}

// rankLast keeps the greatest numbers of the last position in a short list.
func rankLast(all []float32) int {
	type word struct {
		logit float32
		id    int
	}
	top := make([]word, 0, gptCount+1)
	for id, v := range all[len(all)-gptWords:] {
		if len(top) == gptCount && v <= top[gptCount-1].logit {
			continue
		}
		at := sort.Search(len(top), func(i int) bool { return top[i].logit < v })
		top = slices.Insert(top, at, word{v, id})
		top = top[:min(len(top), gptCount)]
	}
	sum := 0.0
	for _, w := range top {
		sum += math.Exp(float64(w.logit - top[0].logit))
	}
	return top[0].id + int(sum)
}

// copyAndSort copies all numbers one by one, and sorts those of the last
// position.
func copyAndSort(all []float32) int {
	var copied []float32
	//lint:ignore S1011 this is what is measured
	for _, v := range all {
		copied = append(copied, v)
	}
	lastOnes := copied[len(copied)-gptWords:]
	ids := make([]int, gptWords)
	for i := range ids {
		ids[i] = i
	}
	slices.SortFunc(ids, func(a, b int) int {
		switch {
		case lastOnes[a] > lastOnes[b]:
			return -1
		case lastOnes[a] < lastOnes[b]:
			return 1
		}
		return 0
	})
	sum := 0.0
	for _, id := range ids[:gptCount] {
		sum += math.Exp(float64(lastOnes[id] - lastOnes[ids[0]]))
	}
	return ids[0] + int(sum)
}
