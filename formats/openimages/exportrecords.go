package openimages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/decimal"
	"datum/internal/planes"
)

// writer writes the annotations of one item.
type writer struct {
	e             *exporter
	s             *outSubset
	it            *dataset.Item
	id            string
	height, width int32
	edges         map[*dataset.Bbox]map[string]string
	tied          map[dataset.Annotation]bool
	masks         int
}

func (w *writer) lost(what string, n int) { w.e.Lost(w.it, what, n) }

func (w *writer) annotations() error {
	w.edges, w.tied = map[*dataset.Bbox]map[string]string{}, map[dataset.Annotation]bool{}
	var masks []*dataset.Mask
	for _, a := range w.it.Annotations {
		var err error
		switch a := a.(type) {
		case *dataset.Label:
			err = w.label(a)
		case *dataset.Bbox:
			err = w.box(a)
		case *dataset.Mask:
			masks = append(masks, a) // after the boxes that they are tied to
		default:
			w.e.Loss.AddDropped(w.it, a)
		}
		if err != nil {
			return err
		}
	}
	for _, m := range masks {
		if err := w.mask(m); err != nil {
			return err
		}
	}
	for _, a := range w.it.Annotations {
		switch a.(type) {
		case *dataset.Label, *dataset.Bbox, *dataset.Mask:
			if a.Common().Group != 0 && !w.tied[a] {
				w.lost("groups of annotations dropped", 1)
			}
		}
	}
	return nil
}

// labelled counts what is the same for all kinds, and says whether there is a
// label, without which there can be no row.
func (w *writer) labelled(a dataset.Annotation) (name string, ok bool) {
	label := *dataset.LabelOf(a)
	if label == dataset.NoLabel {
		w.lost(formats.Plural(a.Kind())+" without a label dropped", 1)
		a.Common().Group = 0
		return "", false
	}
	w.e.Loss.AddParts(w.it, a, formats.PartID|formats.PartObjectID|formats.PartZ)
	return w.e.labelName(label), true
}

// attributes counts the attributes that have no column.
func (w *writer) attributes(a dataset.Annotation, known func(dataset.Attribute) bool) {
	for _, x := range formats.UserAttributes(a.Common().Attributes) {
		w.e.LostIf(w.it, "attributes of annotations dropped", !known(x))
	}
}

// confidence is the score of an annotation as it is written, "1" where it has
// none.
func (w *writer) confidence(a dataset.Annotation) string {
	raw, ok := a.Common().Attributes.Get(attrScore)
	if !ok || !isNumber(raw) {
		return "1"
	}
	if string(raw) == "1" {
		w.lost("scores of 1 dropped, which the format takes for granted", 1)
	}
	return string(raw)
}

func isNumber(raw []byte) bool {
	var v float64
	return len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9') && json.Unmarshal(raw, &v) == nil
}

func isScore(x dataset.Attribute) bool { return x.Name == attrScore && isNumber(x.Value) }

func (w *writer) label(a *dataset.Label) error {
	name, ok := w.labelled(a)
	if !ok {
		return nil
	}
	w.attributes(a, isScore)
	t, err := w.e.table(w.s, kindLabels)
	if err != nil {
		return err
	}
	return t.write(a.Attributes, map[string]string{"ImageID": w.id, "LabelName": name, "Confidence": w.confidence(a)})
}

func (w *writer) box(a *dataset.Bbox) error {
	if w.height <= 0 || w.width <= 0 {
		w.lost("boxes dropped, since the size of the picture is not known", 1)
		a.Group = 0
		return nil
	}
	if !decimal.Finite(a.X, a.Y, a.W, a.H) {
		w.lost("boxes dropped, since their coordinates are not finite", 1)
		a.Group = 0
		return nil
	}
	name, ok := w.labelled(a)
	if !ok {
		return nil
	}
	w.edges[a] = w.normal(a)
	values := map[string]string{"ImageID": w.id, "LabelName": name, "Confidence": w.confidence(a)}
	for c, v := range w.edges[a] {
		values[c] = v
	}
	for _, f := range flags {
		values[f.column] = flag(a.Attributes, f.attribute)
	}
	w.attributes(a, func(x dataset.Attribute) bool { return isScore(x) || isFlag(x) })
	t, err := w.e.table(w.s, kindBoxes)
	if err != nil {
		return err
	}
	return t.write(a.Attributes, values)
}

// normal returns the edges of a box by their columns.
func (w *writer) normal(a *dataset.Bbox) map[string]string {
	left, right := normalise(a.X, a.W, w.width)
	top, bottom := normalise(a.Y, a.H, w.height)
	x, width, err1 := span(left, right, w.width)
	y, height, err2 := span(top, bottom, w.height)
	if err1 != nil || err2 != nil || x != a.X || y != a.Y || width != a.W || height != a.H {
		w.lost("boxes changed in their last digits", 1)
	}
	return map[string]string{"XMin": left, "XMax": right, "YMin": top, "YMax": bottom}
}

func flag(a dataset.Attributes, name string) string {
	switch raw, _ := a.Get(name); string(raw) {
	case "true":
		return "1"
	case "false":
		return "0"
	}
	return "-1"
}

func isFlag(x dataset.Attribute) bool {
	for _, f := range flags {
		if f.attribute == x.Name {
			return bytes.Equal(x.Value, []byte("true")) || bytes.Equal(x.Value, []byte("false"))
		}
	}
	return false
}

// boxOf returns the box that a mask is tied to, the first that is free.
func (w *writer) boxOf(m *dataset.Mask) *dataset.Bbox {
	for _, a := range w.it.Annotations {
		if b, ok := a.(*dataset.Bbox); ok && m.Group != 0 && b.Group == m.Group && b.Label == m.Label && w.edges[b] != nil && !w.tied[b] {
			return b
		}
	}
	return nil
}

func (w *writer) mask(a *dataset.Mask) error {
	name, ok := w.labelled(a)
	if !ok {
		return nil
	}
	if h, wd := a.RLE.Height, a.RLE.Width; !planes.Fits(h, wd, w.e.Opts.Limits) {
		return formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels cannot be a picture", wd, h)
	}
	if w.height > 0 && (a.RLE.Height != w.height || a.RLE.Width != w.width) {
		w.lost("masks stretched to the size of their picture", 1)
	}
	values := map[string]string{"ImageID": w.id, "LabelName": name}
	values["MaskPath"], values["BoxID"] = w.maskFile(a, name)
	w.masks++
	if b := w.boxOf(a); b != nil {
		w.tied[a], w.tied[b] = true, true
		for c, v := range w.edges[b] {
			values["Box"+c] = v
		}
	}
	isIoU := func(x dataset.Attribute) bool { return x.Name == attrIoU && isNumber(x.Value) }
	for _, x := range a.Attributes {
		if isIoU(x) {
			values["PredictedIoU"] = string(x.Value)
		}
	}
	w.attributes(a, isIoU)
	t, err := w.e.table(w.s, kindMasks)
	if err != nil {
		return err
	}
	if err := t.write(a.Attributes, values); err != nil {
		return err
	}
	item, code := w.it.ID, a.RLE
	return w.e.Media.Make(path.Join(masksDir, w.s.name, values["MaskPath"]), func() ([]byte, error) {
		text, err := planes.EncodeStencil(code)
		if err != nil {
			return nil, w.e.At(item, formats.Reason(formats.ErrCorrupt, "%w", err))
		}
		return text, nil
	})
}

// maskFile returns the name of the file of a mask and the id of its box: those
// of the source, or such as Open Images has.
func (w *writer) maskFile(a *dataset.Mask, label string) (file, box string) {
	var columns map[string]string
	if !a.Attributes.Decode(carryRow, &columns) {
		columns = nil
	}
	if box = columns["BoxID"]; !isName(box) {
		box = boxID(w.masks)
	}
	file = columns["MaskPath"]
	if !isName(file) || len(file) > 200 || !strings.HasSuffix(file, ".png") || strings.HasPrefix(file, ".") {
		file = maskName(w.id, label, box)
	}
	if len(file) > 200 {
		file = fmt.Sprintf("mask_%08x.png", w.masks)
	}
	return w.s.masks.Unique(file), box
}
