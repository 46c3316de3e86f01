package openimages

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/decimal"
	"datum/internal/imagesize"
)

// The columns that Datumaro writes, and this package where a source says
// nothing else.
var (
	imageColumns = []string{"ImageID", "Subset", "OriginalURL", "OriginalLandingURL", "License", "AuthorProfileURL", "Author", "Title",
		"OriginalSize", "OriginalMD5", "Thumbnail300KURL", "Rotation"}
	labelColumns = []string{"ImageID", "Source", "LabelName", "Confidence"}
	boxColumns   = []string{"ImageID", "Source", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax", "IsOccluded", "IsTruncated",
		"IsGroupOf", "IsDepiction", "IsInside"}
	maskColumns = []string{"MaskPath", "ImageID", "LabelName", "BoxID", "BoxXMin", "BoxXMax", "BoxYMin", "BoxYMax", "PredictedIoU", "Clicks"}
)

// understood are the columns that are not carried.
var understood = map[kind][]string{
	kindImages: {"ImageID", "Subset"},
	kindLabels: {"ImageID", "LabelName", "Confidence"},
	kindBoxes:  {"ImageID", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax", "IsOccluded", "IsTruncated", "IsGroupOf", "IsDepiction", "IsInside"},
	kindMasks:  {"ImageID", "LabelName", "BoxXMin", "BoxXMax", "BoxYMin", "BoxYMax", "PredictedIoU"},
}

// flags are the columns that say yes or no, and the attributes for them.
var flags = []struct{ column, attribute string }{
	{"IsOccluded", "occluded"}, {"IsTruncated", "truncated"}, {"IsGroupOf", "is_group_of"}, {"IsDepiction", "is_depiction"}, {"IsInside", "is_inside"},
}

const (
	attrScore = "score"
	attrIoU   = "predicted_iou"
)

// carryRow is the attribute with the columns of a row that the model has no
// field for.
var carryRow = dataset.CarriedName(formatName, "columns")

// carry returns the columns of a row that are carried, those left out that are
// as this package would write them.
func (t *table) carry(row []string, usual ...string) dataset.Attributes {
	var columns dataset.Attributes
	for i, c := range t.columns {
		if i >= len(row) || row[i] == "" || slices.Contains(understood[t.kind], c) || t.place[c] != i {
			continue
		}
		if k := slices.Index(usual, c); k >= 0 && k%2 == 0 && usual[k+1] == row[i] {
			continue
		}
		columns.SetRaw(c, dataset.AppendString(nil, row[i]))
	}
	if columns == nil {
		return nil
	}
	var a dataset.Attributes
	a.SetRaw(carryRow, columns.AppendJSON(nil))
	return a
}

// maker makes one item.
type maker struct {
	m             *importer
	k             key
	it            dataset.Item
	image         *dataset.Image
	height, width int32 // 0: not looked for
	sizeErr       error
	boxes         []normalBox
	masks, groups int
	notes         formats.Loss
}

// normalBox is a box as it stands in the file, which a mask may belong to.
type normalBox struct {
	box   *dataset.Bbox
	edges [4]float64
	taken bool
}

// item makes the item of a key.
func (m *importer) item(k key) (formats.Record, error) {
	if k.err != nil {
		return formats.Record{}, m.at(k.table, k.line, k.id, k.err)
	}
	x := maker{m: m, k: k, it: dataset.Item{ID: k.id, Subset: k.subset, Attributes: k.columns}}
	x.media()
	for _, r := range m.runsOf(k.id) {
		t := m.tables[r.table()]
		if t.subset != "" && t.subset != k.subset && !(m.isListedAnywhere(r.hash) && !m.isListed(t.subset, r.hash)) {
			continue
		}
		if err := x.run(t, r); err != nil {
			return formats.Record{}, err
		}
	}
	if x.height > 0 {
		x.image.Height, x.image.Width = x.height, x.width
	}
	return formats.Record{Item: x.it, Notes: x.notes}, nil
}

// note counts what was tolerated in the item.
func (x *maker) note(what string) {
	x.notes.Add(what, x.k.id+" of "+x.k.subset, 1)
}

// media names the picture. One that is not there has the extension of all
// pictures of Open Images.
func (x *maker) media() {
	x.image = &dataset.Image{File: dataset.File{Name: x.k.id + ".jpg"}}
	if x.k.hasFile {
		p := x.m.pictures
		x.image.Name = x.k.id + p.exts[x.k.file.ext]
		x.image.Source = formats.MediaIn(x.m.folder, formatName, p.path(x.k.file, x.k.id))
	}
	x.image.Height, x.image.Width = x.listedSize()
	x.it.Media = x.image
}

// listedSize is the size in images.meta, 0 where it is not there.
func (x *maker) listedSize() (height, width int32) {
	for _, name := range []string{metaName(x.k.subset, x.k.id), x.k.id} {
		if h, w, ok := x.m.sizes.of(x.m.hash.id(name)); ok {
			return h, w
		}
	}
	return 0, 0
}

// size finds the size of the picture, once.
func (x *maker) size() error {
	if x.height > 0 || x.sizeErr != nil {
		return x.sizeErr
	}
	if x.height, x.width = x.listedSize(); x.height > 0 {
		return nil
	}
	if x.image.Source != nil {
		s, err := imagesize.Of(&x.image.File)
		if w, h := s.Shown(); err == nil && h > 0 && w > 0 && h <= math.MaxInt32 && w <= math.MaxInt32 {
			x.height, x.width = int32(h), int32(w)
			return nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, imagesize.ErrUnknown) && !errors.Is(err, imagesize.ErrTruncated) {
			x.sizeErr = err
			return err
		}
	}
	x.sizeErr = formats.WithHint(formats.Reason(formats.ErrCorrupt, "the size of the picture is not known, and its boxes are fractions of it"),
		"put the picture into %s/%s/, or a line with its name, height and width into %s/%s", imagesDir, x.k.subset, annotationsDir, metaFile)
	return x.sizeErr
}

// run reads the rows of a run.
func (x *maker) run(t *table, r run) error {
	in, err := t.at(r)
	if err != nil {
		return x.m.at(t, int(r.line), x.k.id, err)
	}
	for {
		row, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err == nil && t.get(row, "ImageID") != x.k.id {
			if t.get(row, "ImageID") == "" {
				err = formats.Reason(formats.ErrCorrupt, "the row has no ImageID")
			} else {
				return nil // another id of the same hash
			}
		}
		if err == nil {
			err = x.row(t, row)
		}
		if err != nil {
			line := int(r.line)
			if row != nil {
				line += in.line() - 1
			}
			if err := x.m.opts.Bad(x.m.at(t, line, x.k.id, err)); err != nil {
				return err
			}
		}
	}
}

func (x *maker) row(t *table, row []string) error {
	label, ok := x.m.classes.places[t.get(row, "LabelName")]
	if !ok {
		return formats.Reason(formats.ErrCorrupt, "the row has no LabelName")
	}
	base := dataset.Base{ObjectID: dataset.NoObject}
	switch t.kind {
	case kindLabels:
		base.Attributes = t.carry(row)
		if err := setScore(&base.Attributes, t.get(row, "Confidence")); err != nil {
			return err
		}
		x.it.Annotations = append(x.it.Annotations, &dataset.Label{Base: base, Label: label})
	case kindBoxes:
		return x.box(t, row, label, base)
	case kindMasks:
		return x.mask(t, row, label, base)
	}
	return nil
}

// setScore keeps a confidence other than 1.
func setScore(a *dataset.Attributes, text string) error {
	text = strings.TrimSpace(text)
	if text == "" || text == "1" {
		return nil
	}
	return setNumber(a, attrScore, text)
}

// setNumber keeps a number as it stands, if JSON has it so.
func setNumber(a *dataset.Attributes, name, text string) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !decimal.Finite(v) {
		return formats.Reason(formats.ErrCorrupt, "%q is no number", text)
	}
	if json.Valid([]byte(text)) {
		a.SetRaw(name, []byte(text))
		return nil
	}
	return a.Set(name, v)
}

func (x *maker) box(t *table, row []string, label int32, base dataset.Base) error {
	if err := x.size(); err != nil {
		return err
	}
	b := &dataset.Bbox{Base: base, Label: label}
	var err1, err2 error
	b.X, b.W, err1 = span(t.get(row, "XMin"), t.get(row, "XMax"), x.width)
	b.Y, b.H, err2 = span(t.get(row, "YMin"), t.get(row, "YMax"), x.height)
	if err := cmp.Or(err1, err2); err != nil {
		return formats.Reason(formats.ErrCorrupt, "a corner of the box is %w", err)
	}
	if err := setScore(&b.Attributes, t.get(row, "Confidence")); err != nil {
		return err
	}
	for _, f := range flags {
		switch strings.TrimSpace(t.get(row, f.column)) {
		case "1":
			b.Attributes.SetRaw(f.attribute, []byte("true"))
		case "0":
			b.Attributes.SetRaw(f.attribute, []byte("false"))
		case "-1", "":
		default:
			x.note(fmt.Sprintf("values of %s that are not 0, 1 or -1, taken for -1", f.column))
		}
	}
	for _, c := range t.carry(row) {
		b.Attributes.SetRaw(c.Name, c.Value)
	}
	x.it.Annotations = append(x.it.Annotations, b)
	edges, _ := edgesOf(t, row, "")
	x.boxes = append(x.boxes, normalBox{box: b, edges: edges})
	return nil
}

// edgesOf reads the edges of a box, of which masks have their own.
func edgesOf(t *table, row []string, prefix string) (edges [4]float64, ok bool) {
	for i, c := range []string{"XMin", "XMax", "YMin", "YMax"} {
		v, err := strconv.ParseFloat(strings.TrimSpace(t.get(row, prefix+c)), 64)
		if err != nil {
			return edges, false
		}
		edges[i] = v
	}
	return edges, true
}

// groupWith ties a mask to its box, the first that is free.
func (x *maker) groupWith(edges [4]float64, label int32) int64 {
	const near = 1e-6
	for i := range x.boxes {
		b := &x.boxes[i]
		far := false
		for k, e := range edges {
			far = far || !(math.Abs(e-b.edges[k]) <= near)
		}
		if b.taken || far || b.box.Label != label {
			continue
		}
		b.taken = true
		x.groups++
		b.box.Group = int64(x.groups)
		return b.box.Group
	}
	return 0
}

// carriedColumns are the columns of the tables of a subset where they are not
// the usual ones.
func (m *importer) carriedColumns(subset string) (a dataset.Attributes) {
	for _, t := range m.tables {
		name, usual := columnsOf(t.kind)
		if (t.subset == subset || t.subset == "") && !a.Has(name) && !slices.Equal(t.columns, usual) {
			if text, err := dataset.MarshalValue(t.columns); err == nil {
				a.SetRaw(name, text)
			}
		}
	}
	return a
}

// columnsOf returns the name under which columns are carried, and the usual
// ones.
func columnsOf(k kind) (carried string, usual []string) {
	switch k {
	case kindImages:
		carried, usual = "image", imageColumns
	case kindLabels:
		carried, usual = "label", labelColumns
	case kindBoxes:
		carried, usual = "box", boxColumns
	case kindMasks:
		carried, usual = "mask", maskColumns
	}
	return dataset.CarriedName(formatName, carried+"_columns"), usual
}
