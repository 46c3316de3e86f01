package openvino_test

import (
	"context"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// BenchmarkSmallModel shows what a call costs: the model computes six numbers.
func BenchmarkSmallModel(b *testing.B) {
	request := openvinotest.Request(b, scaler(b, openvino.CompileOptions{}))
	input := tensorOf(b, []float32{1, 2, 3, 4, 5, 6}, 2, 3)
	if err := request.SetInput(0, input); err != nil {
		b.Fatal(err)
	}
	cancellable, cancel := context.WithCancel(b.Context())
	defer cancel()
	for name, ctx := range map[string]context.Context{"plain": context.Background(), "cancellable": cancellable} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := request.Infer(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("output", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if output, err := request.Output(0); err != nil || len(output.Float32s()) != 6 {
				b.Fatal(err)
			}
		}
	})
	b.Run("set input", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := request.SetInput(0, input); err != nil {
				b.Fatal(err)
			}
		}
	})
}
