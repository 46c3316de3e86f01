package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"datum/dataset"
)

// AppendCategories appends the categories as Datumaro's JSON object, with its
// length before it. Lists whose order Datumaro does not keep are sorted.
func AppendCategories(dst []byte, c *dataset.Categories) []byte {
	var parts dataset.Attributes
	if c.Labels != nil {
		parts.SetRaw("label", labelsJSON(c.Labels))
	}
	if c.Masks != nil {
		parts.SetRaw("mask", masksJSON(c.Masks))
	}
	if c.Points != nil {
		parts.SetRaw("points", pointsJSON(c.Points))
	}
	return AppendDict(dst, parts)
}

func labelsJSON(c *dataset.LabelCategories) []byte {
	b := []byte(`{"labels":`)
	b = appendList(b, c.Labels, func(b []byte, l dataset.LabelCategory) []byte {
		b = dataset.AppendString(append(b, `{"name":`...), l.Name)
		b = dataset.AppendString(append(b, `,"parent":`...), l.Parent)
		b = appendSorted(append(b, `,"attributes":`...), l.Attributes)
		return append(b, '}')
	})
	b = appendList(append(b, `,"label_groups":`...), c.Groups, func(b []byte, g dataset.LabelGroup) []byte {
		b = dataset.AppendString(append(b, `{"name":`...), g.Name)
		b = dataset.AppendString(append(b, `,"group_type":`...), g.Type)
		b = appendSorted(append(b, `,"labels":`...), g.Labels)
		return append(b, '}')
	})
	b = appendSorted(append(b, `,"attributes":`...), c.Attributes)
	return append(b, '}')
}

func masksJSON(c *dataset.MaskCategories) []byte {
	b := appendList([]byte(`{"colormap":`), c.Colors, func(b []byte, x dataset.LabelColor) []byte {
		return fmt.Appendf(b, `{"label_id":%d,"r":%d,"g":%d,"b":%d}`, x.Label, x.R, x.G, x.B)
	})
	return append(b, '}')
}

func pointsJSON(c *dataset.PointsCategories) []byte {
	b := appendList([]byte(`{"items":`), c.Items, func(b []byte, x dataset.PointsCategory) []byte {
		b = fmt.Appendf(b, `{"label_id":%d,"labels":`, x.Label)
		b = appendList(b, x.Names, dataset.AppendString)
		b = appendList(append(b, `,"joints":`...), x.Joints, func(b []byte, j [2]int32) []byte {
			return fmt.Appendf(b, `[%d,%d]`, j[0], j[1])
		})
		b = appendList(append(b, `,"positions":`...), x.Positions, appendFloatText)
		return append(b, '}')
	})
	return append(b, '}')
}

func appendFloatText(b []byte, v float64) []byte {
	at := len(b)
	b = strconv.AppendFloat(b, v, 'g', -1, 64)
	for _, c := range b[at:] {
		if c == '.' || c == 'e' {
			return b
		}
	}
	return append(b, ".0"...)
}

func appendList[T any](b []byte, list []T, each func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, x := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = each(b, x)
	}
	return append(b, ']')
}

func appendSorted(b []byte, list []string) []byte {
	list = slices.Clone(list)
	slices.Sort(list)
	return appendList(b, list, dataset.AppendString)
}

// categoriesJSON is the object as it is read. Required fields are pointers.
type categoriesJSON struct {
	Label *struct {
		Labels *[]struct {
			Name       *string  `json:"name"`
			Parent     *string  `json:"parent"`
			Attributes []string `json:"attributes"`
		} `json:"labels"`
		Groups []struct {
			Name   string   `json:"name"`
			Type   string   `json:"group_type"`
			Labels []string `json:"labels"`
		} `json:"label_groups"`
		Attributes []string `json:"attributes"`
	} `json:"label"`
	Mask *struct {
		Colormap *[]struct {
			Label *int32 `json:"label_id"`
			R     int32  `json:"r"`
			G     int32  `json:"g"`
			B     int32  `json:"b"`
		} `json:"colormap"`
	} `json:"mask"`
	Points *struct {
		Items *[]struct {
			Label     *int32     `json:"label_id"`
			Labels    []string   `json:"labels"`
			Joints    [][2]int32 `json:"joints"`
			Positions []float64  `json:"positions"`
		} `json:"items"`
	} `json:"points"`
}

// ParseCategories reads what [AppendCategories] wrote, without the length.
func ParseCategories(text []byte) (dataset.Categories, error) {
	var c dataset.Categories
	if len(text) == 0 {
		return c, nil
	}
	var j categoriesJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return c, fmt.Errorf("%w: categories: %v", ErrFormat, err)
	}
	if ok := j.labels(&c) && j.masks(&c) && j.points(&c); !ok {
		return c, fmt.Errorf("%w: categories without a required field", ErrFormat)
	}
	return c, nil
}

func (j *categoriesJSON) labels(c *dataset.Categories) bool {
	if j.Label == nil {
		return true
	}
	if j.Label.Labels == nil {
		return false
	}
	c.Labels = &dataset.LabelCategories{Attributes: j.Label.Attributes}
	for _, l := range *j.Label.Labels {
		if l.Name == nil || l.Parent == nil {
			return false
		}
		c.Labels.Labels = append(c.Labels.Labels, dataset.LabelCategory{Name: *l.Name, Parent: *l.Parent, Attributes: l.Attributes})
	}
	for _, g := range j.Label.Groups {
		c.Labels.Groups = append(c.Labels.Groups, dataset.LabelGroup{Name: g.Name, Type: g.Type, Labels: g.Labels})
	}
	return true
}

func (j *categoriesJSON) masks(c *dataset.Categories) bool {
	if j.Mask == nil {
		return true
	}
	if j.Mask.Colormap == nil {
		return false
	}
	c.Masks = &dataset.MaskCategories{}
	for _, x := range *j.Mask.Colormap {
		if x.Label == nil {
			return false
		}
		c.Masks.Colors = append(c.Masks.Colors, dataset.LabelColor{Label: *x.Label, R: x.R, G: x.G, B: x.B})
	}
	return true
}

func (j *categoriesJSON) points(c *dataset.Categories) bool {
	if j.Points == nil {
		return true
	}
	if j.Points.Items == nil {
		return false
	}
	c.Points = &dataset.PointsCategories{}
	for _, x := range *j.Points.Items {
		if x.Label == nil {
			return false
		}
		c.Points.Items = append(c.Points.Items, dataset.PointsCategory{Label: *x.Label, Names: x.Labels, Joints: x.Joints, Positions: x.Positions})
	}
	return true
}
