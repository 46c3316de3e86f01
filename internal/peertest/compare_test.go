package peertest

import (
	"testing"

	"datum/dataset"
	"datum/formats/formatstest"
)

// Each difference must be seen, or the comparisons with the peers say nothing.
func TestCompareSeesDifferences(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Dump)
		want   int
	}{
		{"nothing", func(*Dump) {}, 0},
		{"what float32 cannot hold", func(d *Dump) { d.Items[0].Annotations[0].(*dataset.Bbox).X += 1e-9 }, 0},
		{"the order of subsets", func(d *Dump) {
			d.Items, d.Media = append(d.Items[9:], d.Items[:9]...), append(d.Media[9:], d.Media[:9]...)
		}, 0},
		{"a hundredth of a pixel", func(d *Dump) { d.Items[0].Annotations[0].(*dataset.Bbox).X += 0.01 }, 1},
		{"two annotations", func(d *Dump) {
			d.Items[0].Annotations[1].Common().ID++
			d.Items[0].Annotations[2].Common().Attributes = dataset.Attributes{{Name: "x", Value: []byte("1")}}
		}, 2},
		{"an annotation less", func(d *Dump) { d.Items[1].Annotations = d.Items[1].Annotations[:1] }, 1},
		{"an item attribute", func(d *Dump) { d.Items[0].Attributes = nil }, 1},
		{"an item less", func(d *Dump) { d.Items, d.Media = d.Items[:10], d.Media[:10] }, 1},
		{"bytes", func(d *Dump) { d.Media[0][0].Bytes = "other" }, 1},
		{"pixels", func(d *Dump) { d.Media[0][0].Pixels = "other" }, 1},
		{"a file that only the first has", func(d *Dump) { d.Media[0][0] = File{} }, 1},
		{"a size", func(d *Dump) { d.Media[0][0].Size = [2]int32{1, 2} }, 1},
		{"a media file", func(d *Dump) { d.Media[0] = nil }, 1},
		{"a label", func(d *Dump) { d.Info.Categories.Labels.Labels[0].Name = "cow" }, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := Ours(t, "", formatstest.Sample())
			test.change(d)
			r := Compare(Ours(t, "", formatstest.Sample()), d)
			if len(r.Differences) != test.want {
				t.Errorf("%d differences, want %d: %q", len(r.Differences), test.want, r.Differences)
			}
		})
	}
}
