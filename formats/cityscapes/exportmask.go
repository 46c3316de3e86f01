package cityscapes

import (
	"image"

	"datum/dataset"
	"datum/formats"
	"datum/internal/planes"
	"datum/internal/raster"
)

// The largest values of the pixels of the two masks.
const (
	maxClass    = minusOne8 - 1
	maxInstance = minusOne16 - 1
)

// saveMasks paints the shapes of an item and writes the three pictures. It
// reports whether there are any.
func (e *exporter) saveMasks(it *dataset.Item, truth string, s size, shapes []*shape) (bool, error) {
	alone := true
	for _, sh := range shapes {
		alone = alone && sh.polygon == nil
	}
	if s == (size{}) || len(shapes) == 0 {
		n := 0
		for _, sh := range shapes {
			if sh.mask != nil && alone {
				n++
			}
		}
		e.Lost(it, "empty masks dropped", n)
		return false, nil
	}
	list := e.number(it, s, shapes, alone)
	if len(list) == 0 {
		return false, nil
	}
	p, err := planes.New(s.height, s.width, e.Opts.Limits)
	if err != nil {
		return false, err
	}
	for _, sh := range list {
		if err := e.paint(it, p, sh); err != nil {
			return false, err
		}
	}
	if err := e.countHidden(it, p, list, alone); err != nil {
		return false, err
	}
	for _, out := range []struct {
		ending string
		draw   func(*planes.Plane) image.Image
	}{{"_labelIds.png", drawClasses}, {"_instanceIds.png", (*planes.Plane).Gray16}, {"_color.png", e.drawColors}} {
		err := e.Media.Make(truth+out.ending, func() ([]byte, error) { return planes.Encode(out.draw(p)) })
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// paint paints a shape. A polygon that cannot be painted stays a polygon.
func (e *exporter) paint(it *dataset.Item, p *planes.Plane, s *shape) error {
	if s.mask != nil {
		return p.Paint(s.mask.RLE, s.value)
	}
	m, err := raster.Polygons(p.Height, p.Width, s.polygon.Points)
	if err != nil {
		e.Lost(it, "polygons with too large coordinates not painted into the masks", 1)
		return nil
	}
	return p.Paint(m, s.value)
}

// number gives each shape the value of its pixels and returns those that have
// one. What the masks lose by that is counted where they are alone.
func (e *exporter) number(it *dataset.Item, s size, shapes []*shape, alone bool) (list []*shape) {
	n := numbers{used: map[uint32]bool{0: true}, next: map[int32]uint32{}}
	for _, sh := range shapes { // those with a number of their own first
		sh.value = n.own(sh, &e.table.classes[sh.label()])
	}
	for _, sh := range shapes {
		c := &e.table.classes[sh.label()]
		why := ""
		switch {
		case c.id <= 0:
			why = "masks of labels that have no pixels dropped"
		case c.id > maxClass:
			why = "masks of labels whose number is beyond 254 dropped"
		case sh.mask != nil && (sh.mask.RLE.Height != s.height || sh.mask.RLE.Width != s.width):
			why = "masks of another size than the first of the item dropped"
		case sh.value == 0:
			if sh.value = n.free(sh, c, e.table.standard); sh.value == 0 {
				why = "masks dropped, since all numbers of their label are taken"
			}
		}
		if sh.mask != nil && alone {
			e.Lost(it, why, 1)
			if why == "" {
				e.loseOfMask(it, sh)
			}
		}
		if why == "" {
			list = append(list, sh)
		}
	}
	return list
}

// numbers are the values of pixels in one picture.
type numbers struct {
	used map[uint32]bool
	next map[int32]uint32
}

// own returns the value that a mask has by its attributes or its id, 0 where
// there is none or it is taken.
func (n *numbers) own(s *shape, c *class) uint32 {
	value := uint32(0)
	b := s.annotation().Common()
	switch {
	case c.id <= 0 || c.id > maxClass:
	case isCrowd(b) == "true":
		value = uint32(c.id)
	case s.mask != nil && b.ID >= perClass && b.ID <= maxInstance && b.ID/perClass == int64(c.id):
		value = uint32(b.ID)
	}
	if n.used[value] && s.mask != nil {
		return 0
	}
	n.used[value] = true
	return value
}

// free returns a value that is not taken: the number of the class where it has
// no instances, else that of a new instance.
func (n *numbers) free(s *shape, c *class, standard bool) uint32 {
	if standard && !c.things && isCrowd(s.annotation().Common()) == "" && (s.polygon != nil || !n.used[uint32(c.id)]) {
		n.used[uint32(c.id)] = true
		return uint32(c.id)
	}
	for n.next[c.id] < perClass {
		value := uint32(c.id)*perClass + n.next[c.id]
		if n.next[c.id]++; value <= maxInstance && !n.used[value] {
			n.used[value] = true
			return value
		}
	}
	if n.used[uint32(c.id)] && s.mask != nil {
		return 0
	}
	n.used[uint32(c.id)] = true
	return uint32(c.id)
}

// loseOfMask counts what does not come back of a mask with its value.
func (e *exporter) loseOfMask(it *dataset.Item, s *shape) {
	m := s.mask
	id, crowd := int64(0), "true"
	if s.value >= perClass {
		id, crowd = int64(s.value), "false"
	}
	e.LostIf(it, "annotation ids given anew", m.ID != 0 && m.ID != id)
	for _, x := range formats.UserAttributes(m.Attributes) {
		e.LostIf(it, "attributes of annotations dropped", x.Name != "is_crowd" || string(x.Value) != crowd)
	}
}

// countHidden counts the masks that others lie over.
func (e *exporter) countHidden(it *dataset.Item, p *planes.Plane, list []*shape, alone bool) error {
	if !alone {
		return nil
	}
	seen := p.Count()
	for _, s := range list {
		area, err := s.mask.RLE.Area()
		if err != nil {
			return formats.Reason(formats.ErrCorrupt, "%w", err)
		}
		e.Lost(it, planes.Covered(area, seen[s.value]), 1)
	}
	return nil
}

func classOf(v uint32) uint32 {
	if v >= perClass {
		return v / perClass
	}
	return v
}

func drawClasses(p *planes.Plane) image.Image {
	return p.Gray(func(v uint32) uint8 { return uint8(classOf(v)) })
}

func (e *exporter) drawColors(p *planes.Plane) image.Image {
	return p.Colors(func(v uint32) [3]int32 {
		if label, ok := e.table.byID[int32(classOf(v))]; ok && v != 0 {
			return e.table.classes[label].color
		}
		return [3]int32{}
	})
}
