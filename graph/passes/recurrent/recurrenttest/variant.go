// Package recurrenttest makes models with recurrent units in the many ways in which they
// are written, for tests.
package recurrenttest

import (
	"math/rand/v2"

	"datum/graph"
)

// A Variant is a way to write a model with one recurrent unit.
type Variant struct {
	// Form is "iterator", "loop" (which runs so many times), "while" (as long as its
	// counter is less than the number of steps) or "chain".
	Form string
	// Cell says that each step is an operation GRUCell or AUGRUCell, and not ordinary
	// ones.
	Cell bool
	// Attention is "" (a GRU), "published", "hoisted" (1−a is computed before the loop),
	// or "paper".
	Attention string
	// Join is how input and state are multiplied: "xh" or "hx" (side by side), "apart"
	// (two products), "before" (that of the input before the loop), or "three" (each for
	// all three gates, and then cut; of a GRU whose reset gate is applied late).
	Join string
	// Update first is OpenVINO's order of gates, and reset first TensorFlow's.
	UpdateFirst bool
	// Turned says that the gate is the share of what is new.
	Turned bool
	// Late says that the reset gate is applied behind the product (linear_before_reset).
	Late bool
	// Transposed is of the weights.
	Transposed bool
	// Bias is "last" or "first", or "" where there is none.
	Bias string
	// Cut is "split", "variadic", "slice" or "strided".
	Cut string
	// Mix is how old and new are mixed, from 0 to 4.
	Mix int
	// Lengths is "" or the comparison, "GreaterEqual" or "Less".
	Lengths string
	// Emit is "last", or all states: "zeros" (behind the end), "constant" (another row
	// there) or "kept".
	Emit string
	// TimeFirst says that the first dimension is the time.
	TimeFirst bool
	// Static says that all sizes are known.
	Static bool
	// Spoil is a mutation after which the unit is none: see Spoils.
	Spoil string
}

// Spoils are mutations of a unit after which it is no GRU and no AUGRU, or not one that a
// sequence operation computes.
func Spoils() []string {
	return []string{"content", "gate", "shares", "twice", "reset", "mask", "wide", "backwards", "weights", "order", "sum", "escapes", "rounds"}
}

// Random is a variant by chance.
func Random(r *rand.Rand) Variant {
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	coin := func() bool { return r.IntN(2) == 0 }
	v := Variant{
		Form: pick("iterator", "iterator", "loop", "while", "chain"), Cell: r.IntN(5) == 0, Attention: pick("", "published", "published", "hoisted"),
		Join: pick("xh", "xh", "hx", "apart", "before", "three"), UpdateFirst: coin(), Turned: r.IntN(3) == 0, Transposed: coin(), Bias: pick("last", "first", ""),
		Cut: pick("split", "variadic", "slice", "strided"), Mix: r.IntN(5), Lengths: pick("", "GreaterEqual", "Less"), Emit: pick("last", "zeros", "kept", "constant"),
		TimeFirst: coin(), Static: r.IntN(4) == 0,
	}
	v.Late = v.Attention == "" && r.IntN(4) == 0
	if r.IntN(4) == 0 {
		v.Attention = pick("", "paper")
	}
	return v.sensible()
}

// sensible takes back what does not go together.
func (v Variant) sensible() Variant {
	if v.Cell {
		v.Turned, v.Join = false, "xh"
		if v.Attention == "paper" {
			v.Attention = "published"
		}
	}
	if v.Attention != "" {
		v.Late = false
	}
	if v.Join == "three" {
		if v.Late = v.Attention == ""; !v.Late {
			v.Join = "xh"
		}
	}
	if v.Join == "before" && v.Form == "chain" {
		v.Join = "apart"
	}
	return v
}

// Spoiled reports whether the mutation changes anything of the variant.
func (v Variant) Spoiled() bool {
	switch v.Spoil {
	case "":
		return false
	case "wide":
		return v.Attention != ""
	case "weights", "order":
		return v.Form == "chain"
	case "rounds":
		return v.Form == "while"
	case "escapes":
		return v.Form != "chain"
	}
	return true
}

// Fusable reports whether the variant is a unit that there is an operation for.
func (v Variant) Fusable() bool { return !v.Spoiled() && v.Attention != "paper" }

// The sizes of what Model makes: of what is read, and of the state; the others where they
// are known.
const (
	Columns = 5
	Hidden  = 6
	Rows    = 3
	Steps   = 7
)

// Model makes a model: its inputs are x [rows, steps, columns], lengths and attention, as
// far as it needs them, and its outputs what comes out of the unit, and a part of what is
// made of that.
func (v Variant) Model(seed uint64) (*graph.Model, error) {
	b := graph.NewBuilder("recurrent")
	w := &writer{Variant: v, random: rand.New(rand.NewPCG(seed, 5)), b: b}
	rows, steps := int64(-1), int64(-1)
	if v.Static {
		rows, steps = Rows, Steps
	}
	if v.Form == "chain" {
		steps = Steps
	}
	w.x = b.Parameter("x", graph.F32, rows, steps, Columns)
	if v.Attention != "" {
		wide := int64(1)
		if v.Spoil == "wide" {
			wide = Hidden
		}
		w.attention = b.Parameter("attention", graph.F32, rows, steps, wide)
	}
	if v.Lengths != "" || v.Spoil == "mask" {
		w.lengths = b.Parameter("lengths", graph.I32, rows)
	}
	w.makeWeights()
	var out *graph.Output
	if v.Form == "chain" {
		out = w.chain()
	} else {
		out = w.loop()
	}
	b.Result(out, "states")
	b.Result(b.Relu(b.MatMul(out, w.constant("head", Hidden, 2), false, false)), "head")
	return b.Model()
}
