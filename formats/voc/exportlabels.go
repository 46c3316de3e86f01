package voc

import (
	"strconv"

	"datum/dataset"
)

// outLabels are the labels as they are written: each name once.
type outLabels struct {
	cats  dataset.Categories
	same  map[int32]int32 // labels with the name of an earlier one
	known bool            // whether the dataset has labels at all
	classes
}

// newLabels leaves out labels with the name of an earlier one, since VOC knows
// labels by their names.
func (e *exporter) newLabels(c *dataset.Categories) outLabels {
	out := outLabels{same: map[int32]int32{}, known: c.Labels != nil}
	if !out.known {
		out.classes = classesOf(&out.cats)
		return out
	}
	out.cats.Labels = &dataset.LabelCategories{}
	places := map[string]int32{}
	for i, l := range c.Labels.Labels {
		first, again := places[l.Name]
		if again {
			e.loss.Add("labels with the name of another, united with it", l.Name, 1)
		} else {
			first = int32(len(out.cats.Labels.Labels))
			places[l.Name] = first
			out.cats.Labels.Labels = append(out.cats.Labels.Labels, l)
		}
		if first != int32(i) {
			out.same[int32(i)] = first
		}
	}
	if c.Masks != nil {
		out.cats.Masks = &dataset.MaskCategories{}
		for _, x := range c.Masks.Colors {
			x.Label = out.of(x.Label)
			out.cats.Masks.Colors = append(out.cats.Masks.Colors, x)
		}
	}
	out.classes = classesOf(&out.cats)
	return out
}

// of returns the label that stands for a label of the dataset.
func (l *outLabels) of(label int32) int32 {
	if first, ok := l.same[label]; ok {
		return first
	}
	return label
}

// name returns the name of a label, which is its number where the dataset has
// no names.
func (l *outLabels) name(label int32) string {
	if !l.known {
		return strconv.Itoa(int(label))
	}
	return l.cats.Name(l.of(label))
}

// writeLabelMap writes labelmap.txt, if the dataset has labels. Where there are
// masks, its first line is the background, whether that is a label or not.
func (e *exporter) writeLabelMap() error {
	if !e.labels.known {
		return nil
	}
	text := []byte(labelMapHead)
	if e.painted && e.labels.labels[0] == dataset.NoLabel {
		background := mapLine{name: "background"}
		if len(e.labels.colors) > 0 {
			background.color = &dataset.LabelColor{}
		}
		text = appendMapLine(append(text, impliedHead+"\n"...), background)
	}
	for _, l := range mapLines(&e.labels.cats) {
		text = appendMapLine(text, l)
	}
	return e.put(labelMapFile, text)
}

// countInfo counts what VOC cannot hold of the dataset as a whole.
func (e *exporter) countInfo() {
	user, _ := e.info.Attributes.Split()
	for _, a := range user {
		e.loss.Add("attributes of the dataset dropped", a.Name, 1)
	}
	for _, s := range e.info.Subsets {
		user, _ := s.Attributes.Split()
		e.loss.Add("attributes of subsets dropped", s.Name, len(user))
	}
	c := &e.info.Categories
	if c.Labels != nil {
		e.countLabels(c)
	}
	if c.Masks != nil {
		seen := map[int32]bool{}
		for _, x := range c.Masks.Colors {
			if _, ok := rgbOf(x); !ok || seen[x.Label] || c.Name(x.Label) == "" {
				e.loss.Add("colours of labels dropped", c.Name(x.Label), 1)
			}
			seen[x.Label] = true
		}
	}
	if c.Points != nil && len(c.Points.Items) > 0 {
		e.loss.Add("skeletons of labels dropped", c.Name(c.Points.Items[0].Label), len(c.Points.Items))
	}
}

func (e *exporter) countLabels(c *dataset.Categories) {
	for _, l := range c.Labels.Labels {
		for _, a := range l.Attributes {
			if !isListed(a) {
				e.loss.Add("names of attributes of categories dropped", l.Name, 1)
			}
		}
	}
	e.loss.Add("names of attributes of categories dropped", "all categories", len(c.Labels.Attributes))
	for _, g := range c.Labels.Groups {
		e.loss.Add("label groups dropped", g.Name, 1)
	}
}
