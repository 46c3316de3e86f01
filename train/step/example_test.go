package step_test

import (
	"context"
	"fmt"
	"log"
	"math"
	"os"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/openvino"
	"datum/train/parameters"
	"datum/train/schedule"
	"datum/train/step"
)

// A line is put through points.
func Example() {
	dir := os.Getenv("OPENVINO_DIR")
	if dir == "" {
		return
	}
	if err := openvino.Load(dir); err != nil {
		log.Fatal(err)
	}
	core, err := openvino.Default()
	if err != nil {
		log.Fatal(err)
	}
	values, err := fit(core, []float32{-1, 0, 1, 2}, []float32{1, 3, 5, 7})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("y = %.2f x + %.2f\n", values["slope"][0], values["height"][0])
}

func fit(core *openvino.Core, x, y []float32) (parameters.Values, error) {
	one, points := graph.Shape{1}, graph.Shape{int64(len(x))}
	set, err := parameters.NewSet(parameters.Parameter{Name: "slope", Shape: one}, parameters.Parameter{Name: "height", Shape: one})
	if err != nil {
		return nil, err
	}
	network := step.Network{
		Parameters: set,
		Inputs:     []step.Input{{Name: "x", Element: graph.F32, Shape: points}, {Name: "y", Element: graph.F32, Shape: points}},
		Forward: func(b *graph.Builder, p *parameters.Tensors, inputs []*graph.Output) (*graph.Output, []*graph.Output) {
			line := b.Add(b.Mul(inputs[0], p.Get("slope")), p.Get("height"))
			return b.Mean(b.SquaredDifference(line, inputs[1]), false, 0), nil
		},
	}
	program, err := step.Build(core, network, step.Options{Optimizer: step.SGD{Momentum: 0.9}}, set.Initial(1))
	if err != nil {
		return nil, err
	}
	defer program.Close()
	inputs, err := program.NewInputs()
	if err != nil {
		return nil, err
	}
	for i, from := range [][]float32{x, y} {
		defer inputs[i].Close()
		copy(inputs[i].Float32s(), from)
	}
	rate := schedule.Cosine(0.1, 0, 200)
	for program.Steps() < 200 {
		if _, err := program.Run(context.Background(), rate(program.Steps()), inputs...); err != nil {
			return nil, err
		}
	}
	return program.Values(), nil
}

// The example finds the line.
func TestFit(t *testing.T) {
	values, err := fit(openvinotest.Core(t), []float32{-1, 0, 1, 2}, []float32{1, 3, 5, 7})
	if err != nil {
		t.Fatal(err)
	}
	if slope, height := float64(values["slope"][0]), float64(values["height"][0]); math.Abs(slope-2) > 1e-3 || math.Abs(height-3) > 1e-3 {
		t.Errorf("y = %v x + %v", slope, height)
	}
}
