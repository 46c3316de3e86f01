package dataset

// Categories are the classes of a dataset. A nil part was not given at all,
// which is not the same as an empty one.
type Categories struct {
	Labels *LabelCategories
	Masks  *MaskCategories
	Points *PointsCategories
}

// LabelCategories lists the classes; an annotation's label is an index here.
type LabelCategories struct {
	Labels []LabelCategory
	Groups []LabelGroup
	// Attributes names the attributes that annotations of any label may have.
	Attributes []string
}

// LabelCategory is one class. Parent is the name of its superclass, empty when
// it has none. Carried holds what the source says of it, such as its number
// there ("@coco.id").
type LabelCategory struct {
	Name       string
	Parent     string
	Attributes []string
	Carried    Attributes
}

// LabelGroup ties labels together: "exclusive", "inclusive" or "restricted".
type LabelGroup struct {
	Name   string
	Type   string
	Labels []string
}

// MaskCategories gives labels their colours in painted masks.
type MaskCategories struct {
	Colors []LabelColor
}

// LabelColor is the colour of one label.
type LabelColor struct {
	Label   int32
	R, G, B int32
}

// PointsCategories gives labels their keypoints.
type PointsCategories struct {
	Items []PointsCategory
}

// PointsCategory is the skeleton of one label: the names of its keypoints, the
// pairs of (1-based, as COCO counts) keypoints joined by a bone, and x, y of
// each keypoint in a unit box where given.
type PointsCategory struct {
	Label     int32
	Names     []string
	Joints    [][2]int32
	Positions []float64
}

// Len returns the number of labels.
func (c *Categories) Len() int {
	if c.Labels == nil {
		return 0
	}
	return len(c.Labels.Labels)
}

// Name returns the name of label, empty where there is no such label.
func (c *Categories) Name(label int32) string {
	if label < 0 || int(label) >= c.Len() {
		return ""
	}
	return c.Labels.Labels[label].Name
}

// Index returns the first label called name.
func (c *Categories) Index(name string) (label int32, ok bool) {
	for i := range c.Len() {
		if c.Labels.Labels[i].Name == name {
			return int32(i), true
		}
	}
	return NoLabel, false
}
