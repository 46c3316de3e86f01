package embedding

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func newTable(t *testing.T, rows, width int) *Table {
	t.Helper()
	table, err := New(rows, width, Glorot(rows, width), 1)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// slow is Adam of one number in double precision, by the formulas of its paper.
type slow struct{ value, mean, square float64 }

func (s *slow) step(gradient, rate, n float64) {
	s.mean = 0.9*s.mean + 0.1*gradient
	s.square = 0.999*s.square + 0.001*gradient*gradient
	mean, square := s.mean/(1-math.Pow(0.9, n)), s.square/(1-math.Pow(0.999, n))
	s.value -= rate * mean / (math.Sqrt(square) + 1e-8)
}

// Rows that are touched follow Adam, with all gradients of a batch added up; the others
// do not change, and neither does what is kept of them.
func TestLazyAdam(t *testing.T) {
	t.Parallel()
	const rows, width = 20, 3
	table := newTable(t, rows, width)
	var want [rows * width]slow
	for i, v := range table.Values() {
		want[i].value = float64(v)
	}
	random := rand.New(rand.NewPCG(2, 2))
	for n := 1; n <= 30; n++ {
		ids, sums := []int32{random.Int32N(rows - 1), random.Int32N(rows - 1), -1, random.Int32N(5)}, map[int32][]float64{}
		gradient := make([]float32, len(ids)*5) // rows lie from 1 on, 5 apart
		for i, id := range ids {
			for k := range width {
				g := float32(random.NormFloat64())
				gradient[5*i+1+k] = g
				if sums[id] == nil {
					sums[id] = make([]float64, width)
				}
				sums[id][k] += float64(g)
			}
		}
		if err := errors.Join(table.Add(gradient, ids, Place{1, 5}), table.Step(0.01)); err != nil {
			t.Fatal(err)
		}
		delete(sums, -1)
		for id, sum := range sums {
			for k, g := range sum {
				want[int(id)*width+k].step(g, 0.01, float64(n))
			}
		}
	}
	for i, v := range table.Values() {
		if d := math.Abs(float64(v) - want[i].value); !(d < 1e-6) {
			t.Errorf("number %d is %v and not %v", i, v, want[i].value)
		}
	}
}

func TestLook(t *testing.T) {
	t.Parallel()
	table := newTable(t, 3, 2)
	to := []float32{0, 0, 0, 0, 0, 0, 0, 0, 7, 7, 7, 7}
	if err := table.Look(to, []int32{2, 0, -1}, Place{2, 4}); err != nil {
		t.Fatal(err)
	}
	v := table.Values()
	if want := []float32{0, 0, v[4], v[5], 0, 0, v[0], v[1], 7, 7, 0, 0}; !slices.Equal(to, want) {
		t.Errorf("%v instead of %v", to, want)
	}
}

func TestBadRows(t *testing.T) {
	t.Parallel()
	table := newTable(t, 3, 2)
	before := slices.Clone(table.Values())
	inf := float32(math.Inf(1))
	for name, do := range map[string]func() error{
		"no such row":        func() error { return table.Look(make([]float32, 2), []int32{3}, Place{0, 2}) },
		"a negative row":     func() error { return table.Look(make([]float32, 2), []int32{-2}, Place{0, 2}) },
		"no room":            func() error { return table.Look(make([]float32, 3), []int32{0, 1}, Place{0, 2}) },
		"overlapping rows":   func() error { return table.Look(make([]float32, 9), []int32{0, 1}, Place{0, 1}) },
		"behind its place":   func() error { return table.Look(make([]float32, 9), []int32{0}, Place{2, 3}) },
		"a gradient too few": func() error { return table.Add(make([]float32, 3), []int32{0, 1}, Place{0, 2}) },
		"a row too many":     func() error { return table.Add(make([]float32, 2), []int32{7}, Place{0, 2}) },
		"an infinite gradient": func() error {
			return errors.Join(table.Add([]float32{1, inf}, []int32{0}, Place{0, 2}), table.Step(1))
		},
		"no rate":  func() error { return table.Step(math.NaN()) },
		"no table": func() error { _, err := New(0, 1, 1, 1); return err },
		"too much": func() error { _, err := New(math.MaxInt, 2, 1, 1); return err },
	} {
		if err := do(); !errors.Is(err, ErrTable) {
			t.Errorf("%s: %v", name, err)
		}
		table.Drop()
	}
	if !slices.Equal(before, table.Values()) || table.steps != 0 {
		t.Error("what was refused has changed the table")
	}
}

// A training that is interrupted goes on as if it were not.
func TestState(t *testing.T) {
	t.Parallel()
	one, other := newTable(t, 4, 2), newTable(t, 4, 2)
	change := func(table *Table, id int32) {
		if err := errors.Join(table.Add([]float32{0.5, -1}, []int32{id}, Place{0, 2}), table.Step(0.1)); err != nil {
			t.Fatal(err)
		}
	}
	change(one, 1)
	var state bytes.Buffer
	if err := one.WriteState(&state); err != nil {
		t.Fatal(err)
	}
	data := state.Bytes()
	for n := range data {
		if err := other.ReadState(bytes.NewReader(data[:n])); !errors.Is(err, ErrTable) {
			t.Fatalf("%d bytes of %d: %v", n, len(data), err)
		}
	}
	if err := newTable(t, 2, 4).ReadState(bytes.NewReader(data)); !errors.Is(err, ErrTable) {
		t.Errorf("the state of another table: %v", err)
	}
	if err := other.ReadState(bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	change(one, 1)
	change(other, 1)
	if !slices.Equal(one.Values(), other.Values()) || one.steps != other.steps {
		t.Errorf("%v and %v", one.Values(), other.Values())
	}
}
