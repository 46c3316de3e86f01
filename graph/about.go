package graph

// SetInfo says what the model is for and what it wants, in the section of rt_info
// that has this name. OpenVINO's Model API and datum read "model_info". What the
// section said before is replaced.
func (m *Model) SetInfo(section string, entries ...Attr) {
	s := &Meta{Name: section}
	for _, e := range entries {
		s.Children = append(s.Children, &Meta{Name: e.Name, Attrs: Attrs{{"value", e.Value}}})
	}
	for _, t := range m.tail {
		if t.Name != "rt_info" {
			continue
		}
		for i, old := range t.Children {
			if old.Name == section {
				t.Children[i] = s
				return
			}
		}
		t.Children = append(t.Children, s)
		return
	}
	m.tail = append(m.tail, &Meta{Name: "rt_info", Children: []*Meta{s}})
}
