package trainer

import (
	"datum/formats"
	"datum/graph"
	"datum/openvino"
	"datum/train/augment"
	"datum/train/loader"
	"datum/train/parameters"
	"datum/train/schedule"
	"datum/train/step"
)

// Options say how a task is trained.
type Options struct {
	// Train is what is learnt from, Val what the model is validated with after each
	// epoch; without a dataset in Val the last model is taken for the best.
	Train, Val Data
	// Epochs is how often all of Train is seen, Batch how many pictures make a batch.
	Epochs, Batch int
	// Steps, where it is not 0, is how many steps are trained instead of Epochs: the last
	// epoch may then be a part of one.
	Steps uint64
	// Width and Height are the size of the pictures in a batch.
	Width, Height int
	Step          step.Options
	// Schedule returns the learning rate over so many steps, of which an epoch has each.
	Schedule func(steps uint64, each float64) schedule.Schedule
	Recipe   augment.Recipe
	// PlainEpochs are the last epochs, without mosaic and mix-up: pictures as they will come.
	PlainEpochs int
	// Patience ends the training after so many epochs in which nothing got better; 0 never does.
	Patience int
	Seed     uint64
	// Loader has the limits, the decoder and what is skipped; what to load is said above.
	Loader loader.Options
	// Initial are first values; nil stands for those that the network begins with.
	Initial parameters.Values
	// Resume goes on where the store's checkpoint was written.
	Resume bool
	Store  Store
	// Suspicious keeps the losses of all objects, for Result.Objects.
	Suspicious bool
	// About is what models say of their training, beside the epoch and its figures.
	About graph.Attrs
	// Evaluation is how the validation compiles its models.
	Evaluation openvino.CompileOptions

	// OnBegin, OnStep and OnEpoch, where they are not nil, are told how it goes:
	// OnBegin of the epochs that were trained before, where a training goes on.
	OnBegin func([]Epoch)
	OnStep  func(StepReport)
	OnEpoch func(*Epoch)
}

// StepReport is how one step went.
type StepReport struct {
	Step, Steps uint64 // this one, counted from 1, and all
	Loss        float64
	Rate        float64 // of learning
	Norm        float64 // of the gradient
}

// Epoch is how one epoch went.
type Epoch struct {
	Number int    `json:"epoch"` // counted from 1
	Steps  uint64 `json:"steps"` // so far, all epochs together
	// Loss is the mean of the epoch's batches.
	Loss float64 `json:"loss"`
	Rate float64 `json:"learning_rate"` // of the last step
	// Score is what was found by the validation, -1 where nothing was; Figures are all of it.
	Score   float64  `json:"score"`
	Figures []Figure `json:"figures,omitempty"`
	Best    bool     `json:"best"` // so far
	// Seconds are for the training, Waited of it for data, and for the validation.
	Seconds           float64 `json:"seconds"`
	Waited            float64 `json:"waited_seconds"`
	ValidationSeconds float64 `json:"validation_seconds"`
	Pictures          int     `json:"pictures"`
	// Unrated are objects that were learnt, but whose loss is not known; see Unrater.
	Unrated int `json:"objects_unrated,omitempty"`
}

// More epochs and steps than make sense: a product of them with the batches of an epoch, or
// of a step, still is a number.
const (
	mostEpochs = 1 << 30
	mostSteps  = 1 << 40
)

func (o *Options) check() error {
	switch {
	case o.Epochs < 1 && o.Steps == 0 || o.Batch < 1:
		return formats.Reason(formats.ErrUsage, "nothing is trained in %d epochs with batches of %d", o.Epochs, o.Batch)
	case o.Schedule == nil || o.Store == nil || o.Train.Dataset == nil:
		return formats.Reason(formats.ErrUsage, "a training needs data, a schedule and a store")
	case o.PlainEpochs < 0 || o.Patience < 0:
		return formats.Reason(formats.ErrUsage, "numbers of epochs are not below 0")
	case o.Epochs > mostEpochs || o.Steps > mostSteps:
		return formats.Reason(formats.ErrUsage, "%d epochs or %d steps are more than make sense", o.Epochs, o.Steps)
	}
	return o.Recipe.Check()
}
