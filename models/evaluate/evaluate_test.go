package evaluate

import (
	"bytes"
	"errors"
	"maps"
	"math"
	"reflect"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/metrics"
	"datum/models/classification"
	"datum/models/detection"
	"datum/models/metadata"
	"datum/models/predict"
)

// categories are those of the names, with COCO's numbers where they are given.
func categories(names []string, numbers ...int) *dataset.Categories {
	c := &dataset.Categories{Labels: &dataset.LabelCategories{}}
	for i, name := range names {
		l := dataset.LabelCategory{Name: name}
		if i < len(numbers) {
			if err := l.Carried.Set("@coco.id", numbers[i]); err != nil {
				panic(err)
			}
		}
		c.Labels.Labels = append(c.Labels.Labels, l)
	}
	return c
}

func TestMatch(t *testing.T) {
	t.Parallel()
	three := categories([]string{"person", "traffic light", "Car"})
	for _, c := range []struct {
		name       string
		model      Model
		file       *metadata.LabelFile
		categories *dataset.Categories
		by         string
		want       map[int]int // classes and labels; -1 is none, -2 an error
		unseen     []string
	}{
		{"names", Model{Classes: 4, Labels: map[int]string{0: "car", 1: "traffic_light", 2: "person", 3: "dog"}}, nil, three, "name",
			map[int]int{0: 2, 1: 1, 2: 0, 3: -1, 9: -1}, nil},
		{"some names", Model{Labels: map[int]string{7: "car"}}, nil, three, "name", map[int]int{7: 2, 0: -1}, []string{"person", "traffic light"}},
		{"numbers", Model{Classes: 3}, nil, three, "number", map[int]int{0: 0, 2: 2, 3: -2}, nil},
		{"numbers behind the background", Model{Background: true}, nil, three, "number", map[int]int{0: -2, 1: 0, 3: 2, 4: -2}, nil},
		{"COCO's numbers", Model{Background: true}, nil, categories([]string{"a", "b", "c"}, 1, 7, 90), "COCO's number", map[int]int{1: 0, 7: 1, 90: 2, 3: -1}, nil},
		{"a file of names", Model{Classes: 2}, &metadata.LabelFile{Labels: map[int]string{0: "car", 1: "person"}, Counted: true}, three, "name", map[int]int{0: 2, 1: 0}, []string{"traffic light"}},
		{"a file of names behind the background", Model{Background: true}, &metadata.LabelFile{Labels: map[int]string{0: "car", 1: "person"}, Counted: true}, three, "name",
			map[int]int{1: 2, 2: 0, 0: -1}, []string{"traffic light"}},
		{"a file with the background", Model{Background: true}, &metadata.LabelFile{Labels: map[int]string{0: "__background__", 1: "person"}, Counted: true}, three, "name",
			map[int]int{1: 0, 0: -1}, []string{"Car", "traffic light"}},
		{"other words", Model{Labels: map[int]string{0: "human", 1: "auto"}}, &metadata.LabelFile{Renamed: map[string]string{"Human": "person", "auto": "car"}}, three, "name",
			map[int]int{0: 0, 1: 2}, []string{"traffic light"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, err := Match(c.model, c.file, c.categories)
			if err != nil {
				t.Fatal(err)
			}
			if m.By != c.by || !reflect.DeepEqual(m.Unseen, c.unseen) {
				t.Errorf("by %s, unseen %q", m.By, m.Unseen)
			}
			for class, want := range c.want {
				label, ok, err := m.Category(class)
				switch {
				case err != nil:
					label = -2
				case !ok:
					label = -1
				}
				if int(label) != want {
					t.Errorf("class %d is %d, not %d", class, label, want)
				}
			}
		})
	}
}

func TestNoMatch(t *testing.T) {
	t.Parallel()
	three := categories([]string{"person", "traffic light", "car"})
	for name, c := range map[string]struct {
		model Model
		file  *metadata.LabelFile
		to    *dataset.Categories
		says  string
	}{
		"other names":           {Model{Labels: map[int]string{0: "cat", 1: "dog"}}, nil, three, `the model has "cat", "dog"; the dataset has "person", "traffic light", "car"`},
		"other number":          {Model{Classes: 80}, nil, three, "80 classes without names, and the dataset has 3"},
		"no categories":         {Model{Classes: 80}, nil, &dataset.Categories{}, "no categories"},
		"nothing to be renamed": {Model{Classes: 3}, &metadata.LabelFile{Renamed: map[string]string{"a": "b"}}, three, "does not name its classes"},
	} {
		_, err := Match(c.model, c.file, c.to)
		if !errors.Is(err, formats.ErrUsage) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClassNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		model Model
		want  map[int]string
	}{
		{Model{Labels: map[int]string{0: "a", 5: "b"}, Classes: 6}, map[int]string{0: "a", 5: "b"}},
		{Model{Classes: 2}, map[int]string{0: "class 0", 1: "class 1"}},
		{Model{Classes: 2, Background: true}, map[int]string{1: "class 1", 2: "class 2"}},
		{Model{}, map[int]string{}},
	} {
		if got := maps.Collect(ClassNames(c.model, nil)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v: %v", c.model, got)
		}
	}
}

// attributes makes attributes of names and values.
func attributes(t *testing.T, pairs ...any) (a dataset.Attributes) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if err := a.Set(pairs[i].(string), pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func TestTruths(t *testing.T) {
	t.Parallel()
	base := func(group int64, pairs ...any) dataset.Base {
		return dataset.Base{Group: group, Attributes: attributes(t, pairs...)}
	}
	triangle := []float64{0, 0, 10, 0, 0, 4}
	mask := dataset.EncodeRuns(4, 4, []int64{5, 2, 2, 2, 5})
	for _, c := range []struct {
		name string
		list []dataset.Annotation
		want []metrics.Truth
	}{
		{"a box", []dataset.Annotation{&dataset.Bbox{Base: base(0), Label: 2, X: 1, Y: 2, W: 3, H: 4}},
			[]metrics.Truth{{Category: 2, Box: metrics.Box{X: 1, Y: 2, W: 3, H: 4}, Area: 12}}},
		{"two boxes without group", []dataset.Annotation{&dataset.Bbox{Base: base(0), W: 1, H: 1}, &dataset.Bbox{Base: base(0), W: 2, H: 1}},
			[]metrics.Truth{{Box: metrics.Box{W: 1, H: 1}, Area: 1}, {Box: metrics.Box{W: 2, H: 1}, Area: 2}}},
		{"a box and its outline", []dataset.Annotation{&dataset.Polygon{Base: base(7), Points: triangle}, &dataset.Bbox{Base: base(7), W: 11, H: 5}},
			[]metrics.Truth{{Box: metrics.Box{W: 11, H: 5}, Area: 20}}},
		{"outlines of one object", []dataset.Annotation{&dataset.Polygon{Base: base(7), Points: triangle}, &dataset.Polygon{Base: base(7), Points: []float64{20, 20, 22, 20, 22, 22, 20, 22}}},
			[]metrics.Truth{{Box: metrics.Box{W: 22, H: 22}, Area: 24}}},
		{"a group of two labels", []dataset.Annotation{&dataset.Bbox{Base: base(7), Label: 0, W: 1, H: 1}, &dataset.Bbox{Base: base(7), Label: 1, W: 1, H: 1}},
			[]metrics.Truth{{Category: 0, Box: metrics.Box{W: 1, H: 1}, Area: 1}, {Category: 1, Box: metrics.Box{W: 1, H: 1}, Area: 1}}},
		{"the area that the dataset says", []dataset.Annotation{&dataset.Bbox{Base: base(1, "@coco.record", map[string]any{"area": 5.5}), W: 9, H: 9}},
			[]metrics.Truth{{Box: metrics.Box{W: 9, H: 9}, Area: 5.5}}},
		{"a crowd", []dataset.Annotation{&dataset.Mask{Base: base(1, "is_crowd", true), RLE: mask}},
			[]metrics.Truth{{Box: metrics.Box{X: 1, Y: 1, W: 2, H: 2}, Area: 4, Crowd: true}}},
		{"a difficult one", []dataset.Annotation{&dataset.Bbox{Base: base(0, "difficult", 1), W: 1, H: 1}},
			[]metrics.Truth{{Box: metrics.Box{W: 1, H: 1}, Area: 1, Difficult: true}}},
		{"a turned box", []dataset.Annotation{&dataset.RotatedBbox{CX: 5, CY: 5, W: 4, H: 2, Angle: 90}},
			[]metrics.Truth{{Box: metrics.Box{X: 4, Y: 3, W: 2, H: 4}, Area: 8}}},
		{"what is no object", []dataset.Annotation{&dataset.Label{Label: 1}, &dataset.Caption{Caption: "x"}, &dataset.Points{Label: 1, Points: []float64{1, 2}}, &dataset.Bbox{Label: dataset.NoLabel, W: 1, H: 1}}, []metrics.Truth{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Truths(&dataset.Item{Annotations: c.list})
			if err != nil || len(got) != len(c.want) {
				t.Fatalf("%+v, %v", got, err)
			}
			for i, w := range c.want {
				g := got[i]
				if math.Abs(g.Box.X-w.Box.X)+math.Abs(g.Box.Y-w.Box.Y)+math.Abs(g.Box.W-w.Box.W)+math.Abs(g.Box.H-w.Box.H)+math.Abs(g.Area-w.Area) > 1e-9 ||
					g.Crowd != w.Crowd || g.Difficult != w.Difficult || g.Category != w.Category {
					t.Errorf("%+v, want %+v", g, w)
				}
			}
		})
	}
	if _, err := Truths(&dataset.Item{Annotations: []dataset.Annotation{&dataset.Mask{RLE: dataset.RLE{Height: 2, Width: 2, Counts: []byte("\x01")}}}}); err == nil {
		t.Error("a mask that is none is no error")
	}
}

func TestDetector(t *testing.T) {
	t.Parallel()
	c := categories([]string{"a", "b"})
	m, err := Match(Model{Labels: map[int]string{0: "b", 1: "a", 2: "else"}}, nil, c)
	if err != nil {
		t.Fatal(err)
	}
	d := NewDetector(m, c, metrics.Options{})
	item := dataset.Item{Annotations: []dataset.Annotation{&dataset.Bbox{Label: 0, X: 0, Y: 0, W: 10, H: 10}, &dataset.Bbox{Label: 1, X: 20, Y: 0, W: 10, H: 10}}}
	found := []detection.Detection{{Class: 1, Score: 0.9, W: 10, H: 10}, {Class: 2, Score: 0.9, W: 10, H: 10}, {Class: 1, Score: 0.8, X: 20, W: 10, H: 10}}
	if err := d.Add(&predict.Result{Item: item, Detections: found}); err != nil {
		t.Fatal(err)
	}
	r := d.Report()
	if r.Images != 1 || r.Truths != 2 || r.Detections != 2 || r.Ignored != 1 || math.Abs(r.COCO.AP-0.5) > 1e-9 || math.Abs(r.Categories[0].AP-1) > 1e-9 || r.Categories[1].AP != 0 {
		t.Errorf("%+v", r)
	}
	var b bytes.Buffer
	WriteMistakes(&b, r.Confusion)
	for _, want := range []string{"b taken for a"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("there is no %q in\n%s", want, b.String())
		}
	}
}

func TestClassifier(t *testing.T) {
	t.Parallel()
	c := categories([]string{"a", "b", "unknown to the model"})
	m, err := Match(Model{Classes: 3, Labels: map[int]string{0: "b", 1: "a", 2: "else"}}, nil, c)
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewClassifier(m, 3, c)
	if err != nil {
		t.Fatal(err)
	}
	add := func(scores []float32, labels ...int32) {
		t.Helper()
		var it dataset.Item
		for _, l := range labels {
			it.Annotations = append(it.Annotations, &dataset.Label{Label: l})
		}
		if err := k.Add(&predict.Result{Item: it, Scores: scores, Classes: []classification.Scored{{}}}); err != nil {
			t.Fatal(err)
		}
	}
	add([]float32{0.1, 0.8, 0.1}, 0)    // a, right
	add([]float32{0.1, 0.2, 0.7}, 1)    // b, taken for what is no category
	add([]float32{0.1, 0.8, 0.1}, 2)    // what it does not know
	add([]float32{0.1, 0.8, 0.1})       // no label
	add([]float32{0.1, 0.8, 0.1}, 0, 1) // two labels
	r := k.Report()
	if r.Images != 3 || r.Unlabelled != 1 || r.Multiple != 1 || math.Abs(r.Top1-1.0/3) > 1e-12 || len(r.Categories) != 3 {
		t.Errorf("%+v", r)
	}
	var b bytes.Buffer
	WriteMistakes(&b, r.Confusion)
	for _, want := range []string{"b taken for class 2 of the model"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("there is no %q in\n%s", want, b.String())
		}
	}
}

// Several classes of a model may be one category: whichever of them is first
// says what the picture is. What the model has no class for is never right, not
// even among the first five.
func TestClassifierOfOtherClasses(t *testing.T) {
	t.Parallel()
	c := categories([]string{"vehicle", "animal", "unknown to the model"})
	file := &metadata.LabelFile{Renamed: map[string]string{"car": "vehicle", "truck": "vehicle"}}
	m, err := Match(Model{Classes: 3, Labels: map[int]string{0: "car", 1: "truck", 2: "animal"}}, file, c)
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewClassifier(m, 3, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, picture := range []struct {
		label  int32
		scores []float32
	}{{0, []float32{0.7, 0.1, 0.2}}, {0, []float32{0.1, 0.7, 0.2}}, {1, []float32{0.1, 0.2, 0.7}}, {2, []float32{0.1, 0.2, 0.7}}} {
		it := dataset.Item{Annotations: []dataset.Annotation{&dataset.Label{Label: picture.label}}}
		if err := k.Add(&predict.Result{Item: it, Scores: picture.scores}); err != nil {
			t.Fatal(err)
		}
	}
	if r := k.Report(); r.Top1 != 0.75 || r.Top5 != 0.75 || r.Categories[0].Top1 != 1 || r.Categories[2].Top5 != 0 || len(k.Names()) != 3 {
		t.Errorf("%+v, %q", r, k.Names())
	}
}

func TestBeyond(t *testing.T) {
	t.Parallel()
	list := func(names ...string) *metadata.LabelFile {
		f, err := metadata.ParseLabels([]byte(strings.Join(names, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, c := range []struct {
		model Model
		file  *metadata.LabelFile
		want  bool
	}{
		{Model{Classes: 2}, nil, false},
		{Model{Classes: 2}, list("a", "b"), false},
		{Model{Classes: 2}, list("background", "a", "b"), true},
		{Model{Classes: 2, Background: true}, list("background", "a", "b"), false},
		{Model{Classes: 2, Background: true}, list("a", "b"), false},
		{Model{Classes: 2, Background: true}, list("a", "b", "c"), true},
		{Model{}, list("a", "b", "c"), false},
		{Model{Classes: 2}, list("a = b"), false},
	} {
		if _, is := Beyond(c.model, c.file); is != c.want {
			t.Errorf("%+v with %+v: %v", c.model, c.file, is)
		}
	}
}

// Objects without a label are left out, and counted.
func TestUnlabelledObjects(t *testing.T) {
	t.Parallel()
	c := categories([]string{"a"})
	m, err := Match(Model{Classes: 1}, nil, c)
	if err != nil {
		t.Fatal(err)
	}
	d := NewDetector(m, c, metrics.Options{})
	it := dataset.Item{Annotations: []dataset.Annotation{
		&dataset.Bbox{Label: dataset.NoLabel, W: 5, H: 5},
		&dataset.Polygon{Label: dataset.NoLabel, Points: []float64{0, 0, 1, 0, 1, 1}},
		&dataset.Points{Label: dataset.NoLabel, Points: []float64{1, 1}},
		&dataset.Label{Label: dataset.NoLabel},
		&dataset.Caption{Caption: "of nothing"},
		&dataset.Bbox{Label: 0, W: 5, H: 5},
	}}
	if err := d.Add(&predict.Result{Item: it, Width: 10, Height: 10}); err != nil {
		t.Fatal(err)
	}
	if r := d.Report(); r.Unlabelled != 2 || r.Truths != 1 {
		t.Errorf("%d without a label, %d with one", r.Unlabelled, r.Truths)
	}
}
