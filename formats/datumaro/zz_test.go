package datumaro

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"datum/dataset"
	"datum/formats"
)

func TestZZ(t *testing.T) {
	dir := t.TempDir()
	ex, _ := export(t.Context(), dir, formats.ExportOptions{})
	ex.Begin(&dataset.Info{MediaKind: 2, Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "a"}}}}})
	a, _ := dataset.ParseAttributes([]byte(`{"is_crowd":false,"occluded":true,"score":0.25}`))
	start := time.Now()
	for i := range 40000 {
		var anns []dataset.Annotation
		for k := range 10 {
			anns = append(anns, &dataset.Bbox{Base: dataset.Base{ID: int64(k), ObjectID: -1, Attributes: a}, X: 1.5, Y: float64(i) + 0.1, W: 3, H: 4.25})
			anns = append(anns, &dataset.Polygon{Base: dataset.Base{ID: int64(k), ObjectID: -1, Attributes: a}, Points: []float64{1.5, 2.25, 3.33, 4.44, 5.55, 6.66, 7.77, 8.88}})
		}
		ex.Write(dataset.Item{ID: fmt.Sprintf("x/%d", i), Subset: "s", Media: &dataset.Image{File: dataset.File{Name: fmt.Sprintf("x/%d.jpg", i)}}, Annotations: anns})
	}
	ex.Close()
	st, _ := os.Stat(dir + "/annotations/s.json")
	fmt.Println("write", time.Since(start), st.Size()>>20, "MiB")
	runtime.GC()
	start = time.Now()
	im, err := open(t.Context(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var peak uint64
	n := 0
	for _, err := range im.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%5000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
	}
	fmt.Println("read", time.Since(start), n, "heap MiB", peak>>20)
}
