package openvino

import (
	"fmt"

	"datum/openvino/internal/capi"
)

// Preprocessing says what is handed over for one input of a model, and how that becomes
// what the model wants. It becomes part of the model's graph.
type Preprocessing struct {
	Input int // which one

	// What is handed over; each may be left at its zero value, which stands for what the
	// model has. Height and Width of pictures that are to be resized may be AnySize.
	Element       ElementType
	Layout        string // "NHWC"
	Color         Color
	Height, Width int

	// ModelLayout is needed by steps that have to find channels, height or width: "NCHW".
	ModelLayout string

	// Steps are made in their order. What is left to do after the last of them, to come
	// to the layout and the elements of the model, is added.
	Steps []Step
}

// AnySize is the height and the width of pictures that differ in size.
const AnySize = -1

// A Color says what the channels of a picture are.
type Color int

// The colours of pictures.
const (
	RGB  Color = 5
	BGR  Color = 6
	Gray Color = 7
	RGBX Color = 8
	BGRX Color = 9
)

// An Algorithm makes pictures larger and smaller.
type Algorithm int

// The algorithms.
const (
	Linear Algorithm = iota
	Cubic
	Nearest
)

// A Border says what comes beyond the border of a picture.
type Border int

// The borders.
const (
	Constant  Border = iota // a given value
	Edge                    // the last pixel, repeated
	Reflect                 // the picture, without its last pixel, backwards
	Symmetric               // the picture backwards
)

// A Step is one operation of preprocessing.
type Step struct {
	name  string
	apply func(capi.Input) capi.Status
}

// ToElement converts the elements.
func ToElement(element ElementType) Step {
	return Step{"a conversion to " + element.String(), func(i capi.Input) capi.Status { return capi.StepElement(i, int(element)) }}
}

// ToLayout changes the order of the dimensions.
func ToLayout(layout string) Step {
	return Step{"a conversion to " + layout, func(i capi.Input) capi.Status { return capi.StepLayout(i, layout) }}
}

// ToColor converts the colours.
func ToColor(color Color) Step {
	return Step{"a conversion of colours", func(i capi.Input) capi.Status { return capi.StepColor(i, int(color)) }}
}

// Resize gives pictures the height and width of the model.
func Resize(algorithm Algorithm) Step {
	return Step{"a change of size", func(i capi.Input) capi.Status { return capi.StepResize(i, int(algorithm)) }}
}

// Mean subtracts one value, or one for each channel.
func Mean(values ...float32) Step {
	return Step{"a subtraction", func(i capi.Input) capi.Status { return capi.StepMean(i, values) }}
}

// Scale divides by one value, or one for each channel.
func Scale(values ...float32) Step {
	return Step{"a division", func(i capi.Input) capi.Status { return capi.StepScale(i, values) }}
}

// Crop keeps what lies from begin to end, which have a value for each dimension.
func Crop(begin, end []int32) Step {
	return Step{"a cut", func(i capi.Input) capi.Status { return capi.StepCrop(i, begin, end) }}
}

// Pad adds a border before and behind, which have a value for each dimension; value is
// that of a constant border.
func Pad(before, behind []int32, border Border, value float32) Step {
	return Step{"a border", func(i capi.Input) capi.Status { return capi.StepPad(i, before, behind, value, int(border)) }}
}

// ReverseChannels exchanges the first channel with the last.
func ReverseChannels() Step { return Step{"an exchange of channels", capi.StepReverseChannels} }

// Preprocess puts operations before the inputs of the model.
func (m *Model) Preprocess(inputs ...Preprocessing) error {
	return m.rebuild("preprocessing", func(p capi.Preprocessor) error {
		for i := range inputs {
			if err := inputs[i].add(p); err != nil {
				return err
			}
		}
		return nil
	})
}

// ConvertOutput makes the model give its i-th output in other elements.
func (m *Model) ConvertOutput(i int, element ElementType) error {
	return m.rebuild("converting an output", func(p capi.Preprocessor) error {
		return promptly(fmt.Sprintf("converting output %d to %v", i, element), capi.OutputElement(p, i, int(element)))
	})
}

// rebuild replaces the model by what a preprocessor makes of it.
func (m *Model) rebuild(op string, prepare func(capi.Preprocessor) error) error {
	if m.handle == nil {
		return ErrClosed
	}
	errorText.Lock()
	defer errorText.Unlock()
	p, status := capi.PreprocessorCreate(m.handle)
	if err := promptly(op, status); err != nil {
		return err
	}
	defer capi.PreprocessorFree(p)
	if err := prepare(p); err != nil {
		return err
	}
	built, status := capi.PreprocessorBuild(p)
	if err := promptly(op, status); err != nil {
		return err
	}
	capi.ModelFree(m.handle)
	m.handle = built
	return nil
}

// add puts the operations of one input into p.
func (o *Preprocessing) add(p capi.Preprocessor) error {
	input, status := capi.InputCreate(p, o.Input)
	if err := promptly(fmt.Sprintf("preprocessing input %d", o.Input), status); err != nil {
		return err
	}
	defer capi.InputFree(input)
	for _, step := range o.all() {
		if err := whole("preprocessing an input", step.name); err != nil { // layouts are named in it
			return err
		}
		if err := promptly(fmt.Sprintf("preprocessing input %d: %s", o.Input, step.name), step.apply(input)); err != nil {
			return err
		}
	}
	return nil
}

// all returns everything that is to be said of the input, in the runtime's order.
func (o *Preprocessing) all() []Step {
	var all []Step
	say := func(wanted bool, name string, apply func(capi.Input) capi.Status) {
		if wanted {
			all = append(all, Step{name, apply})
		}
	}
	say(o.Element != Dynamic, "the elements", func(i capi.Input) capi.Status { return capi.InputElement(i, int(o.Element)) })
	say(o.Layout != "", "the layout "+o.Layout, func(i capi.Input) capi.Status { return capi.InputLayout(i, o.Layout) })
	say(o.Color != 0, "the colours", func(i capi.Input) capi.Status { return capi.InputColor(i, int(o.Color)) })
	say(o.Height != 0, "the size", func(i capi.Input) capi.Status { return capi.InputSize(i, o.Height, o.Width) })
	say(o.ModelLayout != "", "the model's layout "+o.ModelLayout, func(i capi.Input) capi.Status {
		return capi.InputModelLayout(i, o.ModelLayout)
	})
	return append(all, o.Steps...)
}
