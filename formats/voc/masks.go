package voc

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"

	"datum/dataset"
	"datum/formats"
	"datum/internal/raster"
)

// masks are the masks of an item.
type masks struct {
	// alone are those that belong to no object of the XML file.
	alone []*dataset.Mask
}

// plane is a picture of palette indices.
type plane struct {
	height, width int32
	pixels        []uint8 // row by row
}

// readPlane decodes a PNG of classes or objects. Pixels without a palette are
// found by their colour; those of a colour that p does not have count as none.
func (r *itemReader) readPlane(file string, p color.Palette) (*plane, error) {
	text, err := r.readText(file)
	if err != nil {
		return nil, err
	}
	head, err := png.DecodeConfig(bytes.NewReader(text))
	if err == nil && int64(head.Width)*int64(head.Height) > r.limits.ImagePixels {
		err = fmt.Errorf("%d × %d pixels are more than the limit", head.Width, head.Height)
	}
	var picture image.Image
	if err == nil {
		picture, err = png.Decode(bytes.NewReader(text))
	}
	if err != nil {
		return nil, r.at(file, formats.Reason(formats.ErrCorrupt, "a mask that cannot be read: %w", err))
	}
	b := picture.Bounds()
	out := &plane{height: int32(b.Dy()), width: int32(b.Dx())}
	switch picture := picture.(type) {
	case *image.Paletted:
		out.pixels = rows(picture.Pix, picture.Stride, b)
	case *image.Gray:
		out.pixels = rows(picture.Pix, picture.Stride, b)
	case *image.Gray16:
		return nil, r.at(file, formats.Reason(formats.ErrCorrupt, "a mask of 16 bits a pixel, where VOC has 8"))
	default:
		if n := out.byColor(picture, indexByColor(p)); n > 0 {
			r.notes.Add("pixels of masks whose colour no label has, left out", r.Path(file), n)
		}
	}
	return out, nil
}

// rows are the pixels without gaps between the rows.
func rows(pixels []uint8, stride int, b image.Rectangle) []uint8 {
	if stride == b.Dx() {
		return pixels
	}
	out := make([]uint8, 0, b.Dx()*b.Dy())
	for y := range b.Dy() {
		out = append(out, pixels[y*stride:y*stride+b.Dx()]...)
	}
	return out
}

// byColor finds the indices of colours, and returns how many pixels have one
// that is unknown.
func (p *plane) byColor(picture image.Image, index map[[3]uint8]uint8) (unknown int) {
	b := picture.Bounds()
	p.pixels = make([]uint8, 0, b.Dx()*b.Dy())
	var last [3]uint8
	value, ok := index[last]
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)
			if rgb := [3]uint8{c.R, c.G, c.B}; rgb != last {
				last = rgb
				value, ok = index[rgb]
			}
			if !ok {
				unknown++
			}
			p.pixels = append(p.pixels, value)
		}
	}
	return unknown
}

// readMasks reads the pictures of classes and of objects, and gives the objects
// their masks.
func (r *itemReader) readMasks(objects []drawn) (*masks, error) {
	if r.entry.class == "" && r.entry.object == "" {
		return nil, nil
	}
	var class, object *plane
	var err error
	if r.entry.class != "" {
		if class, err = r.readPlane(r.entry.class, r.part.palette()); err != nil {
			return nil, err
		}
	}
	if r.entry.object != "" {
		if object, err = r.readPlane(r.entry.object, instancePalette()); err != nil {
			return nil, err
		}
	}
	if class != nil && object != nil && (class.width != object.width || class.height != object.height) {
		return nil, r.at(r.entry.object, formats.Reason(formats.ErrCorrupt, "a picture of objects of %d × %d pixels, that of classes has %d × %d",
			object.width, object.height, class.width, class.height))
	}
	r.checkSize(class, object)
	m := &masks{}
	if object == nil {
		r.classMasks(m, class)
	} else {
		r.objectMasks(m, class, object, objects)
	}
	r.carryVoid(class, object)
	return m, nil
}

func (r *itemReader) checkSize(class, object *plane) {
	p := class
	if p == nil {
		p = object
	}
	if r.size[0] > 0 && r.size != [2]int32{p.height, p.width} {
		r.note("masks that are not as large as their picture")
	}
}

// classMasks makes one mask of each class.
func (r *itemReader) classMasks(m *masks, class *plane) {
	found := raster.Labels(class.height, class.width, class.pixels)
	for i := 1; i < void; i++ {
		if rle, ok := found[uint8(i)]; ok {
			m.alone = append(m.alone, r.classMask(uint8(i), rle))
		}
	}
	r.item.Attributes.SetRaw(carrySemantic, []byte("true"))
}

// classMask is a mask of a class; of one without label, it carries the number.
func (r *itemReader) classMask(index uint8, rle dataset.RLE) *dataset.Mask {
	x := &dataset.Mask{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: dataset.NoLabel, RLE: rle}
	if index > 0 {
		x.Label = r.part.label(index)
	}
	if x.Label == dataset.NoLabel { // 0 is that of an object without a class
		x.Attributes.SetRaw(carryClass, fmt.Append(nil, index))
		r.note("masks of classes that have no label")
	}
	return x
}

// carriedMask is how a run-length code travels in an attribute.
type carriedMask struct {
	Size   [2]int32 `json:"size"`
	Counts string   `json:"counts"`
}

// carryVoid keeps the void pixels: those of classes, and those of objects where
// they are others. Null stands for none, where nothing else says that there are
// pictures of masks.
func (r *itemReader) carryVoid(class, object *plane) {
	a := voidOf(class)
	if a == nil && class != nil && isBlank(class.pixels) {
		a = []byte("null")
	}
	if a != nil {
		r.item.Attributes.SetRaw(carryVoid, a)
	}
	b := voidOf(object)
	if b == nil {
		b = []byte("null")
	}
	if object != nil && (class == nil || string(b) != cmp.Or(string(a), "null")) {
		r.item.Attributes.SetRaw(carryVoidObjects, b)
	}
}

// isBlank reports whether all pixels are background.
func isBlank(pixels []uint8) bool {
	return !slices.ContainsFunc(pixels, func(p uint8) bool { return p != 0 })
}

// voidOf is the JSON text of the void pixels, nil where there are none.
func voidOf(p *plane) []byte {
	if p == nil || bytes.IndexByte(p.pixels, void) < 0 {
		return nil
	}
	rle := raster.FromPixels(p.height, p.width, func(x, y int) bool { return p.pixels[y*int(p.width)+x] == void })
	text, err := dataset.MarshalValue(carriedMask{[2]int32{p.height, p.width}, string(rle.Counts)})
	if err != nil {
		return nil // not reached: numbers and text
	}
	return text
}
