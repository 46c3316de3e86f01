package peertest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats/formatstest"
)

// Report counts what was compared and lists what differs.
type Report struct {
	Items, Annotations, Files, Pixels int
	// Found are media that only the second has the bytes of. It is for the
	// caller to say whether that is right.
	Found       int
	Differences []string
}

func (r *Report) add(format string, args ...any) {
	r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
}

// String sums it up in one line.
func (r *Report) String() string {
	return fmt.Sprintf("%d items, %d annotations, %d media files by their bytes and %d by their pixels compared: %d differences",
		r.Items, r.Annotations, r.Files, r.Pixels, len(r.Differences))
}

// Check logs the report and fails the test for each difference, and unless the
// second has the bytes of so many more media.
func (r *Report) Check(t testing.TB, found int) {
	t.Helper()
	t.Log(r)
	for _, d := range r.Differences {
		t.Error(d)
	}
	if r.Found != found {
		t.Errorf("the second has the bytes of %d media more, want %d", r.Found, found)
	}
	if r.Items == 0 {
		t.Error("nothing was compared")
	}
}

// Compare compares two dumps at the precision that Datumaro has. Subsets may
// come in another order, the items of each may not.
func Compare(want, got *Dump) *Report {
	want, got = narrow(want), narrow(got)
	r := &Report{}
	if d := formatstest.CompareTruthInfo(want.Info, got.Info); d != "" {
		r.add("info (-want +got):\n%s", d)
	}
	wants, gots := bySubset(want), bySubset(got)
	for _, name := range names(wants, gots) {
		w, g := wants[name], gots[name]
		if len(w) != len(g) {
			r.add("subset %q has %d items, want %d", name, len(g), len(w))
		}
		for i := range min(len(w), len(g)) {
			r.item(want, got, w[i], g[i])
		}
	}
	return r
}

// bySubset returns the numbers of the items of each subset.
func bySubset(d *Dump) map[string][]int {
	m := map[string][]int{}
	for i, it := range d.Items {
		m[it.Subset] = append(m[it.Subset], i)
	}
	return m
}

func names(a, b map[string][]int) []string {
	var all []string
	for n := range a {
		all = append(all, n)
	}
	for n := range b {
		all = append(all, n)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (r *Report) item(want, got *Dump, i, k int) {
	w, g := want.Items[i], got.Items[k]
	r.Items++
	r.Annotations += len(w.Annotations)
	place := fmt.Sprintf("%s of %s", w.ID, w.Subset)
	was, is := w.Annotations, g.Annotations
	w.Annotations, g.Annotations = nil, nil
	if d := formatstest.CompareTruth(w, g); d != "" {
		r.add("%s (-want +got):\n%s", place, d)
	}
	if len(was) != len(is) {
		r.add("%s: %d annotations, want %d", place, len(is), len(was))
	}
	for n := range min(len(was), len(is)) {
		one := func(a dataset.Annotation) dataset.Item {
			return dataset.Item{Annotations: []dataset.Annotation{a}}
		}
		if d := formatstest.CompareTruth(one(was[n]), one(is[n])); d != "" {
			r.add("%s, annotation %d (-want +got):\n%s", place, n, d)
		}
	}
	r.media(place, want.Media[i], got.Media[k])
}

func (r *Report) media(place string, want, got Media) {
	if len(want) != len(got) {
		r.add("%s: %d media files, want %d", place, len(got), len(want))
	}
	for i := range min(len(want), len(got)) {
		w, g := want[i], got[i]
		if w.Bytes == "" && g.Bytes != "" {
			r.Found++
			continue
		}
		if w.Bytes != g.Bytes {
			r.add("%s, media file %d: other bytes, or none", place, i)
		}
		if w.Bytes != "" {
			r.Files++
		}
		if w.Pixels != g.Pixels {
			r.add("%s, media file %d: other pixels, or none", place, i)
		}
		if w.Pixels != "" {
			r.Pixels++
		}
		if w.Size != g.Size && w.Size[0] != 0 && g.Size[0] != 0 {
			r.add("%s, media file %d: size %v, want %v", place, i, g.Size, w.Size)
		}
	}
}

// ByID puts the items of each subset, and the annotations of each item, in the
// order of their ids and returns d: Datumaro reads COCO back to front. The
// parts of one COCO annotation share its id and stay in their order.
func (d *Dump) ByID() *Dump {
	for _, it := range d.Items {
		slices.SortStableFunc(it.Annotations, func(a, b dataset.Annotation) int {
			return cmp.Compare(a.Common().ID, b.Common().ID)
		})
	}
	order := make([]int, len(d.Items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := d.Items[a], d.Items[b]
		return cmp.Or(strings.Compare(x.Subset, y.Subset), strings.Compare(x.ID, y.ID))
	})
	items, media := make([]dataset.Item, len(order)), make([]Media, len(order))
	for i, k := range order {
		items[i], media[i] = d.Items[k], d.Media[k]
	}
	d.Items, d.Media = items, media
	return d
}

// WithoutIDs forgets the ids of images and annotations, which Datumaro's COCO
// writer gives anew, puts the annotations in an order that does not depend on
// them, and returns d.
func (d *Dump) WithoutIDs() *Dump {
	for i := range d.Items {
		it := &d.Items[i]
		it.Attributes.Delete("id")
		for _, a := range it.Annotations {
			a.Common().ID, a.Common().Group = 0, 0
		}
		slices.SortStableFunc(it.Annotations, func(a, b dataset.Annotation) int {
			return strings.Compare(fmt.Sprintf("%T %v", a, a), fmt.Sprintf("%T %v", b, b))
		})
	}
	return d
}
