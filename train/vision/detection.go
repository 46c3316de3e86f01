package vision

import (
	"datum/dataset"
	"datum/models/evaluate"
	"datum/openvino"
	"datum/train/augment"
	"datum/train/batches"
	"datum/train/step"
	"datum/train/target"
	"datum/train/trainer"
)

// detection learns boxes.
type detection struct {
	vision
	assigner *target.Assigner
	boxes    []target.Box
	unrated  int
}

func newDetection(v vision) *detection {
	return &detection{vision: v, assigner: target.NewAssigner(v.network.Grid, v.network.Classes)}
}

// Objects returns the objects as an evaluation sees them, so that what is learnt is what is measured:
// crowds and objects of categories that are no classes are to be ignored.
func (d *detection) Objects(it *dataset.Item) ([]augment.Box, bool, error) {
	truths, places, err := evaluate.TruthsOf(it)
	if err != nil {
		return nil, false, err
	}
	boxes := make([]augment.Box, 0, len(truths))
	for i, t := range truths {
		class := d.classOf(int32(t.Category))
		if class < 0 {
			continue
		}
		boxes = append(boxes, augment.Box{
			Label: class, X1: t.Box.X, Y1: t.Box.Y, X2: t.Box.X + t.Box.W, Y2: t.Box.Y + t.Box.H, Ignore: t.Crowd, Annotation: places[i],
		})
	}
	return boxes, true, nil
}

// Inputs of the network, as network.Inputs has them.
const (
	images = iota
	heatmap
	corners
	weights
	focus
	boxPoints
	boxClasses
)

func (d *detection) Fill(inputs []*openvino.Tensor, b *batches.Batch) error {
	copy(inputs[images].Uint8s(), b.Pixels)
	n, points := d.network, d.network.Grid.Points()
	for i, boxes := range b.Boxes {
		d.unrated += d.assigner.Assign(d.targets(boxes), target.Maps{
			Heatmap: piece(inputs[heatmap].Float32s(), i, n.Classes*points),
			Boxes:   piece(inputs[corners].Float32s(), i, 4*points),
			Weights: piece(inputs[weights].Float32s(), i, points),
			Focus:   piece(inputs[focus].Float32s(), i, points),
			Points:  piece(inputs[boxPoints].Int32s(), i, n.Boxes),
			Classes: piece(inputs[boxClasses].Int32s(), i, n.Boxes),
		})
	}
	return nil
}

// Unrated returns how many objects had no place among the losses since it was asked last.
func (d *detection) Unrated() int {
	n := d.unrated
	d.unrated = 0
	return n
}

// piece is the i-th piece of n elements.
func piece[T any](all []T, i, n int) []T { return all[i*n:][:n:n] }

// targets turns the boxes of a picture into those of package target.
func (d *detection) targets(boxes []augment.Box) []target.Box {
	d.boxes = d.boxes[:0]
	for _, b := range boxes {
		t := target.Box{X0: float32(b.X1), Y0: float32(b.Y1), X1: float32(b.X2), Y1: float32(b.Y2), Class: b.Label, Weight: float32(b.Weight)}
		if b.Ignore {
			t.Weight = 0
		}
		d.boxes = append(d.boxes, t)
	}
	return d.boxes
}

func (d *detection) Fits(p *step.Program, b *batches.Batch, add func(picture, box int, f trainer.Fit)) error {
	var shown [3][]float32 // see network.Loss.OfObjects
	for i := range shown {
		t, err := p.More(i)
		if err != nil {
			return err
		}
		shown[i] = t.Float32s()
	}
	n := d.network
	for i, boxes := range b.Boxes {
		logits := piece(shown[1], i, n.Classes*n.Boxes)
		for k := range min(len(boxes), n.Boxes) {
			loss := shown[0][i*n.Boxes+k]
			if !(loss > 0) {
				continue // it has no point
			}
			f := trainer.FitOf(loss, boxes[k].Label, n.Classes, func(class int) float32 { return logits[class*n.Boxes+k] })
			f.Apart = shown[2][i*n.Boxes+k]
			add(i, k, f)
		}
	}
	return nil
}
