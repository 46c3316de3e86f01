package binary

import (
	"fmt"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// TestAllocationsGrowWithItems and not with the annotations in them: ordinary
// outlines and boxes go the fast way, both in and out.
func TestAllocationsGrowWithItems(t *testing.T) {
	const items = 40
	info := &dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "a"}}}}}
	measure := func(annotations int) (writing, reading float64) {
		var list []dataset.Item
		for i := range items {
			name := fmt.Sprintf("%04d", i)
			it := dataset.Item{ID: name, Subset: "train", Media: &dataset.Image{File: dataset.File{Name: name + ".jpg"}}}
			for k := range annotations {
				b := dataset.Base{ID: int64(k), ObjectID: dataset.NoObject, Attributes: attrs(t, fmt.Sprintf(`{"is_crowd":false,"@coco.order":%d}`, k))}
				it.Annotations = append(it.Annotations, &dataset.Polygon{Base: b, Points: []float64{1.25, 2, 3, 4.01, 5, float64(k)}}, &dataset.Bbox{Base: b, X: 0.1, Y: 0.2, W: 3.33, H: 4})
			}
			list = append(list, it)
		}
		o := formats.ExportOptions{Key: testKey(t), Workers: 1}
		dir, _ := write(t, info, list, o)
		writing = testing.AllocsPerRun(3, func() { write(t, info, list, o) })
		reading = testing.AllocsPerRun(3, func() {
			if got := drained(t, dir, formats.ImportOptions{Key: testKey(t), Workers: 1}); got != items*2*annotations {
				t.Fatalf("%d annotations", got)
			}
		})
		return writing, reading
	}
	writing, reading := measure(2)
	writingMore, readingMore := measure(100)
	if most := float64(items * 10); writingMore-writing > most || readingMore-reading > most {
		t.Errorf("98 outlines and boxes more in each of %d items cost %v allocations when written, %v when read", items, writingMore-writing, readingMore-reading)
	}
}

// drained reads a dataset to its end and returns how many annotations it has.
func drained(t testing.TB, dir string, o formats.ImportOptions) (annotations int) {
	t.Helper()
	m, err := open(t.Context(), formatstest.Folder(t, dir), o)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for it, err := range m.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		annotations += len(it.Annotations)
	}
	return annotations
}

// BenchmarkWrite and BenchmarkRead give what the layers of this package cost
// without those of other formats.
func BenchmarkWrite(b *testing.B) {
	info, list := benchmarkItems()
	for b.Loop() {
		write(b, info, list, formats.ExportOptions{Key: testKey(b)})
	}
}

func BenchmarkRead(b *testing.B) {
	info, list := benchmarkItems()
	dir, _ := write(b, info, list, formats.ExportOptions{Key: testKey(b)})
	for b.Loop() {
		drained(b, dir, formats.ImportOptions{Key: testKey(b)})
	}
}

func benchmarkItems() (*dataset.Info, []dataset.Item) {
	info := &dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "a"}}}}}
	var list []dataset.Item
	for i := range 4000 {
		name := fmt.Sprintf("%012d", i)
		it := dataset.Item{ID: name, Subset: "train", Media: &dataset.Image{File: dataset.File{Name: name + ".jpg"}, Height: 480, Width: 640}}
		for k := range 7 {
			b := dataset.Base{ID: int64(k), ObjectID: dataset.NoObject, Attributes: dataset.Attributes{{Name: "is_crowd", Value: []byte("false")}, {Name: "@coco.order", Value: fmt.Append(nil, 7*i+k)}}}
			points := make([]float64, 46)
			for j := range points {
				points[j] = float64((i+j*977)%64000) / 100
			}
			it.Annotations = append(it.Annotations, &dataset.Polygon{Base: b, Points: points}, &dataset.Bbox{Base: b, X: 0.1, Y: 0.2, W: 3.33, H: 4})
		}
		list = append(list, it)
	}
	return info, list
}
