package vision

import (
	"datum/dataset"
	"datum/openvino"
	"datum/train/augment"
	"datum/train/batches"
	"datum/train/step"
	"datum/train/trainer"
)

// classification learns the label of a picture.
type classification struct{ vision }

// Objects returns one object: all of the picture, with its label. Pictures without
// a label, or with several, are not usable.
func (c *classification) Objects(it *dataset.Item) ([]augment.Box, bool, error) {
	class, at := -1, 0
	for i, a := range it.Annotations {
		l, ok := a.(*dataset.Label)
		if !ok {
			continue
		}
		k := c.classOf(l.Label)
		if k < 0 {
			continue
		}
		if class >= 0 && k != class {
			return nil, false, nil
		}
		class, at = k, i
	}
	if class < 0 {
		return nil, false, nil
	}
	box := augment.Box{Label: class, X2: anySize, Y2: anySize, Annotation: at}
	if img, ok := it.Media.(*dataset.Image); ok && img.Width > 0 && img.Height > 0 {
		box.X2, box.Y2 = float64(img.Width), float64(img.Height)
	}
	return []augment.Box{box}, true, nil
}

// anySize is a box around a picture whose size is not known before it is decoded:
// it is cut off where the picture ends.
const anySize = 1 << 20

// Fill writes how much of each class a picture is: where several were put
// together, what each of them adds.
func (c *classification) Fill(inputs []*openvino.Tensor, b *batches.Batch) error {
	copy(inputs[0].Uint8s(), b.Pixels)
	classes, weights := inputs[1].Float32s(), inputs[2].Float32s()
	clear(classes)
	for i, boxes := range b.Boxes {
		row, sum := piece(classes, i, len(c.labels)), float32(0)
		for _, o := range boxes {
			row[o.Label] += float32(o.Weight)
			sum += float32(o.Weight)
		}
		weights[i] = 0
		if sum > 0 {
			weights[i] = 1
			for k := range row {
				row[k] /= sum
			}
		}
	}
	return nil
}

func (c *classification) Fits(p *step.Program, b *batches.Batch, add func(picture, box int, f trainer.Fit)) error {
	losses, err := p.More(0)
	if err != nil {
		return err
	}
	logits, err := p.More(1)
	if err != nil {
		return err
	}
	for i, boxes := range b.Boxes {
		if len(boxes) == 1 {
			add(i, 0, trainer.FitOf(losses.Float32s()[i], boxes[0].Label, len(c.labels), func(class int) float32 {
				return logits.Float32s()[i*len(c.labels)+class]
			}))
		}
	}
	return nil
}
