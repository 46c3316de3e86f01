package sidecar

import (
	"fmt"

	"datum/dataset"
)

// NewInfo puts what is known of a dataset into a message, without its subsets.
func NewInfo(i *dataset.Info) *Info {
	m := &Info{MediaKind: uint32(i.MediaKind)}
	if len(i.Attributes) > 0 {
		m.Attributes = i.Attributes.AppendJSON(nil)
	}
	if c := i.Categories.Labels; c != nil {
		m.Labels = &LabelCategories{Attributes: c.Attributes}
		for _, l := range c.Labels {
			x := &LabelCategories_Label{Name: l.Name, Parent: l.Parent, Attributes: l.Attributes}
			if len(l.Carried) > 0 {
				x.Carried = l.Carried.AppendJSON(nil)
			}
			m.Labels.Labels = append(m.Labels.Labels, x)
		}
		for _, g := range c.Groups {
			m.Labels.Groups = append(m.Labels.Groups, &LabelCategories_Group{Name: g.Name, Type: g.Type, Labels: g.Labels})
		}
	}
	if c := i.Categories.Masks; c != nil {
		m.Masks = &MaskCategories{}
		for _, x := range c.Colors {
			m.Masks.Colors = append(m.Masks.Colors, &MaskCategories_Color{Label: x.Label, R: x.R, G: x.G, B: x.B})
		}
	}
	if c := i.Categories.Points; c != nil {
		m.Points = &PointsCategories{}
		for _, x := range c.Items {
			p := &PointsCategories_Item{Label: x.Label, Names: x.Names, Positions: x.Positions}
			for _, j := range x.Joints {
				p.Joints = append(p.Joints, j[0], j[1])
			}
			m.Points.Items = append(m.Points.Items, p)
		}
	}
	return m
}

// Dataset returns what the header says of the dataset.
func (h *Header) Dataset() (*dataset.Info, error) {
	m := h.Info
	if m == nil {
		return nil, fmt.Errorf("%w: its header says nothing of the dataset", ErrSealed)
	}
	i := &dataset.Info{MediaKind: dataset.MediaKind(m.MediaKind)}
	var err error
	if i.Attributes, err = parseObject(m.Attributes); err != nil {
		return nil, err
	}
	for _, s := range h.Subsets {
		a, err := parseObject(s.Attributes)
		if err != nil {
			return nil, err
		}
		i.Subsets = append(i.Subsets, dataset.Subset{Name: s.Name, Items: int(s.Items), Attributes: a})
	}
	if i.Categories.Labels, err = m.Labels.categories(); err != nil {
		return nil, err
	}
	i.Categories.Masks = m.Masks.categories()
	i.Categories.Points, err = m.Points.categories()
	return i, err
}

func (m *LabelCategories) categories() (*dataset.LabelCategories, error) {
	if m == nil {
		return nil, nil
	}
	c := &dataset.LabelCategories{Attributes: m.Attributes}
	for _, l := range m.Labels {
		carried, err := parseObject(l.Carried)
		if err != nil {
			return nil, err
		}
		c.Labels = append(c.Labels, dataset.LabelCategory{Name: l.Name, Parent: l.Parent, Attributes: l.Attributes, Carried: carried})
	}
	for _, g := range m.Groups {
		c.Groups = append(c.Groups, dataset.LabelGroup{Name: g.Name, Type: g.Type, Labels: g.Labels})
	}
	return c, nil
}

func (m *MaskCategories) categories() *dataset.MaskCategories {
	if m == nil {
		return nil
	}
	c := &dataset.MaskCategories{}
	for _, x := range m.Colors {
		c.Colors = append(c.Colors, dataset.LabelColor{Label: x.Label, R: x.R, G: x.G, B: x.B})
	}
	return c
}

func (m *PointsCategories) categories() (*dataset.PointsCategories, error) {
	if m == nil {
		return nil, nil
	}
	c := &dataset.PointsCategories{}
	for _, x := range m.Items {
		if len(x.Joints)%2 != 0 {
			return nil, fmt.Errorf("%w: half a joint", ErrSealed)
		}
		p := dataset.PointsCategory{Label: x.Label, Names: x.Names, Positions: x.Positions}
		for k := 0; k < len(x.Joints); k += 2 {
			p.Joints = append(p.Joints, [2]int32{x.Joints[k], x.Joints[k+1]})
		}
		c.Items = append(c.Items, p)
	}
	return c, nil
}
