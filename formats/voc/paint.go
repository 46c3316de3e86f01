package voc

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"path"
	"slices"
	"sync"

	"datum/dataset"
	"datum/formats"
	"datum/internal/planes"
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

// canvas are the two pictures of masks of an item.
type canvas struct {
	*itemWriter
	height, width int32
	class, object []uint8
}

// sheets are the pixels of the pictures of one item, used again for the next.
type sheets struct{ class, object []uint8 }

var usedSheets = sync.Pool{New: func() any { return &sheets{} }}

func (c *canvas) draw(files *formats.SmallFiles) error {
	n := int(c.height) * int(c.width)
	s := usedSheets.Get().(*sheets)
	defer usedSheets.Put(s)
	s.class, s.object = blank(s.class, n), blank(s.object, n)
	c.class, c.object = s.class, s.object
	c.semantic = c.isSemantic()
	voids := c.drawVoid()
	c.drawStuff()
	c.drawObjects()
	if voids > 0 {
		c.lost("void pixels dropped, since a mask covers them", voids-c.voids())
	}
	if err := c.save(files, classDir, c.class, c.exporter.classColors); err != nil || c.semantic {
		return err
	}
	return c.save(files, objectDir, c.object, c.exporter.objectColors)
}

// blank returns n zeros, in the room of old where that is enough.
func blank(old []uint8, n int) []uint8 {
	if cap(old) < n {
		return make([]uint8, n)
	}
	old = old[:n]
	clear(old)
	return old
}

// voids counts the void pixels of both pictures.
func (c *canvas) voids() int {
	return bytes.Count(c.class, []byte{void}) + bytes.Count(c.object, []byte{void})
}

// drawStuff paints the masks that are no objects, and counts what objects will
// cover of them.
func (c *canvas) drawStuff() {
	for _, m := range c.stuff {
		class, why := c.classOf(m, c.labels.of(m.Label), m.RLE, c.height, c.width)
		if why != "" {
			c.lost(why, 1)
			continue
		}
		user, _ := m.Attributes.Split()
		c.lost("attributes of annotations dropped", len(user))
		c.mustPaint(c.class, m.RLE, class)
		own := make([]uint8, len(c.class))
		c.mustPaint(own, m.RLE, 1)
		for _, o := range c.objects {
			if len(o.pixels.Counts) > 0 {
				c.mustPaint(own, o.pixels, 0)
			}
		}
		area, _ := m.RLE.Area()
		c.lost(hiddenPixels, int(area)-bytes.Count(own, []byte{1}))
	}
}

const hiddenPixels = "pixels of masks dropped, since another mask covers them"

// isSemantic reports whether the masks are of classes: they came so, and there
// is one of each at most, without anything else about it. Such masks are no
// objects of the XML file.
func (c *canvas) isSemantic() bool {
	if !c.it.Attributes.Has(carrySemantic) {
		return false
	}
	seen := map[uint8]bool{}
	for _, o := range c.objects {
		if len(o.pixels.Counts) == 0 {
			continue
		}
		user, _ := o.members()[0].Common().Attributes.Split()
		if o.mask == nil || o.box != nil || o.rotated != nil || o.point != nil || len(o.parts) > 0 || len(user) > 0 || seen[o.class] || o.class == 0 {
			return false
		}
		seen[o.class] = true
	}
	return true
}

// drawObjects paints the masks of objects, those of higher drawing order over
// those of lower, and counts what is hidden then.
func (c *canvas) drawObjects() {
	var layers []*outObject
	for i, o := range c.objects {
		if len(o.pixels.Counts) > 0 {
			o.number = uint8(i + 1)
			layers = append(layers, o)
		}
	}
	slices.SortStableFunc(layers, func(a, b *outObject) int { return cmp.Compare(a.z(), b.z()) })
	for _, o := range layers {
		c.mustPaint(c.object, o.pixels, o.number)
		if o.class != 0 {
			c.mustPaint(c.class, o.pixels, o.class)
		}
	}
	seen := histogram(c.object)
	hidden := false
	for _, o := range layers {
		area, _ := o.pixels.Area()
		c.lost(hiddenPixels, int(area-seen[o.number]))
		if seen[o.number] == 0 {
			c.lost("masks dropped, since others cover them wholly", 1)
			o.pixels, o.mask, o.polygons = dataset.RLE{}, nil, nil
			hidden = true
		}
	}
	if hidden {
		c.dropEmpty()
		c.renumber()
	}
}

// histogram counts how many pixels have each value, many at a time where these
// are equal, as most neighbours are.
func histogram(pixels []uint8) (seen [256]int64) {
	const ones = 0x0101010101010101
	word := binary.LittleEndian.Uint64
	for len(pixels) >= 32 {
		p := pixels[:32]
		pixels = pixels[32:]
		if word(p)|word(p[8:])|word(p[16:])|word(p[24:]) == 0 {
			seen[0] += 32
			continue
		}
		for ; len(p) > 0; p = p[8:] {
			if v := p[0]; word(p) == uint64(v)*ones {
				seen[v] += 8
				continue
			}
			for _, v := range p[:8] {
				seen[v]++
			}
		}
	}
	for _, v := range pixels {
		seen[v]++
	}
	return seen
}

// renumber gives the objects of the picture the numbers that they have after
// others were dropped.
func (c *canvas) renumber() {
	var now [256]uint8
	now[void] = void
	for i, o := range c.objects {
		if len(o.pixels.Counts) > 0 {
			now[o.number] = uint8(i + 1)
		}
	}
	for i, n := range c.object {
		c.object[i] = now[n]
	}
}

// mustPaint paints a mask whose code and size were checked before.
func (c *canvas) mustPaint(pixels []uint8, m dataset.RLE, value uint8) {
	if err := raster.Paint(pixels, c.width, m, value); err != nil {
		c.lost("masks that are no run-length code dropped", 1)
	}
}

// drawVoid paints the void pixels that the item carries, and returns how many
// there are in both pictures.
func (c *canvas) drawVoid() int {
	class, ok := c.carriedVoid(carryVoid)
	if ok {
		c.paintVoid(c.class, class)
	}
	other, differs := c.carriedVoid(carryVoidObjects)
	if differs {
		class = other
	}
	if !ok && !differs {
		return 0
	}
	c.paintVoid(c.object, class)
	return c.voids()
}

func (c *canvas) paintVoid(pixels []uint8, m dataset.RLE) {
	if m.Height == 0 && m.Width == 0 {
		return
	}
	if _, err := m.Area(); err != nil || m.Height != c.height || m.Width != c.width {
		c.lost("void pixels dropped, since they do not fit to the masks", 1)
		return
	}
	c.mustPaint(pixels, m, void)
}

// carriedVoid reads the void pixels that the item carries; they are empty where
// it says that there are none.
func (w *itemWriter) carriedVoid(name string) (m dataset.RLE, ok bool) {
	raw, ok := w.it.Attributes.Get(name)
	var x carriedMask
	if !ok || json.Unmarshal(raw, &x) != nil {
		return m, ok
	}
	return dataset.RLE{Height: x.Size[0], Width: x.Size[1], Counts: []byte(x.Counts)}, true
}

// save encodes a picture.
func (c *canvas) save(files *formats.SmallFiles, dir string, pixels []uint8, p color.Palette) (err error) {
	picture := &image.Paletted{Pix: pixels, Stride: int(c.width), Rect: image.Rect(0, 0, int(c.width), int(c.height)), Palette: p}
	files.Text, err = planes.Append(files.Text, picture)
	files.End(path.Join(dir, c.name+".png"))
	return err
}
