package trainer

import (
	"datum/dataset"
	"datum/graph"
	"datum/openvino"
	"datum/train/augment"
	"datum/train/batches"
	"datum/train/loader"
	"datum/train/parameters"
	"datum/train/step"
)

// A Task is what a network learns to do. Package train/vision has detectors and
// classifiers.
type Task interface {
	// Network is what is trained, for batches of a size.
	Network(batch int) (step.Network, error)
	// Objects returns what is to be learnt of an item, in pixels of its picture; for a
	// classifier, one that has its label. One goroutine at a time calls it. Items
	// without objects are background; those of which nothing can be learnt are not
	// usable, and left out.
	Objects(it *dataset.Item) (boxes []augment.Box, usable bool, err error)
	// Fill writes the inputs of the network, for a full batch.
	Fill(inputs []*openvino.Tensor, b *batches.Batch) error
	// Fits calls add for each box of the batch that was trained with last: with its
	// picture, its number in that picture's Boxes, and how well it fits.
	Fits(p *step.Program, b *batches.Batch, add func(picture, box int, f Fit)) error
	// Export makes a model of the trained values: one that tells its labels and what
	// it wants of pictures, so that models/predict runs it.
	Export(values parameters.Values) (*graph.Model, error)
}

// An Unrater is a task that cannot tell the losses of all objects apart, as a picture may
// have more of them than there is room for. They are learnt like the others.
type Unrater interface {
	// Unrated returns how many there were since it was asked last.
	Unrated() int
}

// Data are the items of one subset.
type Data struct {
	Dataset loader.Dataset
	// Subset is empty for all.
	Subset string
}

// Figure is a number with a name, such as AP50.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}
