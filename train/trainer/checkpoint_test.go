package trainer

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
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

// fed gives suspects the losses of one object after the other.
func fed(rounds ...map[string]float32) *suspects {
	s := newSuspects()
	for _, losses := range rounds {
		for id, loss := range losses {
			boxes := []augment.Box{{Label: 1, Weight: 1, Annotation: 2}}
			s.name(&dataset.Item{Subset: "train", ID: id}, boxes)
			s.add(boxes[0], loss)
		}
	}
	return s
}

func TestRanking(t *testing.T) {
	t.Parallel()
	s := fed(map[string]float32{"hard": 4, "learnt": 5, "easy": 1, "same": 1}, map[string]float32{"hard": 4, "learnt": 1, "easy": 1, "same": 1}, map[string]float32{"hard": 4, "learnt": 0, "easy": 0.5, "same": 0.5})
	var order []string
	for _, x := range s.ranked() {
		order = append(order, x.ID)
		if x.Annotation != 2 || x.Label != 1 || x.Seen != 3 || x.Subset != "train" {
			t.Errorf("%+v", x)
		}
	}
	if want := []string{"hard", "learnt", "easy", "same"}; !reflect.DeepEqual(order, want) {
		t.Errorf("%v, want %v", order, want)
	}
	again := newSuspects()
	again.restore(s.keep())
	if !reflect.DeepEqual(again.ranked(), s.ranked()) {
		t.Error("what was kept is ranked differently")
	}
}

// Of boxes that are cut off or shone through, and of losses that are no numbers,
// nothing is concluded.
func TestNotSuspicious(t *testing.T) {
	t.Parallel()
	s := newSuspects()
	s.add(augment.Box{Ignore: true, Weight: 1}, 9)
	s.add(augment.Box{Weight: 0.7}, 9)
	s.add(augment.Box{Weight: 1}, float32(math.NaN()))
	s.add(augment.Box{Weight: 1}, float32(math.Inf(1)))
	if list := s.ranked(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}
