package optimize

import (
	"errors"
	"slices"
	"testing"

	"datum/graph"
	"datum/graph/passes/recurrent"
	"datum/internal/openvinotest"
)

// compared checks two models, as if one had been rewritten into the other.
func compared(t *testing.T, before, after *graph.Model) error {
	t.Helper()
	c := &checker{core: openvinotest.Core(t), options: Options{Sizes: few}, report: &Report{Report: &recurrent.Report{}}, inputs: inputsOf(before)}
	defer c.close()
	if err := c.compile(before.XML(), before.Weights().Bytes(), after); err != nil {
		t.Fatal(err)
	}
	return c.check(t.Context())
}

// ending returns what a history has at its end, or, where it is wrong, at its beginning. The
// lengths are so many numbers, and there are users, of whom each row has one.
func ending(t *testing.T, wrong bool, lengths ...int64) *graph.Model {
	t.Helper()
	b := graph.NewBuilder("ending")
	x := b.Parameter("history", graph.F32, -1, -1, 4)
	l := b.Parameter("lengths", graph.I32, lengths...)
	user := b.Parameter("user", graph.I32, -1, 1)
	if len(lengths) == 2 {
		l = b.Reshape(l, -1)
	}
	at := b.Sub(l, b.Scalar(graph.I32, 1))
	if wrong {
		at = b.Mul(at, b.Scalar(graph.I32, 0))
	}
	end := b.Squeeze(b.GatherBatch(x, b.Unsqueeze(at, 1), 1, 1), 1)
	table := b.Float32s("table", graph.Shape{3, 4}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	b.Result(b.Add(end, b.Squeeze(b.Gather(table, user, 0), 1)), "end")
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Histories have more than a step in the comparisons, also where their lengths are a column,
// and where there is another one: else what only the first step is right of would pass.
func TestLengthsOfColumns(t *testing.T) {
	for _, lengths := range [][]int64{{-1}, {-1, 1}} {
		right := ending(t, false, lengths...)
		if err := compared(t, right, ending(t, false, lengths...)); err != nil {
			t.Errorf("lengths %v, the same model: %v", lengths, err)
		}
		if err := compared(t, right, ending(t, true, lengths...)); !errors.Is(err, ErrDiffers) {
			t.Errorf("lengths %v, another model: %v", lengths, err)
		}
	}
}

// How long histories are follows from what has steps.
func TestExtent(t *testing.T) {
	history := input{shape: graph.Shape{-1, -1}, role: rows}
	facts := input{shape: graph.Shape{8, 10, 4}}
	user := input{shape: graph.Shape{-1, 1}, role: rows}
	for name, test := range map[string]struct {
		inputs  []input
		longest int
	}{
		"a user behind":   {[]input{history, user}, 20},
		"a user before":   {[]input{user, history}, 20},
		"a user alone":    {[]input{user}, 20},
		"of a known size": {[]input{facts, user}, 10},
		"both":            {[]input{facts, history}, 20},
	} {
		b := newBatch(Size{8, 20}, rowsFirst, test.inputs, 1)
		if len(b.ends) != 8 || slices.Max(b.ends) != test.longest {
			t.Errorf("%s: %v", name, b.ends)
		}
	}
}

// Models that say no number at all are not taken for equal.
func TestNothingToCompare(t *testing.T) {
	model := func(by float64) *graph.Model {
		b := graph.NewBuilder("nothing")
		x := b.Parameter("x", graph.F32, -1, -1, 4)
		none := b.Log(b.Sub(b.Scalar(graph.F32, -1), b.Mul(x, x)))
		b.Result(b.Mul(none, b.Scalar(graph.F32, by)), "none")
		m, err := b.Model()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if err := compared(t, model(1), model(2)); !errors.Is(err, ErrUnchecked) {
		t.Error(err)
	}
}
