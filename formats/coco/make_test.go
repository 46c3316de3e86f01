package coco

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// written is what came of an export.
type written struct {
	Files     map[string]string
	Loss, Err string
	quick     int
}

// writeWay writes items in the general way only, or as usual.
func writeWay(t testing.TB, general bool, info *dataset.Info, items []dataset.Item) (w written) {
	t.Helper()
	dir, err := os.MkdirTemp("", "datum-quick-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ex, err := export(t.Context(), dir, formats.ExportOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer ex.Abort()
	e := ex.(*exporter)
	e.general = general
	if err = e.Begin(info); err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		if err = e.Write(formatstest.CloneItem(it)); err != nil {
			break
		}
	}
	loss, err := e.Close()
	w = written{Files: map[string]string{}, Loss: fmt.Sprint(loss.Entries()), quick: e.quick}
	if err != nil {
		w.Err = strings.ReplaceAll(err.Error(), dir, "")
		return w
	}
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(p)
		w.Files[strings.TrimPrefix(p, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// choices makes items of bytes.
type choices struct {
	bytes []byte
	texts []string // taken from the input, to be patches and values
}

func (c *choices) n(n int) int {
	if len(c.bytes) == 0 {
		return 0
	}
	b := int(c.bytes[0])
	c.bytes = c.bytes[1:]
	return b % n
}

func pick[T any](c *choices, of ...T) T { return of[c.n(len(of))] }

func (c *choices) number() float64 {
	return pick(c, float64(c.n(256)), float64(c.n(256))/100, float64(c.n(256)*c.n(256))/10, 1234.5, 0.1+0.2, 99999.99, 999.999, 1e6, -3.25,
		math.Copysign(0, -1), 1e-9, 1e300, math.NaN())
}

// rarely is true where something is to be unusual, which must not be so of
// most items for the quick way to be taken.
func (c *choices) rarely() bool { return c.n(24) == 23 }

// patch is JSON mostly, as attributes are JSON where they do not come from a
// file that somebody wrote by hand.
func (c *choices) patch() []byte {
	if !c.rarely() {
		return []byte(pick(c, `{"license":1}`, `{"area":7.5}`, `{"area":7.5,"x":"y"}`, `{"license":2,"coco_url":"http://x/y"}`, c.texts[0]))
	}
	return []byte(pick(c, `{"license":1}`, `{"area":7.5}`, `{"area":7.5,"x":"y"}`, `{"id":"a"}`, `{"-":["id"]}`, `{"-":["area"],"a":null}`, `{"x":1,"x":2}`,
		`{"x":{"y":[1]}}`, `{"bbox":[1]}`, `{"a":"é"}`, `{"\u0061":1}`, `{"--a":1}`, `{}`, `{`, `{"":1}`, `{"a":01}`, `{"a":1.}`, `{"a": 1}`, c.texts[0], c.texts[1]))
}

func (c *choices) value() []byte {
	v := []byte(pick(c, "1", "7", "1.0", "true", "false", `"a\"b"`, "null", "2.5", "99999999999999999999", c.texts[0], c.texts[1]))
	if !json.Valid(v) {
		return []byte("0")
	}
	return compact(v)
}

func (c *choices) attributes(names ...string) (a dataset.Attributes) {
	for range c.n(4) {
		switch name := pick(c, names...); name {
		case carryImage, carryRecord:
			a.SetRaw(name, c.patch())
		case carryOrder, carryFile:
			a.SetRaw(name, []byte(pick(c, "0", "1", "2", "0", "1", "1e1", "-1", "2147483647", `"a"`)))
		case attrID:
			a.SetRaw(name, []byte(pick(c, "1", "2", "7", "9", string(c.value()))))
		default:
			a.SetRaw(name, c.value())
		}
	}
	return a
}

func (c *choices) points() (p []float64) {
	n := pick(c, 6, 8, 10)
	if c.rarely() {
		n = pick(c, 4, 7)
	}
	for range n {
		p = append(p, c.number())
	}
	return p
}

func (c *choices) annotation() dataset.Annotation {
	b := dataset.Base{ID: int64(c.n(6)) - 1, Group: int64(c.n(4)), ObjectID: dataset.NoObject}
	b.Attributes = c.attributes(attrCrowd, attrScore, "colour", "@voc.x", carryOrder, carryRecord, carryFile, carryList)
	if c.rarely() {
		b.Attributes = c.attributes(attrCrowd, `"odd"`, "@mark", carryRecord, carryUnlisted)
	}
	if c.rarely() {
		b.ObjectID = 3
	}
	label, z := int32(c.n(4))-1, int32(0)
	if c.rarely() {
		z = 1
	}
	switch c.n(9) {
	case 0, 1, 2:
		return &dataset.Polygon{Base: b, Label: label, Z: z, Points: c.points()}
	case 3, 4:
		return &dataset.Bbox{Base: b, Label: label, Z: z, X: c.number(), Y: c.number(), W: c.number(), H: c.number()}
	case 5:
		return &dataset.Mask{Base: b, Label: label, Z: z, RLE: dataset.EncodeRuns(4, 5, []int64{3, int64(c.n(17)), 0, 17})}
	case 6:
		return &dataset.Points{Base: b, Label: label, Z: z, Points: c.points()[:4], Visibility: []dataset.Visibility{dataset.Visibility(c.n(3)), 2}}
	case 7:
		return &dataset.Caption{Base: b, Caption: pick(c, "a", `a "b"`, "ü\n", c.texts[0])}
	}
	if c.rarely() {
		return &dataset.PolyLine{Base: b, Label: label, Points: c.points()}
	}
	return &dataset.Label{Base: b, Label: label}
}

func (c *choices) item(i int) dataset.Item {
	name := fmt.Sprintf("%s%d", pick(c, "a", "b/c", "ü"), i)
	if c.rarely() {
		name = pick(c, `q"`, `w\x`, "c:", "../d", "./e", "a0")
	}
	it := dataset.Item{ID: strings.TrimLeft(name, "./"), Subset: pick(c, "s", "s", "s", "s", "s", "s", "s", "t")}
	it.Media = &dataset.Image{File: dataset.File{Name: pick(c, name+".png", name+".jpg", "")}, Height: int32(c.n(3)), Width: int32(c.n(3))}
	if c.rarely() {
		it.Media = nil
	}
	it.Attributes = c.attributes(attrID, "weather", "@voc.x", carryImage, carryMedia)
	if c.rarely() {
		it.Attributes = c.attributes(attrID, "@mark", carryIn, carryRaw, carryImage)
	}
	for range c.n(6) {
		it.Annotations = append(it.Annotations, c.annotation())
	}
	return it
}

func (c *choices) info() *dataset.Info {
	info := &dataset.Info{MediaKind: dataset.MediaImage, Categories: labels("a", "b", "c")}
	if c.rarely() {
		info.Categories = dataset.Categories{}
	}
	file := func(task string) string {
		return fmt.Sprintf(`{"path":"annotations/%s_s.json","task":"%s","members":[["images"],["annotations"]],"categories":null}`, task, task)
	}
	sources := [][]string{nil, {taskInstances}, {taskInstances, taskKeypoints, taskCaptions}, {taskKeypoints}, {taskCaptions, taskInstances}, {taskPanoptic, taskInstances}}
	s := dataset.Subset{Name: "s", Items: -1}
	if tasks := pick(c, sources...); tasks != nil {
		var files []string
		for _, t := range tasks {
			files = append(files, file(t))
		}
		s.Attributes.SetRaw(carryFiles, []byte("["+strings.Join(files, ",")+"]"))
	}
	info.Subsets = []dataset.Subset{s}
	return info
}

// checkWays makes a dataset of bytes and requires that both ways of writing it
// make the same.
func checkWays(t testing.TB, in []byte, first, second string) (quick, items int) {
	t.Helper()
	c := &choices{in, []string{first, second}}
	info := c.info()
	var list []dataset.Item
	for i := 0; len(c.bytes) > 0 && i < 200; i++ {
		list = append(list, c.item(i))
	}
	want, got := writeWay(t, true, info, list), writeWay(t, false, info, list)
	if want.quick != 0 {
		t.Error("the general way was not taken")
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(written{}), cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "quick" }, cmp.Ignore())); d != "" {
		t.Error(d)
	}
	return got.quick, len(list)
}

func FuzzQuickWay(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		in := make([]byte, 100+r.IntN(300))
		for i := range in {
			in[i] = byte(r.Uint32())
		}
		f.Add(in, `{"a":1}`, `{"license":3,"url":"http://x"}`)
	}
	f.Fuzz(func(t *testing.T, in []byte, first, second string) {
		if len(in) < 400 && len(first) < 1000 && len(second) < 1000 {
			checkWays(t, in, first, second)
		}
	})
}

// TestBothWays compares them on random datasets, most of which have something
// unusual, and requires that the quick one was taken at all.
func TestBothWays(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	quick, items := 0, 0
	for range 150 {
		in := make([]byte, 20+r.IntN(2000))
		for i := range in {
			in[i] = byte(r.Uint32())
		}
		q, n := checkWays(t, in, `{"a":1,"b":"c"}`, `{"area":1,"score":2}`)
		quick, items = quick+q, items+n
	}
	if quick == 0 || quick == items {
		t.Errorf("%d of %d items went the quick way", quick, items)
	}
	t.Logf("%d of %d items went the quick way", quick, items)
}

// TestQuickWayIsTaken by everything in ordinary datasets.
func TestQuickWayIsTaken(t *testing.T) {
	t.Parallel()
	im, err := formatstest.Open(t.Context(), Format(), bigFile(t, 1000, 4), formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	var items []dataset.Item
	for it, err := range im.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, it)
	}
	w := writeWay(t, false, im.Info(), items)
	if w.Err != "" || w.quick != len(items) {
		t.Errorf("%d of %d items of COCO went the quick way: %s", w.quick, len(items), w.Err)
	}
	square := []float64{1, 1, 5, 1, 5, 5, 1, 5}
	for what, a := range map[string]dataset.Annotation{
		"boxes": &dataset.Bbox{Base: base(0, 0), W: 1, H: 1}, "polygons": &dataset.Polygon{Base: base(0, 0, "is_crowd", "false"), Points: square},
		"masks": &dataset.Mask{Base: base(0, 0), RLE: dataset.EncodeRuns(1, 2, []int64{1, 1})}, "captions": &dataset.Caption{Base: base(0, 0, "score", "0.5")},
		"labels": &dataset.Label{Base: base(0, 0)}, "keypoints": &dataset.Points{Base: base(0, 0), Points: square, Visibility: []dataset.Visibility{2, 2, 2, 2}},
	} {
		var items []dataset.Item
		for i := range 1000 {
			items = append(items, foreign(fmt.Sprint(i), a.Clone()))
		}
		w := writeWay(t, false, &dataset.Info{Categories: labels("a")}, items)
		// The file is made when the first item is written, and by then a few
		// batches are under way.
		if w.Err != "" || w.quick < len(items)-6*batchItems {
			t.Errorf("%s: %d of %d items went the quick way: %s", what, w.quick, len(items), w.Err)
		}
	}
}

// FuzzQuickPatch: what is read quickly is what is read otherwise.
func FuzzQuickPatch(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{"a":"b","c":-1.50}`, `{"a":1,"a":2}`, `{"-":["a"]}`, `{"a":01}`, `{"a":[]}`, `{"a":nul}`, `{"a":true}x`, `{"a":"é"}`, `{"a":-}`, `{"a":1.}`, `{}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, patch []byte) {
		quick, ok := quickPatch(nil, patch)
		if !ok {
			return
		}
		want, err := dataset.ParseAttributes(patch)
		if err != nil || len(want) != len(quick) {
			t.Fatalf("%q: %d members, %v and %v", patch, len(quick), want, err)
		}
		for i, m := range quick {
			if string(m.name) != want[i].Name || string(m.value) != string(want[i].Value) || m.name[0] == '-' {
				t.Errorf("%q: %s is %s", patch, m.name, m.value)
			}
		}
	})
}

// TestCoordinates compares the quick way of writing numbers with the other.
func TestCoordinates(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	check := func(v ...float64) {
		if want, got := string(appendNumbers(nil, v)), string(appendCoordinates(nil, v)); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
	check()
	check(math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0, -1, 1e6, 999999.99, 1e6-1e-9, 1000, 999.99, 999.995, 0.005, 1e-300, 1e300)
	var all []float64
	for n := range 300000 {
		all = append(all, float64(n)/100)
	}
	check(all...)
	for range 100000 {
		n := r.Int64N(1e8 + 1e5)
		check(float64(n)/100, math.Nextafter(float64(n)/100, 0), float64(n)*0.01, r.Float64()*1000, math.Float64frombits(r.Uint64()))
	}
}
