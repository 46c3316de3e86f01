package graph

import (
	"slices"
	"strconv"
	"strings"
)

// list writes integers as an attribute.
func list(v []int64) string {
	s := make([]string, len(v))
	for i, n := range v {
		s[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(s, ", ")
}

// filled is v, or a list of n numbers where there is none.
func filled(v []int64, n int, with int64) []int64 {
	if v != nil {
		return v
	}
	return slices.Repeat([]int64{with}, n)
}

// MatMul multiplies matrices, the last two dimensions of each; those before
// are a batch.
func (b *Builder) MatMul(x, y *Output, transposeX, transposeY bool) *Output {
	return b.Add1("MatMul", Attrs{{"transpose_a", strconv.FormatBool(transposeX)}, {"transpose_b", strconv.FormatBool(transposeY)}}, x, y)
}

// A Window is how filters and pools go over a tensor. What is left empty is 1
// for strides and dilations, and no padding.
type Window struct {
	Strides, Begin, End, Dilations []int64
	// AutoPad is "explicit" unless it is given: "same_upper", "same_lower",
	// "valid".
	AutoPad string
	// OutputPadding is what a backward convolution adds at the ends.
	OutputPadding []int64
	// Rounding is how a pool counts: "floor" unless it is given, "ceil",
	// "ceil_torch".
	Rounding string
}

// Pad returns a window with the same stride everywhere and padding on every
// side of two dimensions.
func Pad(stride, padding int64) Window {
	p := []int64{padding, padding}
	return Window{Strides: []int64{stride, stride}, Begin: p, End: p}
}

// attrs are the attributes of a window over so many dimensions.
func (w Window) attrs(spatial int, dilations bool) Attrs {
	a := Attrs{{"strides", list(filled(w.Strides, spatial, 1))}}
	if dilations {
		a.Set("dilations", list(filled(w.Dilations, spatial, 1)))
	}
	a.Set("pads_begin", list(filled(w.Begin, spatial, 0)))
	a.Set("pads_end", list(filled(w.End, spatial, 0)))
	pad := w.AutoPad
	if pad == "" {
		pad = "explicit"
	}
	a.Set("auto_pad", pad)
	return a
}

// spatial is how many dimensions of a tensor a window goes over.
func spatial(x *Output) int {
	if x == nil {
		return 0
	}
	return max(0, len(x.Shape)-2)
}

// Convolution applies filters [out, in, size…] to x [batch, in, size…].
func (b *Builder) Convolution(x, filters *Output, w Window) *Output {
	return b.Add1("Convolution", w.attrs(spatial(x), true), x, filters)
}

// GroupConvolution applies filters [groups, out, in, size…] to groups of
// channels.
func (b *Builder) GroupConvolution(x, filters *Output, w Window) *Output {
	return b.Add1("GroupConvolution", w.attrs(spatial(x), true), x, filters)
}

// ConvolutionBack is the convolution backwards, with filters [in, out, size…].
// The size of the output is given by an input, or follows from the window
// where output is nil.
func (b *Builder) ConvolutionBack(x, filters, output *Output, w Window) *Output {
	return b.back("ConvolutionBackpropData", x, filters, output, w)
}

// GroupConvolutionBack is the same with filters [groups, in, out, size…].
func (b *Builder) GroupConvolutionBack(x, filters, output *Output, w Window) *Output {
	return b.back("GroupConvolutionBackpropData", x, filters, output, w)
}

func (b *Builder) back(typ string, x, filters, output *Output, w Window) *Output {
	a := w.attrs(spatial(x), true)
	a.Set("output_padding", list(filled(w.OutputPadding, spatial(x), 0)))
	if output == nil {
		return b.Add1(typ, a, x, filters)
	}
	return b.Add1(typ, a, x, filters, output)
}

// MaxPool returns the greatest values of each window, and where they are.
func (b *Builder) MaxPool(x *Output, kernel []int64, w Window) (values, indices *Output) {
	a := w.attrs(spatial(x), true)
	a.Set("kernel", list(kernel))
	a.Set("rounding_type", w.rounding())
	a.Set("index_element_type", "i64")
	a.Set("axis", "2")
	n := b.AddNode("MaxPool", w.poolVersion(), a, x)
	if n == nil {
		return b.none, b.none
	}
	return n.outputs[0], n.outputs[1]
}

// AvgPool returns the mean of each window, with or without padding counted.
func (b *Builder) AvgPool(x *Output, kernel []int64, w Window, excludePadding bool) *Output {
	a := w.attrs(spatial(x), false)
	a.Set("kernel", list(kernel))
	a.Set("exclude-pad", strconv.FormatBool(excludePadding))
	a.Set("rounding_type", w.rounding())
	n := b.AddNode("AvgPool", w.poolVersion(), a, x)
	if n == nil {
		return b.none
	}
	return n.outputs[0]
}

// poolVersion is the opset of a pool: the way in which PyTorch rounds came
// late.
func (w Window) poolVersion() string {
	if w.Rounding == "ceil_torch" {
		return "opset14"
	}
	return ""
}

func (w Window) rounding() string {
	if w.Rounding == "" {
		return "floor"
	}
	return w.Rounding
}

// ImagePatches lays the windows of x [batch, channels, height, width] out as
// channels.
func (b *Builder) ImagePatches(x *Output, size []int64, w Window) *Output {
	pad := w.AutoPad
	if pad == "" {
		pad = "valid"
	}
	return b.Add1("ExtractImagePatches", Attrs{{"sizes", list(size)}, {"strides", list(filled(w.Strides, 2, 1))}, {"rates", list(filled(w.Dilations, 2, 1))}, {"auto_pad", pad}}, x)
}

// An Interpolation is how a tensor is resized.
type Interpolation struct {
	Mode        string // "nearest", "linear", "linear_onnx", "cubic"
	Coordinates string // "half_pixel" unless it is given, "asymmetric", "align_corners", …
	Nearest     string // "round_prefer_floor" unless it is given, "floor", …
	Antialias   bool
}

// Resize gives the axes of x new sizes.
func (b *Builder) Resize(x *Output, axes, sizes []int64, how Interpolation) *Output {
	return b.Add1("Interpolate", how.attrs("sizes"), x, b.Int64s(sizes...), b.Int64s(axes...))
}

// Scale multiplies the sizes of the axes of x.
func (b *Builder) Scale(x *Output, axes []int64, by []float32, how Interpolation) *Output {
	return b.Add1("Interpolate", how.attrs("scales"), x, b.Float32s("", Shape{int64(len(by))}, by...), b.Int64s(axes...))
}

func (i Interpolation) attrs(by string) Attrs {
	if i.Coordinates == "" {
		i.Coordinates = "half_pixel"
	}
	if i.Nearest == "" {
		i.Nearest = "round_prefer_floor"
	}
	return Attrs{
		{"mode", i.Mode}, {"shape_calculation_mode", by}, {"coordinate_transformation_mode", i.Coordinates}, {"nearest_mode", i.Nearest},
		{"antialias", strconv.FormatBool(i.Antialias)}, {"pads_begin", "0"}, {"pads_end", "0"}, {"cube_coeff", "-0.75"},
	}
}

// Attention is softmax(q·kᵀ·scale + mask)·v. Mask and scale may be nil.
func (b *Builder) Attention(q, k, v, mask, scale *Output, causal bool) *Output {
	in := []*Output{q, k, v}
	switch {
	case scale != nil && mask == nil:
		mask = b.Like(q, 0)
		fallthrough
	case scale != nil:
		in = append(in, mask, scale)
	case mask != nil:
		in = append(in, mask)
	}
	return b.Add1("ScaledDotProductAttention", Attrs{{"causal", strconv.FormatBool(causal)}}, in...)
}
