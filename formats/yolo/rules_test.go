package yolo

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
	"datum/internal/imagesize"
)

// TestUltralyticsRules holds label files to what Ultralytics requires of them
// before it trains.
func TestUltralyticsRules(t *testing.T) {
	for name, c := range map[string]struct {
		sample func() *formatstest.Dataset
		task   task
		kpt    kptShape
	}{
		"boxes":          {boxSample, detect, kptShape{}},
		"outlines":       {outlineSample, segment, kptShape{}},
		"rotated boxes":  {rotatedSample, obb, kptShape{}},
		"keypoints":      {keypointSample, pose, kptShape{2, 3}},
		"a bit of each":  {mixedSample, pose, kptShape{2, 3}},
		"each, outlines": {mixedSample, segment, kptShape{}},
		"each, rotated":  {mixedSample, obb, kptShape{}},
		"each, boxes":    {mixedSample, detect, kptShape{}},
	} {
		t.Run(name, func(t *testing.T) {
			values := formats.Values{optionTask.Name: string(c.task), optionClip.Name: "yes"}
			dir, _ := write(t, ultralyticsFormat(), c.sample(), formats.ExportOptions{SaveMedia: true, Values: values})
			if y := fileText(t, dir, "data.yaml"); !strings.Contains(y, "task: "+string(c.task)+"\n") {
				t.Errorf("data.yaml:\n%s", y)
			}
			pictures := 0
			for _, name := range strings.Split(listFiles(t, dir), "\n") {
				if imagesize.IsImage(name) {
					pictures++
					checkRules(t, dir, labelFor(name), c.task, c.kpt)
				}
			}
			if want := len(c.sample().List); pictures != want {
				t.Errorf("%d pictures, want %d", pictures, want)
			}
		})
	}
}

// labelFor finds a label file in the way of Ultralytics: with labels in the
// place of the last images.
func labelFor(picture string) string {
	picture = "/" + picture
	i := strings.LastIndex(picture, "/images/")
	name := picture[:i] + "/labels/" + picture[i+len("/images/"):]
	return strings.TrimSuffix(name, filepath.Ext(name)) + ".txt"
}

func checkRules(t *testing.T, dir, name string, task task, kpt kptShape) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Error(err)
		return
	}
	for _, one := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		fields := strings.Fields(one)
		n := len(fields)
		ok := n == 5
		switch task {
		case segment:
			ok = n > 6 && n%2 == 1
		case obb:
			ok = n == 9
		case pose:
			ok = n == kpt.fields()
		}
		if !ok && n > 0 {
			t.Errorf("%s: %d columns: %s", name, n, one)
		}
		for i, f := range fields {
			v, err := strconv.ParseFloat(f, 64)
			visible := task == pose && i > 4 && (i-5)%3 == 2
			if err != nil || strings.ContainsAny(f, "eE") || i > 0 && !visible && (v < 0 || v > 1) {
				t.Errorf("%s: column %d is %s", name, i, f)
			}
			if id, err := strconv.Atoi(f); i == 0 && (err != nil || id < 0 || id >= 4) {
				t.Errorf("%s: class %s", name, f)
			}
		}
	}
}

// mixedSample has each kind of annotation that has a line in some task.
func mixedSample() *formatstest.Dataset {
	return sampleOf([]dataset.Annotation{
		&dataset.Bbox{Base: base(), Label: 1, X: -3, Y: 5, W: 10, H: 10},
		&dataset.Bbox{Base: base(), Label: 1, X: 50.1, Y: 30.3, W: 100, H: 100},
		&dataset.Bbox{Base: base(), Label: 1, X: 100, Y: 100, W: 1, H: 1},
		&dataset.Polygon{Base: inGroup(1), Label: 2, Points: []float64{1, 2, 3, 4, 5, 1}},
		&dataset.Polygon{Base: inGroup(1), Label: 2, Points: []float64{11, 12, 13, 14, 15, 11, -4, -4}},
		&dataset.Mask{Base: base(), Label: 0, RLE: dataset.EncodeRuns(40, 60, []int64{0, 3, 100, 7, 2290})},
		&dataset.Points{Base: base(), Label: 3, Points: []float64{1, 2, 70, 4}, Visibility: []dataset.Visibility{dataset.Visible, dataset.Hidden}},
		&dataset.Points{Base: base(), Label: 3, Points: []float64{10, 2}},
	}, []dataset.Annotation{
		&dataset.RotatedBbox{Base: base(), Label: 1, CX: 30, CY: 20, W: 10, H: 4, Angle: 33},
		&dataset.Label{Base: base(), Label: 1},
	})
}
