package ctr

import (
	"fmt"
	"testing"

	"datum/openvino"
	"datum/train/step"
)

// A step of the training of dien at its published size.
func BenchmarkStep(b *testing.B) {
	const batch, time = 128, 100
	for _, c := range []Config{{Architecture: DNN}, {Architecture: DIN}, {Architecture: DIEN}, {Architecture: DIEN, Auxiliary: 1}} {
		b.Run(fmt.Sprintf("%s auxiliary %v", c.Architecture, c.Auxiliary), func(b *testing.B) {
			n := newNetwork(b, c)
			r := newTrainer(b, n, batch, time, step.Adam{}, n.Parameters().Initial(1))
			x := generated(n, batch, time, 1, false)
			r.run(x, 1e-3)
			for b.Loop() {
				r.run(x, 1e-3)
			}
		})
	}
}

// A batch of predictions of dien in both forms.
func BenchmarkPredict(b *testing.B) {
	n := newNetwork(b, Config{Architecture: DIEN})
	v := n.Parameters().Initial(1)
	for _, f := range []Form{Sequence, Loop} {
		for _, precision := range []string{"f32", "bf16"} {
			for _, batch := range []int{1, 64} {
				b.Run(fmt.Sprint(f, " ", precision, " ", batch), func(b *testing.B) {
					r := compiled(b, model(b, n, f, v), openvino.CompileOptions{Precision: precision, Hint: openvino.Latency, Streams: 1, Threads: 1})
					x := generated(n, batch, 100, 1, false)
					r.run(n, batch, 100, x)
					for b.Loop() {
						r.run(n, batch, 100, x)
					}
				})
			}
		}
	}
}
