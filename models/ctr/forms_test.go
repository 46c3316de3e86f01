package ctr

import (
	"fmt"
	"testing"

	"datum/openvino"
)

var architectures = []string{DIEN, DIN, DNN}

// The sequence graph says what the loop graph says, with histories of all lengths and
// rubbish behind their ends.
func TestSequenceIsLoop(t *testing.T) {
	n := newNetwork(t, Config{Architecture: DIEN})
	v := scattered(n, 3)
	sequence := compiled(t, model(t, n, Sequence, v), openvino.CompileOptions{})
	loop := compiled(t, model(t, n, Loop, v), openvino.CompileOptions{})
	for _, size := range [][2]int{{1, 1}, {1, 100}, {3, 7}, {16, 33}, {128, 100}, {5, 2}} {
		x := generated(n, size[0], size[1], uint64(size[0]), true)
		a, b := sequence.run(n, size[0], size[1], x), loop.run(n, size[0], size[1], x)
		for _, name := range []string{Probability, End} {
			if d := apart(t, a[name], b[name]); !(d <= 2e-6) {
				t.Errorf("batch %d, time %d: the %s is %g apart", size[0], size[1], name, d)
			}
		}
	}
}

// What a row gets does not depend on the rows beside it, nor on how much it is padded.
func TestBatchDoesNotMatter(t *testing.T) {
	const batch, time = 256, 20
	for _, architecture := range architectures {
		for _, f := range []Form{Sequence, Loop} {
			t.Run(fmt.Sprint(architecture, " ", f), func(t *testing.T) {
				n := newNetwork(t, Config{Architecture: architecture})
				r := compiled(t, model(t, n, f, scattered(n, 4)), openvino.CompileOptions{})
				x := generated(n, batch, time, 5, true)
				all := r.run(n, batch, time, x)[Probability]
				for i := 0; i < batch; i += 17 {
					one := alone(n, x, i, time)
					got := r.run(n, 1, int(x["lengths"][i]), one)[Probability]
					if d := apart(t, got, all[i:i+1]); !(d <= 1e-6) {
						t.Errorf("row %d is %v alone, and %v among others", i, got[0], all[i])
					}
				}
			})
		}
	}
}

// alone is one row of a batch without its padding.
func alone(n *Network, x rows, i, time int) rows {
	one, length := rows{}, int(x["lengths"][i])
	for _, in := range n.served(1, int64(time)) {
		count, _ := in.Shape.Elements()
		one[in.Name] = x[in.Name][i*int(count):][:count]
		if len(in.Shape) > 1 && in.Shape[1] == int64(time) && (in.Name == "history" || in.Name == "mask") {
			one[in.Name] = one[in.Name][:int(count)/time*length]
		}
	}
	return one
}

// A row without a history gets a prediction that its padding does not change.
func TestEmptyHistory(t *testing.T) {
	for _, architecture := range architectures {
		n := newNetwork(t, Config{Architecture: architecture})
		r := compiled(t, model(t, n, Loop, scattered(n, 4)), openvino.CompileOptions{})
		var said []float32
		for seed := range 2 {
			x := generated(n, 1, 4, 1, true)
			x["lengths"][0] = 0
			clear(x["mask"])
			for i := range x["history"] {
				x["history"][i] = float32(seed * i)
			}
			out := r.run(n, 1, 4, x)
			said = append(said, out[Probability]...)
			for _, v := range out[End] {
				if v != 0 {
					t.Errorf("%s: %v came out of no history", architecture, v)
				}
			}
		}
		if said[0] != said[1] || !(said[0] > 0 && said[0] < 1) {
			t.Errorf("%s says %v", architecture, said)
		}
	}
}
