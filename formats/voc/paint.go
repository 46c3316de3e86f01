package voc

import (
	"cmp"
	"slices"

	"datum/dataset"
	"datum/formats"
	"datum/internal/raster"
)

// paint makes the pictures of classes and objects, if the item has masks, and
// drops the objects that are nothing without them. The pictures go into files.
func (w *itemWriter) paint(files *formats.SmallFiles) error {
	if w.boxesOnly {
		w.boxOutlines()
		w.dropEmpty()
		return nil
	}
	height, width, ok, err := w.planeSize()
	if err != nil {
		return err
	}
	for _, o := range w.objects {
		w.preparePixels(o, height, width, ok)
	}
	w.masksFirst()
	w.dropEmpty()
	if !ok || !w.hasPNG() {
		w.pngs = false
		return nil
	}
	w.pngs = true
	if w.again {
		return nil
	}
	c := canvas{itemWriter: w, height: height, width: width}
	return c.draw(files)
}

// dropEmpty drops the objects of which nothing is left.
func (w *itemWriter) dropEmpty() {
	w.objects = slices.DeleteFunc(w.objects, func(o *outObject) bool {
		if !o.isEmpty() {
			return false
		}
		w.lost("parts of objects dropped, since nothing else of the object is left", len(o.parts))
		return true
	})
}

// planeSize is the size of the pictures of masks: that of the masks, or else of
// the item's picture.
func (w *itemWriter) planeSize() (height, width int32, ok bool, err error) {
	height, width = w.size[0], w.size[1]
	first := func(m *dataset.Mask) {
		if !ok {
			height, width, ok = m.RLE.Height, m.RLE.Width, true
		}
	}
	for _, o := range w.objects {
		if o.mask != nil {
			first(o.mask)
		}
	}
	for _, m := range w.stuff {
		first(m)
	}
	if v, carried := w.carriedVoid(carryVoid); carried && v.Width > 0 && !ok {
		height, width = v.Height, v.Width
	}
	if int64(height)*int64(width) > w.limits.ImagePixels {
		return 0, 0, false, formats.WithHint(formats.Reason(formats.ErrCorrupt, "masks of %d × %d pixels are larger than the limit", width, height),
			"where you trust the dataset, raise the limit: see datum convert --help")
	}
	return height, width, height > 0 && width > 0, nil
}

// preparePixels finds the pixels and the class of an object's mask. What cannot
// be painted is taken from the object.
func (w *itemWriter) preparePixels(o *outObject, height, width int32, ok bool) {
	switch {
	case o.mask != nil:
		class, why := w.classOf(o.mask, o.label, o.mask.RLE, height, width)
		if why == "" {
			o.pixels, o.class = o.mask.RLE, class
			return
		}
		w.lost(why, 1)
		o.mask = nil
	case len(o.polygons) > 0 && w.exporter.polygons == polygonsPaint:
		n := len(o.polygons)
		why := w.rasterise(o, height, width, ok)
		if why == "" {
			w.lost("polygons rasterised into masks", n)
			return
		}
		w.lost(why, n)
		o.polygons = nil
	}
}

// rasterise paints the polygons of an object, or says in the words of a loss
// why that cannot be.
func (w *itemWriter) rasterise(o *outObject, height, width int32, ok bool) (why string) {
	if !ok {
		return "polygons dropped, since the size of their picture is not known"
	}
	var outlines [][]float64
	for _, p := range o.polygons {
		outlines = append(outlines, p.Points)
	}
	rle, err := raster.Polygons(height, width, outlines...)
	if err != nil {
		return "polygons that cannot be painted dropped"
	}
	if area, err := rle.Area(); err == nil && area == 0 {
		return "polygons without pixels dropped"
	}
	class, why := w.classOf(o.polygons[0], o.label, rle, height, width)
	if why != "" {
		return "polygons without a label, or of one that is not among the first 254, dropped"
	}
	o.pixels, o.class = rle, class
	return ""
}

// classOf returns the class of a mask, or in the words of a loss why it cannot
// be painted.
func (w *itemWriter) classOf(a dataset.Annotation, label int32, rle dataset.RLE, height, width int32) (class uint8, why string) {
	area, err := rle.Area()
	switch {
	case err != nil:
		return 0, "masks that are no run-length code dropped"
	case rle.Height != height || rle.Width != width:
		return 0, "masks dropped, since they are not as large as another of the picture"
	case area == 0:
		return 0, "masks without pixels dropped"
	}
	if class, ok := w.labels.index(label); ok && w.labels.known {
		return class, ""
	}
	var n int
	if label == dataset.NoLabel && a.Common().Attributes.Decode(carryClass, &n) && n >= 0 && n < void && (n == 0 || w.labels.label(uint8(n)) == dataset.NoLabel) {
		return uint8(n), ""
	}
	return 0, "masks without a label, or of one that is not among the first 254, dropped"
}

// maxInstances is how many objects a picture of objects can tell apart.
const maxInstances = void - 1

// masksFirst moves the objects with masks to the front, where there are more
// objects than have numbers in a picture.
func (w *itemWriter) masksFirst() {
	if len(w.objects) <= maxInstances {
		return
	}
	slices.SortStableFunc(w.objects, func(a, b *outObject) int {
		return cmp.Compare(min(len(b.pixels.Counts), 1), min(len(a.pixels.Counts), 1))
	})
	for _, o := range w.objects[maxInstances:] {
		if len(o.pixels.Counts) > 0 {
			w.lost("masks dropped, since a picture of objects has no more than 254", 1)
			o.pixels, o.mask = dataset.RLE{}, nil
			if w.exporter.polygons == polygonsPaint {
				o.polygons = nil
			}
		}
	}
}

// hasPNG reports whether there is anything to paint, or that there were
// pictures without anything in them.
func (w *itemWriter) hasPNG() bool {
	return len(w.stuff) > 0 || w.it.Attributes.Has(carryVoid) || w.it.Attributes.Has(carryVoidObjects) ||
		slices.ContainsFunc(w.objects, func(o *outObject) bool { return len(o.pixels.Counts) > 0 })
}
