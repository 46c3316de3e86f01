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
	voids := c.drawVoid() // that are painted before the masks
	c.drawStuff()
	c.drawObjects(voids > 0)
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
func (c *canvas) drawObjects(voids bool) {
	var layers []*outObject
	for i, o := range c.objects {
		if len(o.pixels.Counts) > 0 {
			o.number = uint8(i + 1)
			layers = append(layers, o)
		}
	}
	slices.SortStableFunc(layers, func(a, b *outObject) int { return cmp.Compare(a.z(), b.z()) })
	painted := 0
	for _, o := range layers {
		area, _ := o.pixels.Area()
		painted += int(area)
		c.mustPaint(c.object, o.pixels, o.number)
		if o.class != 0 {
			c.mustPaint(c.class, o.pixels, o.class)
		}
	}
	if !voids && painted == len(c.object)-bytes.Count(c.object, []byte{0}) {
		return // each pixel was painted once, so none is hidden
	}
	c.countHidden(layers)
}

// countHidden counts what is hidden of the masks that were painted, and drops
// those of which nothing is left.
func (c *canvas) countHidden(layers []*outObject) {
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
