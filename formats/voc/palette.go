package voc

import (
	"image/color"
	"strings"

	"datum/dataset"
)

// void is the palette index, and the class, of pixels that are of no class for
// sure: the rims of objects.
const void = 255

// officialLabels are the classes of the Pascal VOC challenges, in the order of
// their palette indices from 1 on.
var officialLabels = []string{
	"aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog",
	"horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
}

// vocPalette has the colours of the palette indices: the three lowest bits of
// the index are the highest bits of red, green and blue, and so on.
var vocPalette = func() (p [256]color.RGBA) {
	for i := range p {
		var c [3]uint8
		for n, shift := i, 7; n > 0; n, shift = n>>3, shift-1 {
			for k := range c {
				c[k] |= uint8(n>>k&1) << shift
			}
		}
		p[i] = color.RGBA{c[0], c[1], c[2], 255}
	}
	return p
}()

// classes says which label a palette index of a picture of classes stands for.
type classes struct {
	// labels are by index; index 0 is the label of the background, or none.
	labels []int32
	// colors are those that labels were given.
	colors map[int32]color.RGBA
}

// classesOf numbers the labels of c: the background is 0 where there is one,
// and the others follow in their order.
func classesOf(c *dataset.Categories) classes {
	out := classes{labels: []int32{dataset.NoLabel}, colors: map[int32]color.RGBA{}}
	if c.Masks != nil {
		for _, x := range c.Masks.Colors {
			if rgb, ok := rgbOf(x); ok {
				out.colors[x.Label] = rgb
			}
		}
	}
	background := backgroundOf(c, out.colors)
	out.labels[0] = background
	for i := range int32(c.Len()) {
		if i != background {
			out.labels = append(out.labels, i)
		}
	}
	return out
}

func rgbOf(x dataset.LabelColor) (color.RGBA, bool) {
	if max(x.R, x.G, x.B) > 255 || min(x.R, x.G, x.B) < 0 {
		return color.RGBA{}, false
	}
	return color.RGBA{uint8(x.R), uint8(x.G), uint8(x.B), 255}, true
}

// backgroundOf is the label called background, or else the one that is black.
func backgroundOf(c *dataset.Categories, colors map[int32]color.RGBA) int32 {
	for i := range c.Len() {
		if isBackground(c.Labels.Labels[i].Name) {
			return int32(i)
		}
	}
	for i := range int32(c.Len()) {
		if rgb, ok := colors[i]; ok && rgb == (color.RGBA{A: 255}) {
			return i
		}
	}
	return dataset.NoLabel
}

func isBackground(name string) bool { return strings.EqualFold(name, "background") }

// label returns the label of a palette index other than 0.
func (c *classes) label(index uint8) int32 {
	if int(index) < len(c.labels) {
		return c.labels[index]
	}
	return dataset.NoLabel
}

// index returns the palette index of a label; ok is false where it has none, as
// the background has none that could be painted.
func (c *classes) index(label int32) (index uint8, ok bool) {
	at := label + 1
	if background := c.labels[0]; background != dataset.NoLabel {
		if label == background {
			return 0, false
		}
		if label > background {
			at = label
		}
	}
	return uint8(at), label >= 0 && at > 0 && at < void && int(at) < len(c.labels)
}

// palette is that of a picture of classes: the colours that labels were given,
// and those of VOC.
func (c *classes) palette() color.Palette {
	p := instancePalette()
	for i, label := range c.labels[:min(len(c.labels), void)] {
		if rgb, ok := c.colors[label]; ok {
			p[i] = rgb
		}
	}
	return p
}

// instancePalette is that of a picture of objects.
func instancePalette() color.Palette {
	p := make(color.Palette, len(vocPalette))
	for i, c := range vocPalette {
		p[i] = c
	}
	return p
}

// indexByColor finds the palette index of a colour, in pictures without a
// palette: the first one that has it.
func indexByColor(p color.Palette) map[[3]uint8]uint8 {
	m := make(map[[3]uint8]uint8, len(p))
	for i := len(p) - 1; i >= 0; i-- {
		c := p[i].(color.RGBA)
		m[[3]uint8{c.R, c.G, c.B}] = uint8(i)
	}
	return m
}
