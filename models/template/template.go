// Package template holds how networks are trained: which network, on pictures of what
// size, changed how, in how many steps of what kind. Each template is a file in YAML.
// Some come with datum; people write their own.
//
// A template is read strictly: a key that is not known, a value that cannot be and a
// key that is there twice are errors with their line, as a slip would otherwise cost a
// night of training.
package template

import (
	"errors"

	"datum/models/network"
)

// ErrTemplate is wrapped where something is not a template.
var ErrTemplate = errors.New("not a valid template")

// A Template says how a network is trained.
type Template struct {
	// Name is that of the file, without what follows the last dot.
	Name string `yaml:"-"`
	// About says in a sentence what it is good for.
	About string `yaml:"about"`
	// Architecture is one of those of package network.
	Architecture string `yaml:"architecture"`
	Input        Input  `yaml:"input"`
	// Batch is how many pictures a step sees at once, Accumulate how many such batches
	// make a step.
	Batch        int          `yaml:"batch" range:"1 4096"`
	Accumulate   int          `yaml:"accumulate" range:"1 1024"`
	Schedule     Schedule     `yaml:"schedule"`
	Optimizer    Optimizer    `yaml:"optimizer"`
	Augmentation Augmentation `yaml:"augmentation"`
	// Smoothing is how much of what a classifier is to say goes to all classes alike.
	Smoothing float64 `yaml:"smoothing" range:"0 0.9"`
}

// Input is the size of the pictures that the network sees.
type Input struct {
	Width  int `yaml:"width" range:"8 8192"`
	Height int `yaml:"height" range:"8 8192"`
}

// Schedule says how long training goes on, and how fast.
type Schedule struct {
	// Epochs is how often the whole dataset is seen at most.
	Epochs int `yaml:"epochs" range:"1 100000"`
	// Patience is after how many epochs without progress training ends; 0 is never.
	Patience int `yaml:"patience" range:"0 100000"`
	// Warmup is how many epochs the learning rate rises from nothing.
	Warmup float64 `yaml:"warmup" range:"0 1000"`
	// Decay is how the learning rate falls: along a cosine, at steps, or not at all.
	Decay string `yaml:"decay" oneof:"cosine steps constant"`
	// Hold is which part of the steps, after the warm-up, have the whole learning rate
	// before a cosine falls.
	Hold float64 `yaml:"hold" range:"0 1"`
	// Last is the share of the learning rate that a cosine ends with.
	Last float64 `yaml:"last" range:"0 1"`
	// Steps are the epochs after which the learning rate falls to Factor of itself.
	Steps  []int   `yaml:"steps" range:"1 100000"`
	Factor float64 `yaml:"factor" range:"0 1"`
}

// Optimizer says how weights follow their gradient.
type Optimizer struct {
	Kind string `yaml:"kind" oneof:"sgd adam adamw"`
	// Rate is the learning rate at its highest.
	Rate float64 `yaml:"rate" range:"1e-9 10"`
	// Momentum and Nesterov are for sgd.
	Momentum float64 `yaml:"momentum" range:"0 0.9999"`
	Nesterov bool    `yaml:"nesterov"`
	// Beta2 is the share of the old in the mean squares of the gradient by which adam and
	// adamw divide. With much of it, the large gradients of the first steps slow down
	// hundreds of others.
	Beta2       float64 `yaml:"beta2" range:"0.5 0.999999"`
	WeightDecay float64 `yaml:"weight_decay" range:"0 1"`
	// Clip is the greatest length of the gradient, 0 for any.
	Clip float64 `yaml:"clip" range:"0 1e9"`
	// Average is the share of the old in a running mean of the weights, 0 for none.
	Average float64 `yaml:"average" range:"0 0.999999"`
	// Precision is f32, or mixed: products in bfloat16.
	Precision string `yaml:"precision" oneof:"f32 mixed"`
}

// Augmentation says how pictures are changed before the network sees them. What is a
// chance goes from 0, never, to 1, always.
type Augmentation struct {
	// Flip is the chance that left and right change places.
	Flip float64 `yaml:"flip" range:"0 1"`
	// Scale is how large pictures become, from and to, before they are cropped or
	// filled up to their size.
	Scale []float64 `yaml:"scale" range:"0.05 16"`
	// Brightness, Contrast, Saturation and Hue are how much these change at most.
	Brightness float64 `yaml:"brightness" range:"0 1"`
	Contrast   float64 `yaml:"contrast" range:"0 1"`
	Saturation float64 `yaml:"saturation" range:"0 1"`
	Hue        float64 `yaml:"hue" range:"0 0.5"`
	// Mosaic is the chance that four pictures become one, MixUp that two do.
	Mosaic float64 `yaml:"mosaic" range:"0 1"`
	MixUp  float64 `yaml:"mix_up" range:"0 1"`
	// Plain is how many epochs at the end are without mosaic and mix-up.
	Plain int `yaml:"plain" range:"0 100000"`
	// Epochs is how many a training has that wants all of this. One of fewer epochs sees
	// each picture less often, has less to fear from learning it by heart, and leaves so
	// many more as they are. 0 is for all of it always.
	Epochs int `yaml:"epochs" range:"0 100000"`
}

// PlainShare is which part of the pictures a training of so many epochs leaves as they are.
func (a *Augmentation) PlainShare(epochs float64) float64 {
	if a.Epochs == 0 {
		return 0
	}
	return max(0, 1-epochs/float64(a.Epochs))
}

// usual is what a template says where it says nothing.
func usual() *Template {
	return &Template{
		Batch: 16, Accumulate: 1, Input: Input{Width: 320, Height: 320},
		Schedule:     Schedule{Epochs: 60, Warmup: 1, Decay: "cosine", Last: 0.01, Factor: 0.1},
		Optimizer:    Optimizer{Kind: "adam", Rate: 1e-3, Momentum: 0.9, Beta2: 0.999, Precision: "f32"},
		Augmentation: Augmentation{Scale: []float64{1, 1}},
	}
}

// Network is what the template trains, for so many classes.
func (t *Template) Network(classes int) network.Config {
	return network.Config{
		Architecture: t.Architecture, Width: t.Input.Width, Height: t.Input.Height, Batch: t.Batch, Classes: classes, Smoothing: t.Smoothing,
	}
}

// Task is what the network is for.
func (t *Template) Task() network.Task {
	for _, task := range []network.Task{network.Detection, network.Classification} {
		for _, name := range network.Architectures(task) {
			if name == t.Architecture {
				return task
			}
		}
	}
	return ""
}
