package voc

import (
	"cmp"
	"slices"

	"datum/dataset"
	"datum/internal/raster"
)

// instance is a mask of the picture of objects.
type instance struct {
	number uint8
	class  uint8 // most of its pixels have; 0 and void where none has another
	rle    dataset.RLE
	bounds [4]float64 // x, y, width, height
	object int        // it belongs to, -1 for none
}

// maxPaired bounds the objects of an item whose masks are looked for.
const maxPaired = 4096

// objectMasks makes one mask of each object number, and gives each object of
// the XML file its own: by rule the mask n belongs to object n. Where the
// classes or places of the two speak against it, and for numbers without an
// object, the masks go to the objects of their class that they cover best.
func (r *itemReader) objectMasks(m *masks, class, object *plane, objects []drawn) {
	list := r.instances(class, object)
	taken := make([]bool, len(objects))
	for k := range list {
		x := &list[k]
		if i := int(x.number) - 1; i < len(objects) && r.fits(x, &objects[i]) && x.touches(&objects[i]) {
			x.object, taken[i] = i, true
		}
	}
	r.pairRest(list, objects, taken)
	for k := range list {
		x := &list[k]
		if x.object >= 0 {
			objects[x.object].mask = &dataset.Mask{RLE: x.rle}
			continue
		}
		m.alone = append(m.alone, r.classMask(x.class, x.rle))
		if len(objects) > 0 {
			r.note("masks of objects that the XML file does not have")
		}
	}
	r.stuff(m, class, object)
}

// instances finds the masks of the picture of objects.
func (r *itemReader) instances(class, object *plane) (list []instance) {
	found := raster.Labels(object.height, object.width, object.pixels)
	votes := votesOf(class, object)
	for n := 1; n < void; n++ {
		rle, ok := found[uint8(n)]
		if !ok {
			continue
		}
		x := instance{number: uint8(n), rle: rle, object: -1}
		x.bounds[0], x.bounds[1], x.bounds[2], x.bounds[3], _ = rle.Bounds()
		classes := 0
		for c, v := range votes[n] {
			if v == 0 || c == void {
				continue
			}
			if classes++; v > votes[n][x.class] || x.class == 0 {
				x.class = uint8(c)
			}
		}
		if classes > 1 {
			r.note("masks of objects with pixels of several classes, of which the most frequent counts")
		}
		list = append(list, x)
	}
	return list
}

// votesOf counts the classes of the pixels of each object.
func votesOf(class, object *plane) *[256][256]int32 {
	votes := new([256][256]int32)
	if class == nil {
		return votes
	}
	for i, n := range object.pixels {
		votes[n][class.pixels[i]]++
	}
	return votes
}

// fits tells whether an object is of the class of a mask, or may be, as far as
// there is no picture of classes.
func (r *itemReader) fits(x *instance, o *drawn) bool {
	if o.object == nil || o.mask != nil {
		return false
	}
	return x.class == 0 || r.part.label(x.class) == o.label
}

// touches tells whether a mask and the box of an object overlap.
func (x *instance) touches(o *drawn) bool {
	return o.box == nil || overlap(x.bounds, o.box) > 0
}

// overlap is the intersection over union of a mask's bounds and a box, in
// which a box may be one pixel small or less.
func overlap(b [4]float64, box *dataset.Bbox) float64 {
	w := min(b[0]+b[2], box.X+box.W+1) - max(b[0], box.X)
	h := min(b[1]+b[3], box.Y+box.H+1) - max(b[1], box.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (b[2]*b[3] + (box.W+1)*(box.H+1) - w*h)
}

// pairRest pairs masks and objects of the same class, best overlap first.
func (r *itemReader) pairRest(list []instance, objects []drawn, taken []bool) {
	type pair struct {
		mask, object int
		overlap      float64
	}
	var pairs []pair
	for k := range list {
		if list[k].object >= 0 {
			continue
		}
		for i := range objects[:min(len(objects), maxPaired)] {
			if taken[i] || !r.fits(&list[k], &objects[i]) || objects[i].box == nil {
				continue
			}
			if o := overlap(list[k].bounds, objects[i].box); o > 0 {
				pairs = append(pairs, pair{k, i, o})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.overlap, a.overlap) })
	for _, p := range pairs {
		if x := &list[p.mask]; x.object < 0 && !taken[p.object] {
			x.object, taken[p.object] = p.object, true
			r.note("masks whose number is not that of their object, found by class and place")
		}
	}
}

// stuff makes masks of the pixels that are of a class and of no object.
func (r *itemReader) stuff(m *masks, class, object *plane) {
	if class == nil {
		return
	}
	rest := make([]uint8, len(class.pixels))
	some := false
	for i, c := range class.pixels {
		if n := object.pixels[i]; c != 0 && c != void && (n == 0 || n == void) {
			rest[i], some = c, true
		}
	}
	if !some {
		return
	}
	found := raster.Labels(class.height, class.width, rest)
	for i := 1; i < void; i++ {
		if rle, ok := found[uint8(i)]; ok {
			x := r.classMask(uint8(i), rle)
			x.Attributes.SetRaw(carryStuff, []byte("true"))
			m.alone = append(m.alone, x)
		}
	}
}
