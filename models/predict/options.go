package predict

import (
	"datum/formats"
	"datum/models/compiler"
	"datum/models/detection"
	"datum/openvino"
)

// Task is what a model is for.
type Task string

// The tasks there are.
const (
	Detection      Task = "detection"
	Classification Task = "classification"
)

// Options say what is known of a model better than by the model itself. The
// zero value is that nothing is.
type Options struct {
	Task Task
	// Head names the way to read the outputs of a detector.
	Head string
	// Resize is how pictures come to the size of the input.
	Resize detection.Resize
	// Width and Height are the size of the input, where the model leaves it
	// open.
	Width, Height int
	// Color is RGB or BGR.
	Color openvino.Color
	// Mean and Scale, of three values each, replace both that the model wants.
	Mean, Scale []float32

	// Score is the least score that is reported, below 0 that which is the custom
	// of the model's family; IoU is how much boxes of a class may overlap where it
	// is not 0, Max the most boxes of a picture.
	Score, IoU float64
	Max        int
	// MultiLabel lets one box have several classes, as evaluations want it.
	MultiLabel bool

	// Skip, where it is not nil, counts and names the pictures for which the
	// numbers that the model puts out make no sense, and leaves them out; such a
	// picture is an error otherwise.
	Skip *formats.Skipped

	// Requests is how many inferences run at a time; 0 is what the runtime
	// finds best.
	Requests int
	Compile  openvino.CompileOptions
	// Compiler compiles the model; nil is one without a cache.
	Compiler *compiler.Compiler
}

// topClasses is how many classes of a picture a classifier reports.
const topClasses = 5
