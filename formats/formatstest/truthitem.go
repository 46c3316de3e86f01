package formatstest

import (
	"encoding/json"
	"fmt"

	"datum/dataset"
)

type truthItem struct {
	ID          string            `json:"id"`
	Subset      string            `json:"subset"`
	Attributes  json.RawMessage   `json:"attributes"`
	Media       *truthMedia       `json:"media"`
	Annotations []truthAnnotation `json:"annotations"`
}

type truthMedia struct {
	Type   string  `json:"type"`
	Src    string  `json:"src"`
	Extras int     `json:"n_extra"`
	Step   uint32  `json:"step"`
	Start  uint32  `json:"start_frame"`
	End    *uint32 `json:"end_frame"`
	Index  uint32  `json:"index"`
}

type truthAnnotation struct {
	Type       string          `json:"type"`
	ID         int64           `json:"id"`
	Group      int64           `json:"group"`
	ObjectID   *int32          `json:"object_id"`
	Attributes json.RawMessage `json:"attributes"`
	Label      *int32          `json:"label"`
	Z          int32           `json:"z_order"`
	// Points are corners (x1, y1, x2, y2 of boxes), or position, rotation and
	// scale of cuboids.
	Points     []truthFloat         `json:"points"`
	Visibility []dataset.Visibility `json:"visibility"`
	Caption    string               `json:"caption"`
	Size       [2]int32             `json:"size"`
	Counts     string               `json:"counts"`
}

func (x *truthItem) item() (dataset.Item, error) {
	it := dataset.Item{ID: x.ID, Subset: x.Subset}
	var err error
	if it.Attributes, err = dataset.ParseAttributes(x.Attributes); err != nil {
		return it, err
	}
	if it.Media, err = x.Media.media(); err != nil {
		return it, err
	}
	for i, t := range x.Annotations {
		a, err := t.annotation()
		if err != nil {
			return it, fmt.Errorf("annotation %d: %w", i, err)
		}
		it.Annotations = append(it.Annotations, a)
	}
	return it, nil
}

func (m *truthMedia) media() (dataset.Media, error) {
	if m == nil {
		return nil, nil
	}
	file := dataset.File{Name: m.Src}
	switch m.Type {
	case "IMAGE":
		return &dataset.Image{File: file}, nil
	case "POINT_CLOUD":
		p := &dataset.PointCloud{File: file}
		for range m.Extras {
			p.Extra = append(p.Extra, &dataset.Image{})
		}
		return p, nil
	case "VIDEO":
		return &dataset.Video{File: file, Step: m.Step, Start: m.Start, End: m.End}, nil
	case "VIDEO_FRAME":
		return &dataset.VideoFrame{File: file, Index: m.Index}, nil
	}
	return nil, fmt.Errorf("media of type %q", m.Type)
}

func (t *truthAnnotation) base() (dataset.Base, error) {
	b := dataset.Base{ID: t.ID, Group: t.Group, ObjectID: dataset.NoObject}
	if t.ObjectID != nil {
		b.ObjectID = *t.ObjectID
	}
	var err error
	b.Attributes, err = dataset.ParseAttributes(t.Attributes)
	return b, err
}

func (t *truthAnnotation) annotation() (dataset.Annotation, error) {
	b, err := t.base()
	if err != nil {
		return nil, err
	}
	p := floats(t.Points)
	label := dataset.NoLabel
	if t.Label != nil {
		label = *t.Label
	}
	kind := dataset.Kind(t.Type)
	if n := map[dataset.Kind]int{dataset.KindBbox: 4, dataset.KindEllipse: 4, dataset.KindCuboid2D: 16, dataset.KindCuboid3D: 9}[kind]; n > 0 && len(p) != n {
		return nil, fmt.Errorf("%s of %d numbers", kind, len(p))
	}
	switch kind {
	case dataset.KindLabel:
		return &dataset.Label{Base: b, Label: label}, nil
	case dataset.KindBbox:
		return &dataset.Bbox{Base: b, Label: label, Z: t.Z, X: p[0], Y: p[1], W: p[2] - p[0], H: p[3] - p[1]}, nil
	case dataset.KindPolygon:
		return &dataset.Polygon{Base: b, Label: label, Z: t.Z, Points: p}, nil
	case dataset.KindPolyLine:
		return &dataset.PolyLine{Base: b, Label: label, Z: t.Z, Points: p}, nil
	case dataset.KindPoints:
		return &dataset.Points{Base: b, Label: label, Z: t.Z, Points: p, Visibility: t.Visibility}, nil
	case dataset.KindMask:
		return &dataset.Mask{Base: b, Label: label, Z: t.Z, RLE: dataset.RLE{Height: t.Size[0], Width: t.Size[1], Counts: []byte(t.Counts)}}, nil
	case dataset.KindCaption:
		return &dataset.Caption{Base: b, Caption: t.Caption}, nil
	case dataset.KindEllipse:
		return &dataset.Ellipse{Base: b, Label: label, Z: t.Z, X1: p[0], Y1: p[1], X2: p[2], Y2: p[3]}, nil
	case dataset.KindCuboid2D:
		return &dataset.Cuboid2D{Base: b, Label: label, Z: t.Z, Corners: [16]float64(p)}, nil
	case dataset.KindCuboid3D:
		return &dataset.Cuboid3D{Base: b, Label: label, Position: [3]float64(p[:3]), Rotation: [3]float64(p[3:6]), Scale: [3]float64(p[6:])}, nil
	}
	return nil, fmt.Errorf("annotation of type %q", t.Type)
}
