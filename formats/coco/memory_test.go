package coco

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// bigFile writes an annotation file of n images with perImage annotations
// each, in no order, without pictures.
func bigFile(t testing.TB, n, perImage int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	f, err := os.Create(filepath.Join(dir, "instances_big.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprint(w, `{"images":[`)
	for i := range n {
		if i > 0 {
			w.WriteByte(',')
		}
		fmt.Fprintf(w, `{"id":%d,"file_name":"%012d.jpg","width":640,"height":480,"license":1,"date_captured":"2013-11-14 17:02:52"}`, i+1, i+1)
	}
	fmt.Fprint(w, `],"annotations":[`)
	for i := range n * perImage {
		if i > 0 {
			w.WriteByte(',')
		}
		fmt.Fprintf(w, `{"id":%d,"image_id":%d,"category_id":1,"iscrowd":0,"area":%d.5,"bbox":[1,2,3,4],"segmentation":[[`, i+1, i%n+1, i)
		for k := range 40 {
			fmt.Fprintf(w, "%d.25,", (i*7+k)%640)
		}
		fmt.Fprint(w, `1,2]]}`)
	}
	fmt.Fprint(w, `],"categories":[{"id":1,"name":"a"}]}`)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestMemory: between the two readings of a file, no more is kept than the
// package comment says, and no more while items stream.
func TestMemory(t *testing.T) {
	const images, perImage = 20000, 4
	dir := bigFile(t, images, perImage)
	before := heap()
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	const bound = images*24 + images*perImage*24 + 512<<10
	if kept := heap() - before; kept > bound {
		t.Errorf("%d bytes are kept of %d images and %d annotations, more than %d", kept, images, images*perImage, bound)
	} else {
		t.Logf("%d bytes are kept, %.1f for each record", kept, float64(kept)/(images*(1+perImage)))
	}
	n := 0
	for _, err := range im.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == images/2 {
			if now := heap() - before; now > bound+1<<20 {
				t.Errorf("%d bytes are held in the middle of the stream", now)
			}
		}
	}
	if n != images {
		t.Errorf("%d items", n)
	}
}

// TestMemoryOfWriter: what the writer keeps is a few dozen bytes of a record.
func TestMemoryOfWriter(t *testing.T) {
	const images, perImage = 10000, 4
	info := &dataset.Info{Categories: labels("a")}
	ex, err := export(t.Context(), t.TempDir(), formats.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer ex.Abort()
	if err := ex.Begin(info); err != nil {
		t.Fatal(err)
	}
	before := heap()
	for i := range images {
		it := foreign(fmt.Sprint(i))
		for k := range perImage {
			it.Annotations = append(it.Annotations, &dataset.Polygon{Base: base(int64(i*perImage+k+1), 0), Points: make([]float64, 80)})
		}
		if err := ex.Write(it); err != nil {
			t.Fatal(err)
		}
	}
	// Slices that grow keep up to twice what they hold.
	const bound = 2*(images*(32+32)+images*perImage*32) + 512<<10
	if kept := heap() - before; kept > bound {
		t.Errorf("%d bytes are kept of %d images and %d annotations, more than %d", kept, images, images*perImage, bound)
	}
	if _, err := ex.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAMaskOfGigapixels is read and written without being drawn.
func TestAMaskOfGigapixels(t *testing.T) {
	dir := folder(t, "annotations/instances_t.json", annotations(
		`{"id":1,"image_id":7,"category_id":3,"segmentation":{"counts":"PXjYjj0","size":[30000,30000]},"area":0,"bbox":[0,0,0,0],"iscrowd":1}`))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	checkRoundTripWithout(t, dir)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

func BenchmarkRead(b *testing.B) {
	dir := bigFile(b, 2000, 7)
	st, err := os.Stat(filepath.Join(dir, "instances_big.json"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(st.Size())
	for b.Loop() {
		im, err := formatstest.Open(b.Context(), Format(), dir, formats.ImportOptions{})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range im.Items(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
		}
		im.Close()
	}
}
