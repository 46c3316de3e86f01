package vision

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"datum/dataset"
	"datum/models/network"
	"datum/train/augment"
	"datum/train/batches"
	"datum/train/trainer"
)

// detector is the task of finding things of some classes in pictures of 32 × 32.
func detector(t *testing.T, batch int, names ...string) *detection {
	t.Helper()
	n, err := network.New(network.Config{Architecture: "detection-nano", Width: 32, Height: 32, Batch: batch, Classes: len(names)})
	if err != nil {
		t.Fatal(err)
	}
	task, err := New(n, names, named(names...))
	if err != nil {
		t.Fatal(err)
	}
	return task.(*detection)
}

// What is learnt of an item are its boxes of the classes, whatever number these have in
// the dataset; each knows which annotation it is.
func TestObjectsOfDetection(t *testing.T) {
	t.Parallel()
	objects, err := Objects(network.Detection, []string{"cat", "dog"}, named("fish", "dog", "cat"))
	if err != nil {
		t.Fatal(err)
	}
	crowd := dataset.Base{Attributes: dataset.Attributes{{Name: "is_crowd", Value: []byte("true")}}}
	got, usable, err := objects(&dataset.Item{Annotations: []dataset.Annotation{
		&dataset.Caption{Caption: "a cat"},
		&dataset.Bbox{Label: 0, X: 1, Y: 1, W: 1, H: 1},
		&dataset.Bbox{Label: 2, X: 2, Y: 3, W: 4, H: 5},
		&dataset.Label{Label: 1},
		&dataset.Bbox{Base: crowd, Label: 1, X: 0, Y: 0, W: 9, H: 9},
		&dataset.Polygon{Label: 1, Points: []float64{1, 1, 3, 1, 3, 4}},
		&dataset.Bbox{Label: dataset.NoLabel, W: 1, H: 1},
	}})
	want := []augment.Box{
		{Label: 0, X1: 2, Y1: 3, X2: 6, Y2: 8, Annotation: 2},
		{Label: 1, X2: 9, Y2: 9, Ignore: true, Annotation: 4},
		{Label: 1, X1: 1, Y1: 1, X2: 3, Y2: 4, Annotation: 5},
	}
	if err != nil || !usable || !slices.Equal(got, want) {
		t.Errorf("%v, %v, %v", got, usable, err)
	}
	// A picture without anything is one of the background, and is learnt, too.
	if got, usable, err = objects(&dataset.Item{}); err != nil || !usable || len(got) != 0 {
		t.Errorf("of nothing: %v, %v, %v", got, usable, err)
	}
}

// batchOf is a batch of pictures with those boxes.
func batchOf(boxes ...[]augment.Box) *batches.Batch {
	return &batches.Batch{Pixels: make([]byte, len(boxes)*32*32*3), Boxes: boxes}
}

// The targets of each picture are in its own part of the inputs, and nothing of an
// earlier batch is left there.
func TestFillOfDetection(t *testing.T) {
	d := detector(t, 2, "cat", "dog")
	_, in := program(t, d, 2)
	points := d.network.Grid.Points()
	dog := augment.Box{Label: 1, X1: 4, Y1: 4, X2: 16, Y2: 14, Weight: 1}
	hidden := dog
	hidden.Ignore = true
	crowded := make([]augment.Box, d.network.Boxes+6)
	for i := range crowded {
		crowded[i] = augment.Box{Label: i % 2, X1: float64(i % 20), X2: float64(i%20 + 8), Y1: float64(i % 7), Y2: float64(i%7 + 8), Weight: 1}
	}
	flat := augment.Box{Label: 0, X1: 3, X2: 3, Y2: 9, Weight: 1}
	fill := func(boxes ...[]augment.Box) (centres []int) {
		b := batchOf(boxes...)
		b.Pixels[0], b.Pixels[len(b.Pixels)-1] = 7, 9
		if err := d.Fill(in, b); err != nil {
			t.Fatal(err)
		}
		if u := in[images].Uint8s(); u[0] != 7 || u[len(u)-1] != 9 {
			t.Error("the pictures are not there")
		}
		for i := range boxes {
			n := 0
			for _, v := range piece(in[heatmap].Float32s(), i, 2*points) {
				if v == 1 {
					n++
				}
			}
			centres = append(centres, n)
		}
		return centres
	}
	if got := fill(crowded, nil); got[0] == 0 || got[1] != 0 || d.Unrated() != 6 || d.Unrated() != 0 {
		t.Errorf("of a crowded picture and an empty one: %v centres", got)
	}
	if got := fill([]augment.Box{hidden, flat}, []augment.Box{dog}); !slices.Equal(got, []int{0, 1}) || d.Unrated() != 0 {
		t.Errorf("%v centres", got)
	}
	point, classes := in[boxPoints].Int32s(), in[boxClasses].Int32s()
	// The box that is to be ignored has a place, so that the others keep theirs.
	if got := [][]int32{classes[:3], classes[d.network.Boxes:][:2]}; !slices.Equal(got[0], []int32{1, -1, -1}) || !slices.Equal(got[1], []int32{1, -1}) {
		t.Errorf("classes %v", got)
	}
	at := int(point[d.network.Boxes])
	if in[heatmap].Float32s()[(2+1)*points+at] != 1 || in[weights].Float32s()[points+at] != 1 || in[weights].Float32s()[at] != 0 {
		t.Error("the centre of the second picture is not where it says")
	}
	for k, want := range []float32{4, 4, 16, 14} {
		if got := in[corners].Float32s()[(4+k)*points+at]; got != want {
			t.Errorf("corner %d is at %v", k, got)
		}
	}
	if in[focus].Float32s()[at] != 0 || in[focus].Float32s()[points+at] != 1 {
		t.Error("what is to be ignored is learnt from")
	}
}

// A detector learns from what Fill gives it, and tells the loss of each object: of a
// wrong label it is the highest.
func TestDetectionLearns(t *testing.T) {
	const batch = 8
	d := detector(t, batch, "red", "green")
	p, in := program(t, d, batch)
	random := rand.New(rand.NewPCG(3, 4))
	var first, last float32
	var b *batches.Batch
	for i := range 150 {
		b = squares(random, batch)
		if i == 149 {
			b.Boxes[2][0].Label = 1 - b.Boxes[2][0].Label
		}
		if err := d.Fill(in, b); err != nil {
			t.Fatal(err)
		}
		r, err := p.Run(t.Context(), 0.004, in...)
		if err != nil || !r.Sound {
			t.Fatalf("%+v, %v", r, err)
		}
		if i == 0 {
			first = r.Loss
		}
		if i < 149 {
			last = r.Loss
		}
	}
	losses := map[string]float32{}
	fits := func(picture, box int, f trainer.Fit) {
		losses[fmt.Sprint(picture, " ", box)] = f.Loss
		if wrong := picture == 2; (f.Other > f.Logit) != wrong {
			t.Errorf("picture %d: %+v", picture, f)
		}
	}
	if err := d.Fits(p, b, fits); err != nil {
		t.Fatal(err)
	}
	t.Logf("from %v to %v, %v", first, last, losses)
	if len(losses) != batch || !(last < first/2) {
		t.Errorf("loss from %v to %v, and of %d objects", first, last, len(losses))
	}
	for name, loss := range losses {
		if name != "2 0" && loss >= losses["2 0"] {
			t.Errorf("%s has a loss of %v, and what is wrong %v", name, loss, losses["2 0"])
		}
	}
}

// squares are pictures with a coloured square each.
func squares(random *rand.Rand, n int) *batches.Batch {
	b := batchOf(make([][]augment.Box, n)...)
	for i := range n {
		const side = 12
		x, y, label := random.IntN(32-side), random.IntN(32-side), random.IntN(2)
		for k := range side * side {
			b.Pixels[3*(32*(32*i+y+k/side)+x+k%side)+label] = 255
		}
		b.Boxes[i] = []augment.Box{{Label: label, X1: float64(x), Y1: float64(y), X2: float64(x + side), Y2: float64(y + side), Weight: 1}}
	}
	return b
}
