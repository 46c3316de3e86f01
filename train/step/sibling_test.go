package step_test

import (
	"bytes"
	"errors"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
	"datum/train/step"
)

// Programs that share a state and take turns train as one program does, and a state
// that one of them reads is the other's, too.
func TestSiblings(t *testing.T) {
	c, n := frozen(t)
	o := everything
	o.Threads = 1
	list := c.batches(3)[:10]
	one, first := build(t, n, o, n.Parameters.Initial(1)), build(t, n, o, n.Parameters.Initial(1))
	second, err := first.Sibling(openvinotest.Core(t), n)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	inputs := inputsOf(t, one)
	var middle []byte
	for i := range list {
		list[i].fill(inputs)
		run(t, one, 1e-2, inputs...)
		run(t, []*step.Program{first, second}[i%3/2], 1e-2, inputs...)
		if i == 4 {
			middle = stateOf(t, second)
		}
	}
	if !bytes.Equal(stateOf(t, one), stateOf(t, second)) || one.Steps() != second.Steps() || first.Steps() != one.Steps() {
		t.Error("siblings come to something else than one program")
	}
	if err := second.ReadState(bytes.NewReader(middle)); err != nil || !bytes.Equal(stateOf(t, first), middle) {
		t.Errorf("the state that a sibling has read is not that of the other: %v", err)
	}
	other := three(t)
	if _, err := first.Sibling(openvinotest.Core(t), other); !errors.Is(err, step.ErrOptions) {
		t.Errorf("a sibling with other parameters: %v", err)
	}
	second.Close()
	run(t, first, 1e-2, inputs...)
	first.Close()
	if _, err := first.Sibling(openvinotest.Core(t), n); !errors.Is(err, openvino.ErrClosed) {
		t.Error(err)
	}
}
