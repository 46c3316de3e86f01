package dataset

const (
	// NoLabel is the label of an annotation without one.
	NoLabel int32 = -1
	// NoObject is the object id of an annotation that belongs to no tracked
	// object.
	NoObject int32 = -1
)

// Kind names a kind of annotation, in the words that Datumaro's JSON uses.
type Kind string

// The kinds of annotation.
const (
	KindLabel      Kind = "label"
	KindBbox       Kind = "bbox"
	KindRotatedBox Kind = "rotated_bbox"
	KindPolygon    Kind = "polygon"
	KindPolyLine   Kind = "polyline"
	KindPoints     Kind = "points"
	KindMask       Kind = "mask"
	KindCaption    Kind = "caption"
	KindEllipse    Kind = "ellipse"
	KindCuboid2D   Kind = "cuboid_2d"
	KindCuboid3D   Kind = "cuboid_3d"
	KindTabular    Kind = "tabular"
)

// Annotation is one of the concrete types of this package, always as a
// pointer: *Label, *Bbox, *RotatedBbox, *Polygon, *PolyLine, *Points, *Mask,
// *Caption, *Ellipse, *Cuboid2D, *Cuboid3D, *Tabular.
type Annotation interface {
	// Kind says which concrete type it is.
	Kind() Kind
	// Common returns the part that all kinds share, to read or to change.
	Common() *Base
	// Clone returns a deep copy.
	Clone() Annotation
}

// Base is what every annotation has.
type Base struct {
	// ID is the annotation's number in its source, 0 when it has none.
	ID int64
	// Group ties together the annotations of one object (a box and the mask
	// in it) inside one item; 0 means none.
	Group int64
	// ObjectID follows one object over several items, as in a video;
	// [NoObject] means none.
	ObjectID int32
	// Attributes are the user's and the carried attributes.
	Attributes Attributes
}

// Common returns b itself.
func (b *Base) Common() *Base { return b }

func (b *Base) clone() Base {
	c := *b
	c.Attributes = b.Attributes.Clone()
	return c
}

// Label says that the whole item is of a category.
type Label struct {
	Base
	Label int32
}

// Bbox is an axis-parallel box with its top left corner at (X, Y).
type Bbox struct {
	Base
	Label      int32
	Z          int32 // drawing order, larger is nearer
	X, Y, W, H float64
}

// RotatedBbox is a box of size W × H around (CX, CY), turned clockwise by
// Angle degrees.
type RotatedBbox struct {
	Base
	Label               int32
	Z                   int32
	CX, CY, W, H, Angle float64
}

// Polygon is a closed outline: x, y of each corner in turn, at least three.
type Polygon struct {
	Base
	Label  int32
	Z      int32
	Points []float64
}

// PolyLine is an open line: x, y of each vertex in turn.
type PolyLine struct {
	Base
	Label  int32
	Z      int32
	Points []float64
}

// Visibility says how much of a keypoint can be seen.
type Visibility int32

// Visibilities, numbered as in COCO.
const (
	Absent  Visibility = 0
	Hidden  Visibility = 1
	Visible Visibility = 2
)

// Points are keypoints: x, y of each in turn and one visibility for each.
type Points struct {
	Base
	Label      int32
	Z          int32
	Points     []float64
	Visibility []Visibility
}

// Mask is a set of pixels as a run-length code.
type Mask struct {
	Base
	Label int32
	Z     int32
	RLE   RLE
}

// Caption is a sentence about the item.
type Caption struct {
	Base
	Caption string
}

// Ellipse is the axis-parallel ellipse inside the box from (X1, Y1) to
// (X2, Y2).
type Ellipse struct {
	Base
	Label          int32
	Z              int32
	X1, Y1, X2, Y2 float64
}

// Cuboid2D is the picture of a box in space: the eight corners, x, y each,
// front face first. Y3D is its base line where a source gives one.
type Cuboid2D struct {
	Base
	Label   int32
	Z       int32
	Corners [16]float64
	Y3D     []float64
}

// Cuboid3D is a box in a point cloud, in the cloud's own units and radians.
type Cuboid3D struct {
	Base
	Label                     int32
	Position, Rotation, Scale [3]float64
}

// Tabular is a row of a table: column name to JSON text.
type Tabular struct {
	Base
	Values Attributes
}

// Kind of the annotation.
func (*Label) Kind() Kind { return KindLabel }

// Kind of the annotation.
func (*Bbox) Kind() Kind { return KindBbox }

// Kind of the annotation.
func (*RotatedBbox) Kind() Kind { return KindRotatedBox }

// Kind of the annotation.
func (*Polygon) Kind() Kind { return KindPolygon }

// Kind of the annotation.
func (*PolyLine) Kind() Kind { return KindPolyLine }

// Kind of the annotation.
func (*Points) Kind() Kind { return KindPoints }

// Kind of the annotation.
func (*Mask) Kind() Kind { return KindMask }

// Kind of the annotation.
func (*Caption) Kind() Kind { return KindCaption }

// Kind of the annotation.
func (*Ellipse) Kind() Kind { return KindEllipse }

// Kind of the annotation.
func (*Cuboid2D) Kind() Kind { return KindCuboid2D }

// Kind of the annotation.
func (*Cuboid3D) Kind() Kind { return KindCuboid3D }

// Kind of the annotation.
func (*Tabular) Kind() Kind { return KindTabular }

// LabelOf returns a pointer to the label of a, or nil where its kind has none
// (captions and table rows).
func LabelOf(a Annotation) *int32 {
	switch a := a.(type) {
	case *Label:
		return &a.Label
	case *Bbox:
		return &a.Label
	case *RotatedBbox:
		return &a.Label
	case *Polygon:
		return &a.Label
	case *PolyLine:
		return &a.Label
	case *Points:
		return &a.Label
	case *Mask:
		return &a.Label
	case *Ellipse:
		return &a.Label
	case *Cuboid2D:
		return &a.Label
	case *Cuboid3D:
		return &a.Label
	}
	return nil
}

// ZOf returns a pointer to the drawing order of a, or nil where its kind has
// none.
func ZOf(a Annotation) *int32 {
	switch a := a.(type) {
	case *Bbox:
		return &a.Z
	case *RotatedBbox:
		return &a.Z
	case *Polygon:
		return &a.Z
	case *PolyLine:
		return &a.Z
	case *Points:
		return &a.Z
	case *Mask:
		return &a.Z
	case *Ellipse:
		return &a.Z
	case *Cuboid2D:
		return &a.Z
	}
	return nil
}
