package parameters_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"datum/graph"
	"datum/train/parameters"
)

func weight(name string, shape ...int64) parameters.Parameter {
	return parameters.Parameter{Name: name, Shape: shape, Init: parameters.He(3), Decay: true}
}

func set(t *testing.T, list ...parameters.Parameter) *parameters.Set {
	t.Helper()
	s, err := parameters.NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSetRefuses(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]parameters.Parameter{
		"no name":         {weight("", 1)},
		"a long name":     {weight(strings.Repeat("x", 2000), 1)},
		"a name of bytes": {weight("\xff", 1)},
		"twice":           {weight("a", 1), weight("b", 1), weight("a", 2)},
		"no elements":     {weight("a", 3, 0)},
		"an unknown size": {weight("a", -1)},
		"no rank":         {{Name: "a", Shape: graph.Unranked()}},
		"too large":       {weight("a", 1<<20, 1<<20)},
		"all too large":   {weight("a", 1<<30), weight("b", 1<<30), weight("c", 1)},
	} {
		if _, err := parameters.NewSet(list...); !errors.Is(err, parameters.ErrSet) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s := set(t, weight("a")); s.All()[0].Size() != 1 {
		t.Error("a single number")
	}
}

// What a parameter is at first depends on its name and the seed, and on nothing else.
func TestInitial(t *testing.T) {
	t.Parallel()
	a, b := weight("a", 4, 3), weight("b", 1000)
	both, more := set(t, a, b).Initial(1), set(t, b, weight("c", 7), a).Initial(1)
	for _, name := range []string{"a", "b"} {
		if !slices.Equal(both[name], more[name]) {
			t.Errorf("%s depends on what else there is", name)
		}
	}
	if slices.Equal(both["b"], set(t, b).Initial(2)["b"]) {
		t.Error("the seed does not matter")
	}
	if slices.Equal(both["b"][:12], both["a"]) {
		t.Error("two parameters are alike")
	}
	for name, test := range map[string]struct {
		init                 parameters.Initializer
		mean, deviation, max float64
	}{
		"he":       {parameters.He(8), 0, 0.5, 3},
		"normal":   {parameters.Normal(2), 0, 2, 12},
		"uniform":  {parameters.Uniform(3), 0, 3 / math.Sqrt(3), 3},
		"xavier":   {parameters.Xavier(2, 4), 0, 1 / math.Sqrt(3), 1},
		"constant": {parameters.Constant(4), 4, 0, 4},
		"zeros":    {nil, 0, 0, 0},
	} {
		const n = 100_000
		p := parameters.Parameter{Name: name, Shape: graph.Shape{n}, Init: test.init}
		sum, squares, greatest := 0.0, 0.0, 0.0
		for _, v := range set(t, p).Initial(9)[name] {
			sum += float64(v)
			squares += float64(v) * float64(v)
			greatest = max(greatest, math.Abs(float64(v)))
		}
		mean := sum / n
		deviation := math.Sqrt(max(0, squares/n-mean*mean))
		if math.Abs(mean-test.mean) > 0.02*max(0.1, test.deviation) || math.Abs(deviation-test.deviation) > 0.01*test.deviation+1e-6 || greatest > test.max {
			t.Errorf("%s: mean %v, deviation %v, at most %v", name, mean, deviation, greatest)
		}
	}
	// The numbers of a seed are part of what a recipe of training says: they stay.
	first := set(t, weight("layer.weight", 3)).Initial(42)["layer.weight"]
	if want := []float32{0.3986828, 0.25513256, 0.36640823}; !slices.Equal(first, want) {
		t.Errorf("%v and not %v", first, want)
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	a := weight("a", 2, 3)
	base := set(t, a, weight("b", 4)).Hash()
	other := a
	other.Init = parameters.Constant(1)
	if set(t, other, weight("b", 4)).Hash() != base {
		t.Error("first values matter")
	}
	statistic, plain := a, a
	statistic.Statistic, plain.Decay = true, false
	seen := map[[32]byte]string{base: "base"}
	for name, s := range map[string]*parameters.Set{
		"another name":  set(t, weight("aa", 2, 3), weight("b", 4)),
		"another shape": set(t, weight("a", 3, 2), weight("b", 4)),
		"another order": set(t, weight("b", 4), a),
		"fewer":         set(t, a),
		"a statistic":   set(t, statistic, weight("b", 4)),
		"no decay":      set(t, plain, weight("b", 4)),
		"frozen":        set(t, a, weight("b", 4)).Freeze(func(p parameters.Parameter) bool { return p.Name == "b" }),
	} {
		if twin, ok := seen[s.Hash()]; ok {
			t.Errorf("%s is like %s", name, twin)
		}
		seen[s.Hash()] = name
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	s := set(t, weight("a", 2), weight("b", 1))
	for name, v := range map[string]parameters.Values{
		"nothing":  nil,
		"missing":  {"a": {1, 2}},
		"too few":  {"a": {1}, "b": {1}},
		"too many": {"a": {1, 2, 3}, "b": {1}},
		"NaN":      {"a": {1, float32(math.NaN())}, "b": {1}},
		"infinite": {"a": {1, 2}, "b": {float32(math.Inf(-1))}},
	} {
		if err := s.Check(v); !errors.Is(err, parameters.ErrSet) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := parameters.Constants(graph.NewBuilder("x"), s, v); err == nil {
			t.Errorf("%s are constants", name)
		}
	}
	if err := s.Check(parameters.Values{"a": {1, 2}, "b": {3}, "more": {4}}); err != nil {
		t.Error(err)
	}
}

func TestTensors(t *testing.T) {
	t.Parallel()
	mean := parameters.Parameter{Name: "mean", Shape: graph.Shape{2}, Statistic: true}
	held := parameters.Parameter{Name: "held", Shape: graph.Shape{2}, Statistic: true, Frozen: true}
	s := set(t, weight("a", 2), mean, held)
	tensors := func(training bool) (*graph.Builder, *parameters.Tensors) {
		b := graph.NewBuilder("x")
		at := map[string]*graph.Output{}
		for _, p := range s.All() {
			at[p.Name] = b.ParameterOf(p.Name, graph.F32, p.Shape)
		}
		return b, parameters.NewTensors(b, s, at, training)
	}
	b, p := tensors(true)
	two := b.Float32s("", graph.Shape{2}, 1, 2)
	p.Update("mean", two)
	p.Update("held", two)
	if b.Err() != nil || p.Updated("mean") != two || p.Updated("held") != nil || p.Updated("a") != nil || !p.Training() {
		t.Errorf("%v", b.Err())
	}
	for name, bad := range map[string]func(b *graph.Builder, p *parameters.Tensors){
		"of no parameter": func(_ *graph.Builder, p *parameters.Tensors) { p.Get("other") },
		"of a weight":     func(b *graph.Builder, p *parameters.Tensors) { p.Update("a", b.Float32s("", graph.Shape{2}, 1, 2)) },
		"of nothing":      func(b *graph.Builder, p *parameters.Tensors) { p.Update("other", b.Float32s("", graph.Shape{2}, 1, 2)) },
		"another shape":   func(b *graph.Builder, p *parameters.Tensors) { p.Update("mean", b.Float32s("", graph.Shape{1}, 1)) },
		"another type":    func(b *graph.Builder, p *parameters.Tensors) { p.Update("mean", b.Int64s(1, 2)) },
		"nil":             func(_ *graph.Builder, p *parameters.Tensors) { p.Update("mean", nil) },
		"twice": func(_ *graph.Builder, p *parameters.Tensors) {
			p.Update("mean", p.Get("a"))
			p.Update("mean", p.Get("a"))
		},
	} {
		b, p := tensors(true)
		bad(b, p)
		if !errors.Is(b.Err(), parameters.ErrSet) {
			t.Errorf("%s: %v", name, b.Err())
		}
	}
	b, p = tensors(false)
	p.Update("mean", nil)
	if b.Err() != nil || p.Training() {
		t.Error("what does not train does not care for statistics")
	}
	c, err := parameters.Constants(b, s, s.Initial(1))
	if err != nil || !c.Get("a").IsConst() || c.Training() {
		t.Error(err)
	}
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	set, err := parameters.NewSet(parameters.Parameter{Name: "a", Shape: graph.Shape{2}}, parameters.Parameter{Name: "head", Shape: graph.Shape{3}}, parameters.Parameter{Name: "new", Shape: graph.Shape{1}})
	if err != nil {
		t.Fatal(err)
	}
	from, err := parameters.NewSet(parameters.Parameter{Name: "a", Shape: graph.Shape{2}}, parameters.Parameter{Name: "head", Shape: graph.Shape{1, 3}})
	if err != nil {
		t.Fatal(err)
	}
	values := set.Initial(1)
	left := set.Adopt(values, from, parameters.Values{"a": {1, 2}, "head": {3, 4, 5}})
	if want := []string{"head", "new"}; !slices.Equal(left, want) || !slices.Equal(values["a"], []float32{1, 2}) || values["head"][0] != 0 {
		t.Errorf("left %v, values %v", left, values)
	}
}
