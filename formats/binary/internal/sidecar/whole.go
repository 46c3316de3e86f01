package sidecar

import (
	"fmt"
	"slices"

	"datum/dataset"
	"datum/formats/binary/internal/record"
)

// whole puts everything but the carried attributes of a into a message.
func whole(a dataset.Annotation) *Whole {
	base := a.Common()
	user, _ := base.Attributes.Split()
	w := &Whole{
		Kind: string(a.Kind()), Id: base.ID, Group: base.Group, ObjectId: base.ObjectID,
		Coordinates: slices.Clone(record.Coordinates(a)),
	}
	if len(user) > 0 {
		w.Attributes = user.AppendJSON(nil)
	}
	if l := dataset.LabelOf(a); l != nil {
		w.Label = *l
	}
	if z := dataset.ZOf(a); z != nil {
		w.Z = *z
	}
	switch a := a.(type) {
	case *dataset.Caption:
		w.Caption = a.Caption
	case *dataset.Mask:
		w.Height, w.Width, w.Counts = a.RLE.Height, a.RLE.Width, a.RLE.Counts
	case *dataset.Tabular:
		w.Values = a.Values.AppendJSON(nil)
	case *dataset.Points:
		for _, v := range a.Visibility {
			w.Visibility = append(w.Visibility, int32(v))
		}
	}
	return w
}

// annotation is the reverse of whole.
func (w *Whole) annotation() (dataset.Annotation, error) {
	a := newAnnotation(dataset.Kind(w.Kind))
	if a == nil {
		return nil, fmt.Errorf("%w: it holds an annotation of unknown kind %q", ErrSealed, w.Kind)
	}
	base := a.Common()
	base.ID, base.Group, base.ObjectID = w.Id, w.Group, w.ObjectId
	var err error
	if base.Attributes, err = parseObject(w.Attributes); err != nil {
		return nil, err
	}
	if l := dataset.LabelOf(a); l != nil {
		*l = w.Label
	}
	if z := dataset.ZOf(a); z != nil {
		*z = w.Z
	}
	if err := record.SetCoordinates(a, w.Coordinates); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSealed, err)
	}
	switch a := a.(type) {
	case *dataset.Caption:
		a.Caption = w.Caption
	case *dataset.Mask:
		a.RLE = dataset.RLE{Height: w.Height, Width: w.Width, Counts: w.Counts}
	case *dataset.Tabular:
		a.Values, err = parseObject(w.Values)
	case *dataset.Points:
		for _, v := range w.Visibility {
			a.Visibility = append(a.Visibility, dataset.Visibility(v))
		}
	}
	return a, err
}

func parseObject(text []byte) (dataset.Attributes, error) {
	if len(text) == 0 {
		return nil, nil
	}
	a, err := dataset.ParseAttributes(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSealed, err)
	}
	return a, nil
}

func newAnnotation(k dataset.Kind) dataset.Annotation {
	switch k {
	case dataset.KindLabel:
		return &dataset.Label{}
	case dataset.KindBbox:
		return &dataset.Bbox{}
	case dataset.KindRotatedBox:
		return &dataset.RotatedBbox{}
	case dataset.KindPolygon:
		return &dataset.Polygon{}
	case dataset.KindPolyLine:
		return &dataset.PolyLine{}
	case dataset.KindPoints:
		return &dataset.Points{}
	case dataset.KindMask:
		return &dataset.Mask{}
	case dataset.KindCaption:
		return &dataset.Caption{}
	case dataset.KindEllipse:
		return &dataset.Ellipse{}
	case dataset.KindCuboid2D:
		return &dataset.Cuboid2D{}
	case dataset.KindCuboid3D:
		return &dataset.Cuboid3D{}
	case dataset.KindTabular:
		return &dataset.Tabular{}
	}
	return nil
}
