package commands

import (
	"errors"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/internal/exitcode"
	"datum/internal/ui"
	"datum/models/classification"
	heads "datum/models/detection"
	"datum/models/predict"
)

// A picture whose size the dataset does not give has one in what is written: that
// in which the boxes are. One that the dataset gives stays, and the item that was
// read is not changed.
func TestPredictionsHaveSizes(t *testing.T) {
	t.Parallel()
	p := &predicted{runner: &runner{}, classes: map[int]int32{0: 0}}
	for _, c := range []struct{ given, want [2]int32 }{{[2]int32{}, [2]int32{30, 20}}, {[2]int32{31, 21}, [2]int32{31, 21}}} {
		img := &dataset.Image{Width: c.given[0], Height: c.given[1]}
		it, err := p.item(&predict.Result{Item: dataset.Item{Media: img}, Width: 30, Height: 20, Detections: []heads.Detection{{Score: 0.5, W: 3, H: 4}}})
		if err != nil || len(it.Annotations) != 1 {
			t.Fatalf("%+v, %v", it, err)
		}
		got := it.Media.(*dataset.Image)
		if [2]int32{got.Width, got.Height} != c.want || [2]int32{img.Width, img.Height} != c.given {
			t.Errorf("%d x %d of %v", got.Width, got.Height, c.given)
		}
	}
}

// What a classifier is not sure enough of is no annotation.
func TestAnswersBelowTheThreshold(t *testing.T) {
	t.Parallel()
	for least, want := range map[float64]int{-1: 1, 0.5: 1, 0.7: 0, 0.9: 0} {
		p := &predicted{runner: &runner{least: least}, classes: map[int]int32{3: 0}}
		it, err := p.item(&predict.Result{Classes: []classification.Scored{{Class: 3, Probability: 0.7}}})
		if err != nil || len(it.Annotations) != want {
			t.Errorf("over %v: %d annotations, %v", least, len(it.Annotations), err)
		}
	}
}

// The meter counts to the items of the subset that is read.
func TestItemsOf(t *testing.T) {
	t.Parallel()
	info := &dataset.Info{Subsets: []dataset.Subset{{Name: "a", Items: 3}, {Name: "b", Items: 4}}}
	for subset, want := range map[string]int{"": 7, "a": 3, "b": 4, "none": 7} {
		if got := itemsOf(info, subset); got != want {
			t.Errorf("%q has %d", subset, got)
		}
	}
}

// A run of which every picture was left out says so.
func TestNothingButBadPictures(t *testing.T) {
	t.Parallel()
	skip := new(formats.Skipped)
	reading := formats.ImportOptions{Skip: skip}
	if err := reading.Bad(formats.Reason(formats.ErrCorrupt, "bad")); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	a := app{Printer: ui.NewText(ui.Options{Stdout: &said, Stderr: &said})}
	if err := a.noPicture(nil, "nothing"); err.Error() != "nothing" || said.Len() > 0 {
		t.Errorf("%v; %s", err, said.String())
	}
	err := a.noPicture(skip, "nothing")
	if !errors.Is(err, formats.ErrUsage) || errors.Is(err, exitcode.ErrPartial) || !strings.Contains(err.Error(), "1 bad records") || !strings.Contains(said.String(), "left out: bad") {
		t.Errorf("%v; %s", err, said.String())
	}
}
