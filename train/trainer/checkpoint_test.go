package trainer

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/train/augment"
)

// checkpointOf is the beginning of a checkpoint.
func checkpointOf(text string) []byte {
	return append(binary.LittleEndian.AppendUint64([]byte(magic), uint64(len(text))), text...)
}

// FuzzProgress reads what may be anything: it never fails in another way than by an
// error that says so, and what was read is written and read again as the same.
func FuzzProgress(f *testing.F) {
	f.Add(checkpointOf(`{"pictures":3,"batch":2,"epochs":4,"best":1,"history":[{"epoch":1,"loss":0.5}],"suspects":[{"ID":"a","Loss":1e300}]}`))
	f.Add(checkpointOf(`{"history":[{"score":null}],"settings":{"a":"b"}}`))
	f.Add(checkpointOf(`{"best":-1}`))
	f.Add(checkpointOf(`[`))
	f.Add(binary.LittleEndian.AppendUint64([]byte(magic), math.MaxUint64))
	f.Add([]byte("datum checkpoint 2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readProgress(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, formats.ErrCorrupt) {
				t.Fatalf("%v", err)
			}
			return
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readProgress(bytes.NewReader(checkpointOf(string(text))))
		if err != nil || len(again.History) != len(p.History) || len(again.Suspects) != len(p.Suspects) || again.Best != p.Best {
			t.Fatalf("%+v became %+v, %v", p, again, err)
		}
		s := newSuspects()
		s.restore(p.Suspects)
		if len(s.ranked()) > len(p.Suspects) {
			t.Fatal("there are more suspects than there were")
		}
	})
}

// A checkpoint that says something that cannot be is damaged.
func TestImpossibleProgress(t *testing.T) {
	t.Parallel()
	training := func() *training {
		return &training{o: Options{Epochs: 4, Batch: 2}, pictures: 8, perEpoch: 4, rate: func(uint64) float64 { return 1 }}
	}
	good := progress{Pictures: 8, Batch: 2, Of: 4, Best: 1, History: make([]Epoch, 2), Settings: training().settings()}
	if err := training().same(&good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*progress){
		"the best is below 0":   func(p *progress) { p.Best = -1 },
		"the best is to come":   func(p *progress) { p.Best = 3 },
		"more epochs than are":  func(p *progress) { p.History = make([]Epoch, 5) },
		"a best without epochs": func(p *progress) { p.History = nil },
	} {
		p := good
		change(&p)
		if err := training().same(&p); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What JSON has no numbers for does not keep a checkpoint from being written.
func TestNoNumbers(t *testing.T) {
	t.Parallel()
	was := []Epoch{{Score: math.NaN(), Figures: []Figure{{"top-1", math.NaN()}, {"AP", math.Inf(1)}, {"AP50", 0.5}}}}
	list := withoutNaN(was)
	if _, err := json.Marshal(list); err != nil {
		t.Fatal(err)
	}
	if list[0].Score != -1 || !reflect.DeepEqual(list[0].Figures, []Figure{{"top-1", -1}, {"AP", -1}, {"AP50", 0.5}}) {
		t.Errorf("%+v", list)
	}
	if !math.IsNaN(was[0].Score) || !math.IsNaN(was[0].Figures[0].Value) {
		t.Error("the epochs themselves were changed")
	}
}

// fed gives suspects what was seen of objects, one epoch after the other. Each is given
// by the logits of its own label and of the other one.
func fed(epochs ...map[string][2]float32) *suspects {
	s := newSuspects()
	for epoch, round := range epochs {
		for id, logits := range round {
			boxes := []augment.Box{{Label: 1, X2: 8, Y2: 8, Weight: 1, Annotation: 2}}
			s.name(&dataset.Item{Subset: "train", ID: id}, boxes)
			s.add(epoch, boxes[0], Fit{Loss: 1, Logit: logits[0], Other: logits[1], Instead: 0})
		}
	}
	return s
}

// What is taken for something else comes first, before what is only hard to see, and what
// was learnt by heart in the end is not forgotten. The rest is in a fixed order.
func TestRanking(t *testing.T) {
	t.Parallel()
	s := fed(map[string][2]float32{"wrong": {-2, 2}, "by heart": {-5, 2}, "hard": {-4, -4}, "easy": {2, -2}, "same": {2, -2}},
		map[string][2]float32{"wrong": {-3, 3}, "by heart": {-2, 2}, "hard": {-3, -3.5}, "easy": {4, -4}, "same": {4, -4}},
		map[string][2]float32{"wrong": {-4, 3}, "by heart": {1, 0}, "hard": {-3, -3.5}, "easy": {5, -5}, "same": {5, -5}})
	var order []string
	for _, x := range s.ranked() {
		order = append(order, x.ID)
		if instead := map[bool]int{true: 0, false: -1}[x.ID == "wrong" || x.ID == "by heart"]; x.Annotation != 2 || x.Label != 1 || x.Seen != 3 || x.Subset != "train" || x.Instead != instead || x.Loss != 1 {
			t.Errorf("%+v", x)
		}
	}
	if want := []string{"wrong", "by heart", "hard", "easy", "same"}; !reflect.DeepEqual(order, want) {
		t.Errorf("%v, want %v", order, want)
	}
	text, err := json.Marshal(s.keep())
	if err != nil {
		t.Fatal(err)
	}
	var list []kept
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	again := newSuspects()
	again.restore(list)
	if !reflect.DeepEqual(again.ranked(), s.ranked()) {
		t.Error("what was kept is ranked differently")
	}
}

// A class that the network knows nothing of is not doubtful as a whole.
func TestUnknownClass(t *testing.T) {
	t.Parallel()
	s := newSuspects()
	add := func(id string, label int, logit, other float32) {
		boxes := []augment.Box{{Label: label, X2: 8, Y2: 8, Weight: 1}}
		s.name(&dataset.Item{ID: id}, boxes)
		s.add(0, boxes[0], Fit{Loss: 1, Logit: logit, Other: other, Instead: 1 - label})
	}
	for i := range 20 {
		add(fmt.Sprint("rare", i), 0, -3, -1)
		add(fmt.Sprint("frequent", i), 1, 3, -3)
	}
	add("wrong", 1, -1, 0)
	if first := s.ranked()[0]; first.ID != "wrong" || first.Instead != 0 {
		t.Errorf("the first is %+v", first)
	}
}

// A box that fits much worse than others of its size is doubtful; a small one is not for
// being small.
func TestMovedBox(t *testing.T) {
	t.Parallel()
	s := newSuspects()
	add := func(id string, side float64, apart float32) {
		boxes := []augment.Box{{X2: side, Y2: side, Weight: 1}}
		s.name(&dataset.Item{ID: id}, boxes)
		s.add(0, boxes[0], Fit{Loss: 1, Logit: 2, Other: -2, Instead: 1, Apart: apart})
	}
	for i := range 40 {
		add(fmt.Sprint("small", i), 4, 0.5+0.01*float32(i%10))
		add(fmt.Sprint("large", i), 64, 0.1+0.01*float32(i%10))
	}
	add("moved", 64, 0.5)
	list := s.ranked()
	if list[0].ID != "moved" || list[0].Doubt < 0.5 || list[1].Doubt > 0.5 {
		t.Errorf("the first are %+v and %+v", list[0], list[1])
	}
}

// Of boxes that are cut off or shone through, and of what is no number, nothing is
// concluded. What is the only class has no other to be taken for.
func TestNotSuspicious(t *testing.T) {
	t.Parallel()
	s := newSuspects()
	no := float32(math.NaN())
	s.add(0, augment.Box{Ignore: true, Weight: 1}, Fit{Loss: 9})
	s.add(0, augment.Box{Weight: 0.7}, Fit{Loss: 9})
	for _, f := range []Fit{{Loss: no}, {Logit: no}, {Other: no}, {Apart: no}, {Loss: float32(math.Inf(1))}} {
		s.add(0, augment.Box{Weight: 1}, f)
	}
	if list := s.ranked(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	s.add(0, augment.Box{Weight: 1}, FitOf(1, 0, 1, func(int) float32 { return -2 }))
	if x := s.ranked()[0]; x.Instead != -1 || !(x.Doubt > 0 && x.Doubt < 1) {
		t.Errorf("%+v", x)
	}
}

func TestFitOf(t *testing.T) {
	t.Parallel()
	logits := []float32{1, 5, 3}
	if got, want := FitOf(0.5, 1, 3, func(i int) float32 { return logits[i] }), (Fit{Loss: 0.5, Logit: 5, Other: 3, Instead: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
