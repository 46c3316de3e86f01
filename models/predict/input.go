package predict

import (
	"fmt"
	"slices"
	"strings"

	"datum/formats"
	"datum/models/detection"
	"datum/models/metadata"
	"datum/openvino"
)

// findInputs finds the input that takes the picture, and that which takes its
// size, as RT-DETR has it.
func (p *Predictor) findInputs(inputs []openvino.Port) error {
	p.picture = -1
	for i, in := range inputs {
		switch {
		case len(in.Shape) == 4 && p.picture < 0 && channels(in.Shape) > 0:
			p.picture = i
		case strings.HasPrefix(in.Name, "orig_target_size") && len(in.Shape) == 2 && (in.Element == openvino.I64 || in.Element == openvino.F32) && p.sizes < 0:
			p.sizes = i
		default:
			return formats.WithHint(fmt.Errorf("%w: it wants %s", ErrModel, describe(in)), "a model that takes pictures has one input of four dimensions, of which one is 1 or 3 channels")
		}
	}
	if p.picture < 0 {
		return fmt.Errorf("%w: it takes no picture", ErrModel)
	}
	return nil
}

func describe(p openvino.Port) string {
	return strings.TrimSpace(fmt.Sprintf("an input %s %v of %v", p.Name, p.Shape, p.Element))
}

// channels returns how many channels an input has, 0 where that cannot be said:
// [N,C,H,W] or [N,H,W,C].
func channels(s openvino.PartialShape) int {
	dims := shape(s)
	for _, at := range []int{1, 3} {
		if dims[at] == 3 || dims[at] == 1 && (dims[4-at] != 1 && dims[4-at] != 3) {
			return dims[at]
		}
	}
	return 0
}

// layout returns the order of an input's dimensions.
func layout(s openvino.PartialShape) string {
	if dims := shape(s); dims[1] == 3 || dims[1] == 1 && dims[3] != 3 {
		return "NCHW"
	}
	return "NHWC"
}

// chooseInput decides what pictures become: as the options say, or else the
// model, or else as is the custom of its family.
func (p *Predictor) chooseInput(element openvino.ElementType, about metadata.Metadata) error {
	unscaled := [3]float32{1, 1, 1}
	switch {
	case p.Head == nil && element == openvino.U8: // it takes pixels as they are
		p.Input = detection.Input{Resize: detection.Stretch, Scale: unscaled}
	case p.Head != nil:
		p.Input = p.Head.Traits().Input
	case strings.EqualFold(about.Type, "classify"): // Ultralytics
		p.Input = detection.Input{Resize: detection.Stretch, Scale: [3]float32{255, 255, 255}}
	default:
		p.Input = detection.Input{Resize: detection.Stretch, Mean: [3]float32{123.675, 116.28, 103.53}, Scale: [3]float32{58.395, 57.12, 57.375}}
	}
	if about.Embedded {
		p.Input.BGR, p.Input.Mean, p.Input.Scale = false, [3]float32{}, unscaled
	}
	if !about.Embedded && (about.Mean != nil || about.Scale != nil) {
		p.Input.Mean, p.Input.Scale = three(about.Mean, [3]float32{}), three(about.Scale, unscaled)
	}
	if about.ReverseChannels != nil {
		p.Input.BGR = !*about.ReverseChannels
	}
	if about.Pad >= 0 {
		p.Input.Pad = uint8(min(about.Pad, 255))
	}
	if err := p.chooseResize(about.Resize); err != nil {
		return err
	}
	if p.options.Color != 0 {
		p.Input.BGR = p.options.Color == openvino.BGR
	}
	if p.options.Mean != nil || p.options.Scale != nil {
		p.Input.Mean, p.Input.Scale = three(p.options.Mean, [3]float32{}), three(p.options.Scale, unscaled)
	}
	if slices.Contains(p.Input.Scale[:], 0) {
		return formats.Reason(formats.ErrUsage, "pictures cannot be divided by 0")
	}
	return nil
}

func three(v []float32, otherwise [3]float32) [3]float32 {
	if len(v) == 3 {
		return [3]float32(v)
	}
	return otherwise
}

// chooseResize decides how pictures come to their size; said is the resize_type
// of the model.
func (p *Predictor) chooseResize(said string) error {
	if p.options.Resize != "" {
		p.Input.Resize = p.options.Resize
		return nil
	}
	switch said {
	case "":
	case "standard":
		p.Input.Resize = detection.Stretch
	case "fit_to_window":
		p.Input.Resize = detection.LetterboxCorner
	case "fit_to_window_letterbox":
		p.Input.Resize = detection.Letterbox
	default:
		return formats.WithHint(fmt.Errorf("%w: it wants its pictures resized by %q, which is not there", ErrModel, said), "--resize says what to do instead")
	}
	return nil
}

// single makes the model take one picture at a time, if it is for several.
func (p *Predictor) single(model *openvino.Model, inputs []openvino.Port) ([]openvino.Port, error) {
	in := inputs[p.picture]
	if n := in.Shape[0]; !n.Static() || n.Min == 1 {
		return inputs, nil
	}
	one := slices.Clone(in.Shape)
	one[0] = openvino.Dim{Min: 1, Max: 1}
	if err := model.Reshape(map[string]openvino.PartialShape{in.Name: one}); err != nil {
		return nil, cannotReshape(in, one, err)
	}
	return model.Inputs()
}

func cannotReshape(in openvino.Port, to openvino.PartialShape, err error) error {
	return formats.WithHint(fmt.Errorf("%w: its input %s %v cannot be made %v: %w", ErrModel, in.Name, in.Shape, to, err),
		"the model was exported for one size or batch only")
}

// usualSize is the size of pictures for a model that takes any.
const usualSize = 640

// fix gives the model's input a batch of one and, unless pictures keep their
// size, a size.
func (p *Predictor) fix(model *openvino.Model, inputs []openvino.Port, about metadata.Metadata) error {
	in := inputs[p.picture]
	dims := shape(in.Shape)
	h, w := 2, 3
	if layout(in.Shape) == "NHWC" {
		h, w = 1, 2
	}
	if p.Input.Resize == detection.Keep && (dims[h] >= 0 || dims[w] >= 0) {
		p.Input.Resize = detection.Stretch // it has a size all the same
	}
	dims[0] = 1
	if p.Input.Resize != detection.Keep {
		dims[h] = first(p.options.Height, dims[h], about.Height, usualSize)
		dims[w] = first(p.options.Width, dims[w], about.Width, usualSize)
		p.Width, p.Height = dims[w], dims[h]
	}
	shapes := map[string]openvino.PartialShape{in.Name: openvino.ShapeOf(dims...)}
	if p.sizes >= 0 {
		shapes[inputs[p.sizes].Name] = openvino.ShapeOf(1, 2)
	}
	p.changes = fmt.Sprintf("input %d as %v, sizes %d", p.picture, shapes[in.Name], p.sizes)
	if shapes[in.Name].String() == in.Shape.String() && p.sizes < 0 {
		return nil
	}
	if err := model.Reshape(shapes); err != nil {
		return cannotReshape(in, shapes[in.Name], err)
	}
	return nil
}

// first returns the first that is above zero.
func first(values ...int) int {
	for _, v := range values {
		if v > 0 {
			return v
		}
	}
	return 0
}

// prepare puts the conversion of pixels into the model, and makes all its
// outputs floats.
func (p *Predictor) prepare(model *openvino.Model, in openvino.Port, outputs []openvino.Port) error {
	pre := openvino.Preprocessing{Input: p.picture, Element: openvino.U8, Layout: "NHWC", Color: openvino.RGB, ModelLayout: layout(in.Shape)}
	gray := channels(in.Shape) == 1
	switch {
	case gray:
		pre.Steps = append(pre.Steps, openvino.ToElement(openvino.F32), openvino.ToColor(openvino.Gray))
	case p.Input.BGR:
		pre.Steps = append(pre.Steps, openvino.ToColor(openvino.BGR))
	}
	mean, scale := p.Input.Mean[:], p.Input.Scale[:]
	if gray {
		mean, scale = mean[:1], scale[:1]
	}
	isMean, isScale := p.Input.Mean != [3]float32{}, p.Input.Scale != [3]float32{1, 1, 1}
	if (isMean || isScale) && !gray {
		pre.Steps = append(pre.Steps, openvino.ToElement(openvino.F32))
	}
	if isMean {
		pre.Steps = append(pre.Steps, openvino.Mean(mean...))
	}
	if isScale {
		pre.Steps = append(pre.Steps, openvino.Scale(scale...))
	}
	p.changes += fmt.Sprintf("; %s, gray %v, %+v, outputs as f32", pre.ModelLayout, gray, p.Input)
	if err := model.Preprocess(pre); err != nil {
		return err
	}
	for i, out := range outputs {
		if out.Element == openvino.F32 {
			continue
		}
		if err := model.ConvertOutput(i, openvino.F32); err != nil {
			return err
		}
	}
	return nil
}
