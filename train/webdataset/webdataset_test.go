package webdataset_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"datum"
	"datum/dataset"
	"datum/formats"
	"datum/train/loader"
	"datum/train/webdataset"
)

// memory is a media file in memory.
type memory string

func (m memory) Open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(m))), nil }

func image(subset, name, content string, annotations ...dataset.Annotation) dataset.Item {
	return dataset.Item{ID: strings.TrimSuffix(name, path.Ext(name)), Subset: subset, Annotations: annotations,
		Media: &dataset.Image{File: dataset.File{Name: name, Source: memory(content)}}}
}

func open(items ...dataset.Item) *datum.Dataset {
	return datum.New(&dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "train", Items: -1}},
		Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}, {Name: `the "dog"`}}}}}, items)
}

func base() dataset.Base { return dataset.Base{ObjectID: dataset.NoObject} }

// write returns the names of the members in order, and what they hold.
func write(t *testing.T, ds *datum.Dataset, o loader.Options) (names []string, content map[string]string) {
	t.Helper()
	var b bytes.Buffer
	if _, err := webdataset.Write(t.Context(), &b, ds, o); err != nil {
		t.Fatal(err)
	}
	content = map[string]string{}
	for r := tar.NewReader(&b); ; {
		h, err := r.Next()
		if err == io.EOF {
			return names, content
		}
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
		content[h.Name] = string(all)
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	label := func(n int32) *dataset.Label { return &dataset.Label{Base: base(), Label: n} }
	cloud := dataset.Item{ID: "cloud", Subset: "train", Media: &dataset.PointCloud{File: dataset.File{Name: "cloud.pcd", Source: memory("pcd")},
		Extra: []*dataset.Image{{File: dataset.File{Name: "x.JPEG", Source: memory("one")}}, {File: dataset.File{Name: "y.png", Source: memory("two")}}}}}
	names, content := write(t, open(
		image("train", "a.jpg", "A", label(1)),
		image("train", "b/c.jpeg", "B", label(0), label(1)),
		image("train", "d.json", "D", &dataset.Caption{Base: base(), Caption: "d"}, label(0)),
		cloud,
		dataset.Item{ID: "nothing", Subset: "train"},
	), loader.Options{Workers: 3})
	want := []string{
		"train/a.jpg", "train/a.cls", "train/a.json",
		"train/b/c~jpeg.jpg", "train/b/c~jpeg.json",
		"train/d~json.bin", "train/d~json.cls", "train/d~json.json",
		"train/cloud~pcd.pcd", "train/cloud~pcd.related0.jpg", "train/cloud~pcd.related1.png", "train/cloud~pcd.json",
		"train/nothing.json",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("the members (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{"train/a.jpg": "A", "train/a.cls": "1", "train/cloud~pcd.related1.png": "two", "train/nothing.json": `{"id":"nothing","subset":"train","annotations":[]}`} {
		if content[name] != want {
			t.Errorf("%s holds %q, want %q", name, content[name], want)
		}
	}
}

// base_plus_ext of webdataset.
var splits = regexp.MustCompile(`^((?:.*/|)[^.]+)[.]([^/]*)$`)

// FuzzKey: no two items have one key, webdataset finds it, and the id comes back.
func FuzzKey(f *testing.F) {
	for _, s := range []string{"a", "a.b", "../..", "a//b/", "%", "%2E", "~", "a~png", "__x__", "ü\xff\n", "", "\\"} {
		f.Add("train", s, ".jpg")
		f.Add(s, s, s)
	}
	seen := map[string][3]string{}
	f.Fuzz(func(t *testing.T, subset, id, ext string) {
		if ext = path.Ext(ext); strings.Contains(ext, "/") || id == "" && ext == "" {
			return
		}
		it := dataset.Item{ID: id, Subset: subset, Media: &dataset.Image{File: dataset.File{Name: id + ext}}}
		if path.Ext(id+ext) != ext {
			return
		}
		key := webdataset.Key(&it)
		who := [3]string{subset, id, ext}
		if other, ok := seen[key]; ok && other != who {
			t.Fatalf("%q and %q have the key %q", other, who, key)
		}
		seen[key] = who
		m := splits.FindStringSubmatch(key + ".jpg")
		if m == nil || m[1] != key || m[2] != "jpg" {
			t.Fatalf("webdataset takes %q apart as %q", key+".jpg", m)
		}
		head, rest, _ := strings.Cut(key, "/")
		rest, _, _ = strings.Cut(rest, "~")
		for _, c := range []struct{ escaped, want string }{{head, subset}, {rest, id}} {
			if got, err := url.PathUnescape(c.escaped); err != nil || got != c.want {
				t.Fatalf("%q says %q, want %q", key, got, c.want)
			}
		}
		if strings.HasPrefix(key, "_") || slices.Contains(strings.Split(key, "/"), "..") {
			t.Fatalf("the key %q", key)
		}
	})
}

// Every kind of annotation, as JSON.
func TestJSON(t *testing.T) {
	t.Parallel()
	full := dataset.Base{ID: 4, Group: 5, ObjectID: 6, Attributes: dataset.Attributes{{Name: "x", Value: []byte("1.0")}, {Name: "@coco.y", Value: []byte("18446744073709551615")}}}
	it := image("train", "a.jpg", "A",
		&dataset.Bbox{Base: full, Label: 1, Z: 3, X: 0.1, Y: 1e-9, W: 1e22, H: 1. / 3},
		&dataset.Label{Base: base(), Label: dataset.NoLabel},
		&dataset.RotatedBbox{Base: base(), CX: 1, CY: 2, W: 3, H: 4, Angle: -5.5},
		&dataset.Polygon{Base: base(), Label: 7, Points: []float64{1, 2, 3, 4, 5, 6}},
		&dataset.PolyLine{Base: base(), Points: []float64{1, 2}},
		&dataset.Points{Base: base(), Points: []float64{1, 2}, Visibility: []dataset.Visibility{dataset.Hidden}},
		&dataset.Mask{Base: base(), RLE: dataset.RLE{Height: 2, Width: 3, Counts: []byte(`\06`)}},
		&dataset.Caption{Base: base(), Caption: "\"é\"\n"},
		&dataset.Ellipse{Base: base(), X1: 1, Y1: 2, X2: 3, Y2: 4},
		&dataset.Cuboid2D{Base: base(), Corners: [16]float64{15: 1}, Y3D: []float64{9}},
		&dataset.Cuboid3D{Base: base(), Position: [3]float64{1, 2, 3}, Rotation: [3]float64{4, 5, 6}, Scale: [3]float64{7, 8, 9}},
		&dataset.Tabular{Base: base(), Values: dataset.Attributes{{Name: "a", Value: []byte(`"b"`)}}},
	)
	it.Media.(*dataset.Image).Width, it.Media.(*dataset.Image).Height = 640, 480
	_, content := write(t, open(it), loader.Options{})
	want := `{"id":"a","subset":"train","media":"a.jpg","width":640,"height":480,"annotations":[` + strings.Join([]string{
		`{"type":"bbox","id":4,"group":5,"object":6,"label":1,"label_name":"the \"dog\"","z_order":3,"bbox":[0.1,1e-09,1e+22,0.3333333333333333],"attributes":{"x":1.0,"@coco.y":18446744073709551615}}`,
		`{"type":"label"}`,
		`{"type":"rotated_bbox","label":0,"label_name":"cat","rotated_bbox":[1,2,3,4,-5.5]}`,
		`{"type":"polygon","label":7,"points":[1,2,3,4,5,6]}`,
		`{"type":"polyline","label":0,"label_name":"cat","points":[1,2]}`,
		`{"type":"points","label":0,"label_name":"cat","points":[1,2],"visibility":[1]}`,
		`{"type":"mask","label":0,"label_name":"cat","segmentation":{"size":[2,3],"counts":"\\06"}}`,
		`{"type":"caption","caption":"\"é\"\n"}`,
		`{"type":"ellipse","label":0,"label_name":"cat","ellipse":[1,2,3,4]}`,
		`{"type":"cuboid_2d","label":0,"label_name":"cat","corners":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1],"y_3d":[9]}`,
		`{"type":"cuboid_3d","label":0,"label_name":"cat","position":[1,2,3],"rotation":[4,5,6],"scale":[7,8,9]}`,
		`{"type":"tabular","values":{"a":"b"}}`,
	}, ",") + `]}`
	if diff := cmp.Diff(want, content["train/a.json"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !json.Valid([]byte(content["train/a.json"])) {
		t.Error("it is no JSON")
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	nameOnly := image("train", "nameonly.jpg", "")
	nameOnly.Media.Main().Source = nil
	nan := image("train", "nan.jpg", "N", &dataset.Bbox{Base: base(), W: math.NaN()})
	for _, it := range []dataset.Item{nameOnly, nan} {
		_, err := webdataset.Write(t.Context(), io.Discard, open(image("train", "a.jpg", "A"), it), loader.Options{})
		if err == nil || !strings.Contains(err.Error(), `"`+it.ID+`"`) {
			t.Errorf("%s: %v", it.ID, err)
		}
	}
	var skipped formats.Skipped
	names, _ := write(t, open(nameOnly, image("train", "a.jpg", "A"), nan), loader.Options{Skip: &skipped})
	if !slices.Equal(names, []string{"train/a.jpg", "train/a.json"}) || skipped.Count() != 2 {
		t.Errorf("%v, left out: %q", names, skipped.Errors())
	}
}

// failing takes a few bytes and then no more.
type failing struct{ left int }

var errGone = errors.New("the reader went away")

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errGone
	}
	return len(b), nil
}

func TestReaderWhoGoesAway(t *testing.T) {
	t.Parallel()
	var items []dataset.Item
	for i := range 50 {
		items = append(items, image("train", strings.Repeat("a", i+1)+".jpg", strings.Repeat("x", 10_000)))
	}
	for _, left := range []int{0, 70_000, 400_000} {
		if _, err := webdataset.Write(t.Context(), &failing{left}, open(items...), loader.Options{}); !errors.Is(err, errGone) {
			t.Errorf("after %d bytes: %v", left, err)
		}
	}
}

// The same dataset and seed give the same bytes, on any number of cores.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	var items []dataset.Item
	for i := range 40 {
		items = append(items, image("train", strings.Repeat("b", i+1)+".png", strings.Repeat("x", 100*i)))
	}
	var first []byte
	for _, workers := range []int{1, 2, 9} {
		var b bytes.Buffer
		w, err := webdataset.Write(t.Context(), &b, open(items...), loader.Options{Workers: workers, Shuffle: true, Seed: 4})
		if err != nil || w.Samples != 40 {
			t.Fatal(w, err)
		}
		if first == nil {
			first = b.Bytes()
		}
		if !bytes.Equal(b.Bytes(), first) {
			t.Errorf("%d workers: other bytes", workers)
		}
	}
}
