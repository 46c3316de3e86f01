package cocogen

import (
	"bytes"
	"encoding/json"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"datum/dataset"
)

func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		out[p], err = os.ReadFile(filepath.Join(dir, p))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func generate(t *testing.T, o Options) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	if err := Write(dir, o); err != nil {
		t.Fatal(err)
	}
	return files(t, dir)
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b, c := generate(t, Options{Seed: 5}), generate(t, Options{Seed: 5}), generate(t, Options{Seed: 6})
	if len(a) != 12+6 || len(a) != len(b) {
		t.Fatalf("%d and %d files", len(a), len(b))
	}
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s differs", name)
		}
	}
	if bytes.Equal(a["annotations/instances_train.json"], c["annotations/instances_train.json"]) {
		t.Error("another seed gives the same dataset")
	}
}

// TestWhatItHolds: the annotations are about the pictures, and everything that
// the format has is in them.
func TestWhatItHolds(t *testing.T) {
	all := generate(t, Options{Images: 60, Seed: 1, Width: 64, Height: 48, Subsets: []string{"a", "b", "c"}})
	var top struct {
		Images []struct {
			ID       int64
			FileName string `json:"file_name"`
			Width    int
			Height   int
		}
		Annotations []struct {
			Image        int64 `json:"image_id"`
			Segmentation json.RawMessage
			Crowd        int `json:"iscrowd"`
			Area         float64
			Score        *float64
			Attributes   map[string]any
			Checked      string `json:"x_checked_by"`
		}
	}
	if err := json.Unmarshal(all["annotations/instances_a.json"], &top); err != nil {
		t.Fatal(err)
	}
	if len(top.Images) != 45 {
		t.Errorf("%d images", len(top.Images))
	}
	seen := map[string]int{}
	ids := map[int64]bool{}
	for _, im := range top.Images {
		ids[im.ID] = true
		c, kind, err := image.DecodeConfig(bytes.NewReader(all["images/a/"+im.FileName]))
		if err != nil || c.Width != 64 || c.Height != 48 || im.Width != 64 || im.Height != 48 {
			t.Errorf("%s: %v, %+v", im.FileName, err, c)
		}
		seen[kind]++
	}
	grouped, last := true, int64(0)
	for _, a := range top.Annotations {
		if !ids[a.Image] {
			t.Fatalf("an annotation of image %d", a.Image)
		}
		grouped, last = grouped && a.Image >= last, a.Image
		var parts [][]float64
		var code struct {
			Counts any
			Size   []int32
		}
		switch {
		case json.Unmarshal(a.Segmentation, &parts) == nil:
			seen[[]string{"boxes", "polygons", "polygons in parts"}[min(len(parts), 2)]]++
		case json.Unmarshal(a.Segmentation, &code) == nil:
			if s, ok := code.Counts.(string); ok {
				seen["RLE as text"]++
				area, err := dataset.RLE{Height: code.Size[0], Width: code.Size[1], Counts: []byte(s)}.Area()
				if err != nil || float64(area) != a.Area || a.Crowd != 1 {
					t.Errorf("a crowd of %d pixels, %v, area %v", area, err, a.Area)
				}
			} else {
				seen["RLE as list"]++
			}
		}
		if a.Score != nil {
			seen["scores"]++
		}
		if a.Attributes != nil {
			seen["attributes"]++
		}
		if a.Checked != "" {
			seen["unknown members"]++
		}
	}
	for _, what := range []string{"jpeg", "png", "boxes", "polygons", "polygons in parts", "RLE as text", "RLE as list", "scores", "attributes", "unknown members"} {
		if seen[what] == 0 {
			t.Errorf("no %s", what)
		}
	}
	if grouped {
		t.Error("the annotations are in the order of the images")
	}
}

func TestBadOptions(t *testing.T) {
	for _, o := range []Options{{Images: -1}, {Width: 8}, {Height: -1}, {Subsets: []string{"a/b"}}, {Subsets: []string{""}}} {
		if err := Write(t.TempDir(), o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}
