package datumaro

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
)

// annotationJSON is an annotation as it is in the text.
type annotationJSON struct {
	ID         whole[int64]   `json:"id"`
	Type       string         `json:"type"`
	Attributes jsontext.Value `json:"attributes"`
	Group      whole[int64]   `json:"group"`
	Object     whole[int32]   `json:"object_id"`
	Label      whole[int32]   `json:"label_id"`
	Z          whole[int32]   `json:"z_order"`
	Points     points         `json:"points"`
	Bbox       numbers        `json:"bbox"`
	Visibility []whole[int32] `json:"visibility"`
	RLE        *rleJSON       `json:"rle"`
	Caption    string         `json:"caption"`
	Position   numbers        `json:"position"`
	Rotation   numbers        `json:"rotation"`
	Scale      numbers        `json:"scale"`
	Rest       jsontext.Value `json:",embed"`
}

type rleJSON struct {
	Counts string         `json:"counts"`
	Size   []whole[int32] `json:"size"`
}

// errHashKey marks an annotation that says nothing about the item: a hash for
// searching, which some versions of Datumaro stored.
var errHashKey = errors.New("hash key")

// annotation turns the text of an annotation into one of the model.
func (m *importer) annotation(it *dataset.Item, j *annotationJSON) (dataset.Annotation, error) {
	if j.Type == "hash_key" {
		return nil, errHashKey
	}
	label, labels := j.Label.or(dataset.NoLabel), m.info.Categories.Len()
	if j.Label.set && (label < 0 || int(label) >= labels) {
		return nil, fmt.Errorf("label %d, the dataset has %d categories", label, labels)
	}
	base := dataset.Base{ID: j.ID.value, Group: j.Group.value, ObjectID: j.Object.or(dataset.NoObject)}
	var err error
	if base.Attributes, err = attributes(j.Attributes); err != nil {
		return nil, err
	}
	m.noteCarried(it, base.Attributes)
	if err := carry(&base.Attributes, j.Rest); err != nil {
		return nil, err
	}
	a, err := j.shape(base, label)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.Type, err)
	}
	return a, nil
}

func (j *annotationJSON) shape(b dataset.Base, label int32) (dataset.Annotation, error) {
	z := j.Z.value
	kind := dataset.Kind(j.Type)
	if j.Points.pairs != (kind == dataset.KindCuboid2D) && len(j.Points.list) > 0 {
		return nil, errors.New("corners are pairs of numbers, other points are not")
	}
	p := j.Points.list
	switch kind {
	case dataset.KindLabel:
		if !j.Label.set {
			return nil, errors.New("no label_id")
		}
		return &dataset.Label{Base: b, Label: label}, nil
	case dataset.KindBbox:
		v, err := exactly(4, j.Bbox)
		return &dataset.Bbox{Base: b, Label: label, Z: z, X: v[0], Y: v[1], W: v[2], H: v[3]}, err
	case dataset.KindRotatedBox:
		v, err := exactly(5, p)
		return &dataset.RotatedBbox{Base: b, Label: label, Z: z, CX: v[0], CY: v[1], W: v[2], H: v[3], Angle: v[4]}, err
	case dataset.KindPolygon:
		return &dataset.Polygon{Base: b, Label: label, Z: z, Points: p}, even(p)
	case dataset.KindPolyLine:
		return &dataset.PolyLine{Base: b, Label: label, Z: z, Points: p}, even(p)
	case dataset.KindPoints:
		v, err := j.visibility()
		return &dataset.Points{Base: b, Label: label, Z: z, Points: p, Visibility: v}, err
	case dataset.KindMask:
		rle, err := j.RLE.rle()
		return &dataset.Mask{Base: b, Label: label, Z: z, RLE: rle}, err
	case dataset.KindCaption:
		return &dataset.Caption{Base: b, Caption: j.Caption}, nil
	case dataset.KindEllipse:
		v, err := exactly(4, p)
		return &dataset.Ellipse{Base: b, Label: label, Z: z, X1: v[0], Y1: v[1], X2: v[2], Y2: v[3]}, err
	case dataset.KindCuboid2D:
		v, err := exactly(16, p)
		return &dataset.Cuboid2D{Base: b, Label: label, Z: z, Corners: [16]float64(v)}, err
	case dataset.KindCuboid3D:
		return j.cuboid3D(b, label)
	}
	return nil, errors.New("there is no annotation of this type")
}

// exactly requires n numbers. It returns n of them even with an error.
func exactly(n int, list []float64) ([]float64, error) {
	if len(list) != n {
		return make([]float64, n), fmt.Errorf("%d numbers, want %d", len(list), n)
	}
	return list, nil
}

func even(list []float64) error {
	if len(list)%2 != 0 {
		return fmt.Errorf("%d numbers are no list of points", len(list))
	}
	return nil
}

// visibility returns how much of each point can be seen: all of it where the
// text does not say.
func (j *annotationJSON) visibility() ([]dataset.Visibility, error) {
	n := len(j.Points.list) / 2
	if err := even(j.Points.list); err != nil {
		return nil, err
	}
	if j.Visibility != nil && len(j.Visibility) != n {
		return nil, fmt.Errorf("%d points with %d visibilities", n, len(j.Visibility))
	}
	out := make([]dataset.Visibility, n)
	for i := range out {
		out[i] = dataset.Visible
		if j.Visibility != nil {
			out[i] = dataset.Visibility(j.Visibility[i].value)
		}
		if out[i] < dataset.Absent || out[i] > dataset.Visible {
			return nil, fmt.Errorf("visibility %d", out[i])
		}
	}
	return out, nil
}

func (j *rleJSON) rle() (dataset.RLE, error) {
	if j == nil || len(j.Size) != 2 {
		return dataset.RLE{}, errors.New("no rle with counts and a size of two numbers")
	}
	r := dataset.RLE{Height: j.Size[0].value, Width: j.Size[1].value, Counts: []byte(j.Counts)}
	_, err := r.Runs()
	return r, err
}

func (j *annotationJSON) cuboid3D(b dataset.Base, label int32) (dataset.Annotation, error) {
	a := &dataset.Cuboid3D{Base: b, Label: label, Scale: [3]float64{1, 1, 1}}
	position, err := exactly(3, j.Position)
	if err != nil {
		return nil, fmt.Errorf("position: %w", err)
	}
	a.Position = [3]float64(position)
	for _, part := range []struct {
		name string
		from numbers
		to   *[3]float64
	}{{"rotation", j.Rotation, &a.Rotation}, {"scale", j.Scale, &a.Scale}} {
		if part.from == nil {
			continue
		}
		v, err := exactly(3, part.from)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, err)
		}
		*part.to = [3]float64(v)
	}
	return a, nil
}
