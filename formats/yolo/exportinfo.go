package yolo

import (
	"strings"

	"datum/dataset"
)

// countInfo counts what is said of the dataset and has no place in its files.
func (e *exporter) countInfo() {
	user, _ := e.info.Attributes.Split()
	for _, a := range user {
		e.loss.Add("attributes of the dataset dropped", a.Name, 1)
	}
	for _, s := range e.info.Subsets {
		user, _ := s.Attributes.Split()
		e.loss.Add("attributes of subsets dropped", "subset "+s.Name, len(user))
	}
	c := &e.info.Categories
	if c.Labels != nil {
		for _, l := range c.Labels.Labels {
			e.loss.Add("names of attributes of categories dropped", l.Name, len(l.Attributes))
			if l.Parent != "" {
				e.loss.Add("parents of labels dropped", l.Name, 1)
			}
		}
		e.loss.Add("names of attributes of categories dropped", "all categories", len(c.Labels.Attributes))
		for _, g := range c.Labels.Groups {
			e.loss.Add("label groups dropped", g.Name, 1)
		}
	}
	if c.Masks != nil && len(c.Masks.Colors) > 0 {
		e.loss.Add("colours of labels dropped", c.Name(c.Masks.Colors[0].Label), len(c.Masks.Colors))
	}
}

// countSkeletons counts what data.yaml does not hold of keypoints: for the task
// pose it holds their names, otherwise nothing.
func (e *exporter) countSkeletons() {
	c := &e.info.Categories
	if c.Points == nil {
		return
	}
	for _, p := range c.Points.Items {
		if e.task != pose {
			e.loss.Add("names of keypoints dropped", c.Name(p.Label), len(p.Names))
		}
		e.loss.Add("bones of skeletons dropped", c.Name(p.Label), len(p.Joints))
		if len(p.Positions) > 0 {
			e.loss.Add("positions of keypoints in a skeleton dropped", c.Name(p.Label), 1)
		}
	}
}

// classes finds the name and the number of each label.
func (e *exporter) classes() error {
	labels := e.info.Categories.Labels
	if labels == nil {
		return nil
	}
	taken := map[int]bool{}
	given := e.format == ultralyticsName && e.task != classify
	for i := range labels.Labels {
		l := &labels.Labels[i]
		id := i
		if l.Carried.Decode(carryID, &id) && e.format == darknetName && id != i {
			e.loss.Add("class numbers given anew, since those of obj.names have no holes", l.Name, 1)
		}
		given = given && id >= 0 && id <= maxClass && !taken[id]
		taken[id] = true
		e.ids = append(e.ids, id)
		name, err := e.className(l, i)
		if err != nil {
			return err
		}
		e.names = append(e.names, name)
	}
	if !given {
		for i := range e.ids {
			e.ids[i] = i
		}
	}
	return nil
}

// className returns the name of a label as it can be written.
func (e *exporter) className(l *dataset.LabelCategory, i int) (string, error) {
	if e.format == ultralyticsName {
		return l.Name, nil
	}
	if strings.ContainsAny(l.Name, "\r\n") {
		return "", e.errorAt("", corrupt("the label %q has a line break, which a list of names cannot hold", l.Name))
	}
	name := strings.TrimSpace(l.Name)
	if name == "" {
		name = className(i)
	}
	if name != l.Name {
		e.loss.Add("names of labels changed, since a list of names cannot hold them", name, 1)
	}
	return name, nil
}
