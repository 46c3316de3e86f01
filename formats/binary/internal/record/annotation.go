package record

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"datum/dataset"
)

// Layout is the length in bytes of the fixed part of an annotation.
type Layout int

// The layouts: Datumaro 1.1–1.4 wrote no object id.
const (
	Layout17 Layout = 17
	Layout21 Layout = 21
)

// The codes of the annotation kinds.
const (
	codeLabel    = 1
	codeMask     = 2
	codePoints   = 3
	codePolygon  = 4
	codePolyLine = 5
	codeBbox     = 6
	codeCaption  = 7
	codeCuboid3D = 8
	codeEllipse  = 11
	// Cuboid2DSince112 is the code of 2D cuboids in Datumaro 1.12 and later.
	Cuboid2DSince112 = 15
	// Cuboid2DBefore112 is their code in Datumaro 1.10 and 1.11.
	Cuboid2DBefore112 = 16
)

// noLabel stands for a missing label in a record.
const noLabel = math.MaxInt32

// Holds reports whether the format has a record for a that Datumaro reads
// back. A reason is given where it has none; such an annotation must not reach
// the file, since one of them makes Datumaro refuse the whole dataset.
func Holds(a dataset.Annotation) (bool, string) {
	if l := dataset.LabelOf(a); l != nil && (*l == noLabel || *l < dataset.NoLabel) {
		return false, "labels beyond the format's range"
	}
	switch a := a.(type) {
	case *dataset.Label:
		return a.Label != dataset.NoLabel, "labels without a category"
	case *dataset.Polygon:
		return len(a.Points) >= 6 && len(a.Points)%2 == 0, "polygons of fewer than three corners"
	case *dataset.PolyLine:
		return len(a.Points)%2 == 0, "polylines with half a vertex"
	case *dataset.Points:
		return len(a.Points) == 2*len(a.Visibility), "keypoints without a visibility each"
	case *dataset.RotatedBbox:
		return false, "rotated boxes"
	case *dataset.Tabular:
		return false, "table rows"
	case *dataset.Mask:
		return a.RLE.Check() == nil, "masks whose run-length code does not fit their size"
	}
	return true, ""
}

// AppendAnnotation appends the record of a, which the format must hold
// ([Holds]), with its user attributes. cuboid2D is the code to use for 2D
// cuboids.
func AppendAnnotation(dst []byte, a dataset.Annotation, cuboid2D byte) []byte {
	at := len(dst)
	base := a.Common()
	dst = append(dst, 0)
	dst = appendI64(dst, base.ID)
	dst = appendI64(dst, base.Group)
	dst = appendI32(dst, base.ObjectID)
	dst = appendUser(dst, base.Attributes)
	if l := dataset.LabelOf(a); l != nil {
		dst = appendI32(dst, storedLabel(*l))
	}
	if z := dataset.ZOf(a); z != nil {
		dst = appendI32(dst, *z)
	}
	dst, code := appendBody(dst, a, cuboid2D)
	dst[at] = code
	return dst
}

func storedLabel(l int32) int32 {
	if l == dataset.NoLabel {
		return noLabel
	}
	return l
}

func appendBody(dst []byte, a dataset.Annotation, cuboid2D byte) ([]byte, byte) {
	switch a := a.(type) {
	case *dataset.Label:
		return dst, codeLabel
	case *dataset.Mask:
		dst = appendI32(appendI32(dst, a.RLE.Height), a.RLE.Width)
		return appendText(dst, a.RLE.Counts), codeMask
	case *dataset.Points:
		dst = appendFloats(dst, round2, a.Points...)
		dst = appendU32(dst, uint32(len(a.Visibility)))
		for _, v := range a.Visibility {
			dst = appendI32(dst, int32(v))
		}
		return dst, codePoints
	case *dataset.Polygon:
		return appendFloats(dst, round2, a.Points...), codePolygon
	case *dataset.PolyLine:
		return appendFloats(dst, round2, a.Points...), codePolyLine
	case *dataset.Bbox:
		return appendFloats(dst, round2, a.X, a.Y, a.X+a.W, a.Y+a.H), codeBbox
	case *dataset.Caption:
		return appendText(dst, a.Caption), codeCaption
	case *dataset.Cuboid3D:
		return appendFloats(dst, round2wide, slices.Concat(a.Position[:], a.Rotation[:], a.Scale[:])...), codeCuboid3D
	case *dataset.Ellipse:
		return appendFloats(dst, round2, a.X1, a.Y1, a.X2, a.Y2), codeEllipse
	case *dataset.Cuboid2D:
		return appendFloats(dst, narrow, a.Corners[:]...), cuboid2D
	}
	panic(fmt.Sprintf("record: no record for %T: the caller did not ask Holds", a))
}

// readAnnotation reads one record.
func (c *Cursor) readAnnotation(layout Layout) dataset.Annotation {
	code, base := c.readHead(layout)
	switch code {
	case codeLabel:
		return &dataset.Label{Base: base, Label: c.I32()}
	case codeCaption:
		return &dataset.Caption{Base: base, Caption: c.String()}
	case codeCuboid3D:
		return c.readCuboid3D(base)
	}
	label, z := c.readLabel(), c.I32()
	switch code {
	case codeMask:
		return c.readMask(base, label, z)
	case codePoints:
		return c.readPoints(base, label, z)
	case codePolygon:
		points := c.Floats()
		if c.err == nil && (len(points) < 6 || len(points)%2 != 0) {
			c.fail("a polygon of %d numbers", len(points))
		}
		p := c.slabs.newPolygon()
		*p = dataset.Polygon{Base: base, Label: label, Z: z, Points: points}
		return p
	case codePolyLine:
		points := c.Floats()
		if len(points)%2 != 0 {
			c.fail("a polyline of %d numbers", len(points))
		}
		return &dataset.PolyLine{Base: base, Label: label, Z: z, Points: points}
	case codeBbox:
		var p [4]float64
		c.floatsExactly(p[:], "a box")
		box := c.slabs.newBox()
		*box = dataset.Bbox{Base: base, Label: label, Z: z, X: p[0], Y: p[1], W: p[2] - p[0], H: p[3] - p[1]}
		return box
	case codeEllipse:
		var p [4]float64
		c.floatsExactly(p[:], "an ellipse")
		return &dataset.Ellipse{Base: base, Label: label, Z: z, X1: p[0], Y1: p[1], X2: p[2], Y2: p[3]}
	case Cuboid2DSince112, Cuboid2DBefore112:
		cuboid := &dataset.Cuboid2D{Base: base, Label: label, Z: z}
		c.floatsExactly(cuboid.Corners[:], "a 2D cuboid")
		return cuboid
	}
	c.fail("annotation code %d", code)
	return nil
}

// readHead reads what all records begin with.
func (c *Cursor) readHead(layout Layout) (code byte, base dataset.Base) {
	head := c.take(uint64(layout))
	if head == nil {
		return 0, base
	}
	base.ID = int64(binary.LittleEndian.Uint64(head[1:]))
	base.Group = int64(binary.LittleEndian.Uint64(head[9:]))
	base.ObjectID = dataset.NoObject
	if layout == Layout21 {
		base.ObjectID = int32(binary.LittleEndian.Uint32(head[17:]))
	}
	base.Attributes = c.dict(true)
	return head[0], base
}

func (c *Cursor) readLabel() int32 {
	l := c.I32()
	if l == noLabel {
		return dataset.NoLabel
	}
	return l
}

func (c *Cursor) readMask(base dataset.Base, label, z int32) dataset.Annotation {
	h, w := c.I32(), c.I32()
	m := &dataset.Mask{Base: base, Label: label, Z: z, RLE: dataset.RLE{Height: h, Width: w, Counts: slices.Clone(c.Bytes())}}
	if c.err == nil {
		if err := m.RLE.Check(); err != nil {
			c.fail("%v", err)
		}
	}
	return m
}

func (c *Cursor) readPoints(base dataset.Base, label, z int32) dataset.Annotation {
	points, stored := c.Floats(), c.Ints()
	if len(points) != 2*len(stored) {
		c.fail("%d keypoint numbers with %d visibilities", len(points), len(stored))
		return nil
	}
	var vis []dataset.Visibility
	for _, v := range stored {
		vis = append(vis, dataset.Visibility(v))
	}
	return &dataset.Points{Base: base, Label: label, Z: z, Points: points, Visibility: vis}
}

func (c *Cursor) readCuboid3D(base dataset.Base) dataset.Annotation {
	label := c.readLabel()
	var p [9]float64
	c.floatsExactly(p[:], "a 3D cuboid")
	for i, v := range p {
		p[i] = hundredths(v)
	}
	return &dataset.Cuboid3D{Base: base, Label: label,
		Position: [3]float64(p[0:3]), Rotation: [3]float64(p[3:6]), Scale: [3]float64(p[6:9])}
}
