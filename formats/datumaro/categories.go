package datumaro

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
)

// categoriesJSON is the member categories. Pointers tell what is missing.
type categoriesJSON struct {
	Label *struct {
		Labels *[]struct {
			Name       *string  `json:"name"`
			Parent     string   `json:"parent"`
			Attributes []string `json:"attributes"`
			// Rest is what the format does not define.
			Rest jsontext.Value `json:",embed"`
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
			Label whole[int32] `json:"label_id"`
			R     whole[int32] `json:"r"`
			G     whole[int32] `json:"g"`
			B     whole[int32] `json:"b"`
		} `json:"colormap"`
	} `json:"mask"`
	Points *struct {
		Items *[]struct {
			Label     whole[int32]     `json:"label_id"`
			Labels    []string         `json:"labels"`
			Joints    [][]whole[int32] `json:"joints"`
			Positions numbers          `json:"positions"`
		} `json:"items"`
	} `json:"points"`
}

func (h *head) readCategories(t *text) error {
	var j categoriesJSON
	if err := json.UnmarshalDecode(t.dec, &j); err != nil {
		return err
	}
	if err := errors.Join(j.labels(&h.categories), j.masks(&h.categories), j.points(&h.categories)); err != nil {
		return fmt.Errorf("categories: %w", err)
	}
	return nil
}

func (j *categoriesJSON) labels(c *dataset.Categories) error {
	if j.Label == nil {
		return nil
	}
	if j.Label.Labels == nil {
		return errors.New("the labels are missing")
	}
	c.Labels = &dataset.LabelCategories{Attributes: j.Label.Attributes}
	for i, l := range *j.Label.Labels {
		if l.Name == nil {
			return fmt.Errorf("label %d has no name", i)
		}
		label := dataset.LabelCategory{Name: *l.Name, Parent: l.Parent, Attributes: l.Attributes}
		if err := carry(&label.Carried, l.Rest); err != nil {
			return fmt.Errorf("label %d: %w", i, err)
		}
		c.Labels.Labels = append(c.Labels.Labels, label)
	}
	for _, g := range j.Label.Groups {
		c.Labels.Groups = append(c.Labels.Groups, dataset.LabelGroup{Name: g.Name, Type: g.Type, Labels: g.Labels})
	}
	return nil
}

func (j *categoriesJSON) masks(c *dataset.Categories) error {
	if j.Mask == nil {
		return nil
	}
	if j.Mask.Colormap == nil {
		return errors.New("the colormap is missing")
	}
	c.Masks = &dataset.MaskCategories{}
	for i, x := range *j.Mask.Colormap {
		if !x.Label.set {
			return fmt.Errorf("colour %d has no label", i)
		}
		c.Masks.Colors = append(c.Masks.Colors, dataset.LabelColor{Label: x.Label.value, R: x.R.value, G: x.G.value, B: x.B.value})
	}
	return nil
}

func (j *categoriesJSON) points(c *dataset.Categories) error {
	if j.Points == nil {
		return nil
	}
	if j.Points.Items == nil {
		return errors.New("the keypoints are missing")
	}
	c.Points = &dataset.PointsCategories{}
	for i, x := range *j.Points.Items {
		if !x.Label.set {
			return fmt.Errorf("keypoints %d have no label", i)
		}
		p := dataset.PointsCategory{Label: x.Label.value, Names: x.Labels, Positions: x.Positions}
		for _, joint := range x.Joints {
			if len(joint) != 2 {
				return fmt.Errorf("keypoints %d have a joint of %d ends", i, len(joint))
			}
			p.Joints = append(p.Joints, [2]int32{joint[0].value, joint[1].value})
		}
		c.Points.Items = append(c.Points.Items, p)
	}
	return nil
}

// appendCategories appends the member's value. Lists keep their order, though
// to Datumaro most of them are sets.
func appendCategories(b []byte, c *dataset.Categories) []byte {
	var parts dataset.Attributes
	if c.Labels != nil {
		parts.SetRaw("label", appendLabels(nil, c.Labels))
	}
	if c.Masks != nil {
		parts.SetRaw("mask", appendColors(nil, c.Masks))
	}
	if c.Points != nil {
		parts.SetRaw("points", appendKeypoints(nil, c.Points))
	}
	return parts.AppendJSON(b)
}

func appendStrings(b []byte, list []string) []byte { return appendList(b, list, dataset.AppendString) }

func appendLabels(b []byte, c *dataset.LabelCategories) []byte {
	b = append(b, `{"labels":`...)
	b = appendList(b, c.Labels, func(b []byte, l dataset.LabelCategory) []byte {
		b = dataset.AppendString(append(b, `{"name":`...), l.Name)
		b = dataset.AppendString(append(b, `,"parent":`...), l.Parent)
		b = appendStrings(append(b, `,"attributes":`...), l.Attributes)
		return append(appendCarried(b, l.Carried, labelMembers), '}')
	})
	b = appendList(append(b, `,"label_groups":`...), c.Groups, func(b []byte, g dataset.LabelGroup) []byte {
		b = dataset.AppendString(append(b, `{"name":`...), g.Name)
		b = dataset.AppendString(append(b, `,"group_type":`...), g.Type)
		return append(appendStrings(append(b, `,"labels":`...), g.Labels), '}')
	})
	return append(appendStrings(append(b, `,"attributes":`...), c.Attributes), '}')
}

func appendColors(b []byte, c *dataset.MaskCategories) []byte {
	b = appendList(append(b, `{"colormap":`...), c.Colors, func(b []byte, x dataset.LabelColor) []byte {
		return fmt.Appendf(b, `{"label_id":%d,"r":%d,"g":%d,"b":%d}`, x.Label, x.R, x.G, x.B)
	})
	return append(b, '}')
}

func appendKeypoints(b []byte, c *dataset.PointsCategories) []byte {
	b = appendList(append(b, `{"items":`...), c.Items, func(b []byte, x dataset.PointsCategory) []byte {
		b = fmt.Appendf(b, `{"label_id":%d,"labels":`, x.Label)
		b = appendStrings(b, x.Names)
		b = appendList(append(b, `,"joints":`...), x.Joints, func(b []byte, j [2]int32) []byte {
			return fmt.Appendf(b, `[%d,%d]`, j[0], j[1])
		})
		return append(appendNumbers(append(b, `,"positions":`...), x.Positions), '}')
	})
	return append(b, '}')
}

// headText returns the text of the annotation file of a subset up to its
// items, and where in it the one digit of the media type is.
func headText(info *dataset.Info, subset string, kind dataset.MediaKind) (front []byte, kindAt int64) {
	user, _ := info.Attributes.Split()
	b := append([]byte(nil), `{"dm_format_version":"1.0","media_type":`...)
	kindAt = int64(len(b))
	b = fmt.Appendf(b, `%d,"infos":`, kind)
	b = user.AppendJSON(b)
	b = appendCategories(append(b, `,"categories":`...), &info.Categories)
	if s := info.Subset(subset); s != nil {
		b = appendCarried(b, s.Attributes, append(headMembers, memberItems))
	}
	return append(b, `,"items":[`...), kindAt
}

// sameHead tells whether two files speak of one dataset.
func sameHead(a, b *head) bool {
	same := func(x, y dataset.Attributes) bool { return string(x.AppendJSON(nil)) == string(y.AppendJSON(nil)) }
	text := func(h *head) string { return string(appendCategories(nil, &h.categories)) }
	return a.kind == b.kind && same(a.infos, b.infos) && text(a) == text(b)
}
