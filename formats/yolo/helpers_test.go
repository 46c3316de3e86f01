package yolo

import (
	"fmt"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func darknetFormat() *formats.Format     { return Formats()[0] }
func ultralyticsFormat() *formats.Format { return Formats()[1] }

// load reads everything of a dataset.
func load(t *testing.T, f *formats.Format, dir string, o formats.ImportOptions) (*formatstest.Dataset, formats.Loss) {
	t.Helper()
	d, notes, err := tryLoad(t, f, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return d, notes
}

func tryLoad(t testing.TB, f *formats.Format, dir string, o formats.ImportOptions) (*formatstest.Dataset, formats.Loss, error) {
	im, err := formatstest.Open(t.Context(), f, dir, o)
	if err != nil {
		return nil, formats.Loss{}, err
	}
	defer im.Close()
	d := &formatstest.Dataset{}
	if d.List, err = formatstest.Collect(t.Context(), im); err == nil {
		err = formatstest.LoadMedia(d.List)
	}
	d.Meta = *im.Info()
	return d, im.Notes(), err
}

// dump is a dataset in short: the labels, and a line for each item and each
// annotation.
func dump(d *formatstest.Dataset) string {
	var b strings.Builder
	for _, l := range d.Meta.Categories.Labels.Labels {
		fmt.Fprintf(&b, "[%s]", l.Name)
	}
	b.WriteByte('\n')
	for _, it := range d.List {
		fmt.Fprintf(&b, "%s %s", it.Subset, it.ID)
		if m, ok := it.Media.(*dataset.Image); ok {
			fmt.Fprintf(&b, " %s %dx%d", m.Name, m.Width, m.Height)
			if m.Source == nil {
				b.WriteString(" gone")
			}
		}
		b.WriteByte('\n')
		for _, a := range it.Annotations {
			fmt.Fprintln(&b, "  "+describe(a))
		}
	}
	return b.String()
}

func describe(a dataset.Annotation) string {
	s := string(a.Kind())
	if g := a.Common().Group; g != 0 {
		s += fmt.Sprintf(" group %d", g)
	}
	switch a := a.(type) {
	case *dataset.Label:
		s += fmt.Sprint(" ", a.Label)
	case *dataset.Bbox:
		s += fmt.Sprint(" ", a.Label, " ", []float64{a.X, a.Y, a.W, a.H})
	case *dataset.RotatedBbox:
		s += fmt.Sprintf(" %d %.4g %.4g %.4g %.4g %.4g°", a.Label, a.CX, a.CY, a.W, a.H, a.Angle)
	case *dataset.Polygon:
		s += fmt.Sprint(" ", a.Label, " ", a.Points)
	case *dataset.Points:
		s += fmt.Sprint(" ", a.Label, " ", a.Points, a.Visibility)
	}
	for _, x := range a.Common().Attributes {
		s += fmt.Sprintf(" %s=%s", x.Name, x.Value)
	}
	return s
}

// picture is the content of a picture of 60 × 40 pixels.
func picture(name string) string {
	return string(formatstest.Picture(name).Source.(formatstest.Bytes))
}

const testdata = "../../testdata/yolo/"

func counted(loss formats.Loss) string {
	var out []string
	for _, e := range loss.Entries() {
		out = append(out, fmt.Sprintf("%d %s", e.Count, e.What))
	}
	return strings.Join(out, "\n")
}

// assemble makes the objects of an item.
func (e *exporter) assemble(it *dataset.Item, where string) []object {
	s := &assembler{confidence: e.confidence, loss: &e.loss}
	return s.assemble(it.Annotations, where)
}
