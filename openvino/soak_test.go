package openvino_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// soak does everything that there is to do, on several goroutines, for a long time, and
// looks whether memory grows.
func soak(t *testing.T, duration time.Duration) {
	core := openvinotest.Core(t)
	ctx, cancel := context.WithTimeout(t.Context(), duration)
	defer cancel()
	compiled := scaler(t, openvino.CompileOptions{Hint: openvino.Throughput, Streams: 2})
	request := openvinotest.Request(t, openvinotest.Compiled(t, "yunet.onnx", openvino.CompileOptions{}))
	onnx, err := os.ReadFile(openvinotest.Model(t, "yunet.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	before := openvino.InUse()
	var rounds, inferences atomic.Int64
	var group sync.WaitGroup
	xml, bin := scaleModel(2, 3, 4)
	for range 2 {
		group.Go(func() {
			for ctx.Err() == nil && !t.Failed() {
				if err := lifetime(ctx, core, xml, bin); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				rounds.Add(1)
			}
		})
	}
	for range 4 {
		group.Go(func() { soakInferences(ctx, t, compiled, &inferences) })
	}
	group.Go(func() { soakPictures(ctx, t, request, &inferences) })
	group.Go(func() { soakBadModels(ctx, t, core, onnx) })
	memory := watchMemory(ctx, t, &rounds, &inferences)
	group.Wait()
	if after := openvino.InUse(); after != before {
		t.Errorf("%+v before and %+v after", before, after)
	}
	// The first quarter is left out: until then memory grows to what it is to be. Later it
	// goes up and down by a tenth, so what is in the middle counts.
	quarter := len(memory) / 4
	early, late := median(memory[quarter:2*quarter+1]), median(memory[3*quarter:])
	if judged := duration >= 5*time.Minute && !withRace; judged && late > early+early/20 {
		t.Errorf("memory grows: %d kB in the second quarter, %d kB in the last", early, late)
	}
	t.Logf("%d lives, %d inferences, %d kB at the end", rounds.Load(), inferences.Load(), memory[len(memory)-1])
}

func median(values []int) int { return slices.Sorted(slices.Values(values))[len(values)/2] }

// watchMemory returns the memory of the process at equal times, and waits for the end.
func watchMemory(ctx context.Context, t *testing.T, rounds, inferences *atomic.Int64) []int {
	deadline, _ := ctx.Deadline()
	ticks := time.NewTicker(max(time.Until(deadline)/60, time.Second/10))
	defer ticks.Stop()
	var memory []int
	for {
		memory = append(memory, resident(t))
		t.Logf("%d lives, %d inferences, %d kB", rounds.Load(), inferences.Load(), memory[len(memory)-1])
		select {
		case <-ctx.Done():
			return append(memory, resident(t))
		case <-ticks.C:
		}
	}
}

// soakInferences runs a small model on batches of changing size, half of the times
// asynchronously, and looks at the results.
func soakInferences(ctx context.Context, t *testing.T, compiled *openvino.Compiled, count *atomic.Int64) {
	request, err := compiled.NewRequest()
	if err != nil {
		t.Error(err)
		return
	}
	defer request.Close()
	input, err := openvino.NewTensor(openvino.F32, 1, 3)
	if err != nil {
		t.Error(err)
		return
	}
	defer input.Close()
	for n := 1; ctx.Err() == nil && !t.Failed(); n = n%64 + 1 {
		if err := errors.Join(input.SetShape(n, 3), request.SetInput(0, input)); err != nil {
			t.Error(err)
			return
		}
		for i := range input.Float32s() {
			input.Float32s()[i] = float32(n)
		}
		if n%2 == 0 {
			err = errors.Join(request.Start(), request.Wait(ctx))
		} else {
			err = request.Infer(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		output, outputErr := request.Output(0)
		if err := errors.Join(err, outputErr); err != nil {
			t.Error(err)
			return
		}
		x := float32(n)
		if got := output.Float32s(); len(got) != 3*n || !slices.Equal(got[3*n-3:], []float32{2 * x, 3 * x, 4 * x}) {
			t.Errorf("%v", got)
		}
		count.Add(1)
	}
}

// soakPictures runs a real model, and breaks it off now and then.
func soakPictures(ctx context.Context, t *testing.T, request *openvino.Request, count *atomic.Int64) {
	for i := 0; ctx.Err() == nil && !t.Failed(); i++ {
		limited, cancel := context.WithTimeout(ctx, time.Duration(1+i%20)*time.Millisecond)
		err := request.Infer(limited)
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		count.Add(1)
	}
}

// soakBadModels reads what is not a model.
func soakBadModels(ctx context.Context, t *testing.T, core *openvino.Core, onnx []byte) {
	for cut := 1; ctx.Err() == nil; cut = (cut*31 + 7) % len(onnx) {
		model, err := core.Read(onnx[:cut], nil)
		if err == nil {
			model.Close() // what was cut off was not needed
		} else if !errors.Is(err, openvino.ErrModel) {
			t.Error(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
