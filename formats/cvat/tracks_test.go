package cvat

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

const someBox = `keyframe="1" outside="0" occluded="0" xtl="0" ytl="0" xbr="1" ybr="1"`

// TestFrameOrder requires frames in order, and the shapes of each in that of
// the file, however tracks lie in it.
func TestFrameOrder(t *testing.T) {
	dir := xmlFile(t, fmt.Sprintf(`
		<track id="7" label="a"><box frame="12" %[1]s/><box frame="3" %[1]s/></track>
		<image id="3" name="first.jpg"><tag label="a"/></image>
		<track id="2" label="a"><box frame="3" %[1]s/><box frame="1000000" %[1]s/></track>
		<image id="1" name="second.jpg"/>`, someBox))
	var got []string
	for _, it := range read(t, dir, formats.ImportOptions{}).List {
		line := it.ID
		for _, a := range it.Annotations {
			line += fmt.Sprintf(" %s:%d", a.Kind(), a.Common().ObjectID)
		}
		got = append(got, line)
	}
	want := []string{"first label:-1 bbox:7 bbox:2", "second", "frame_000012 bbox:7", "frame_1000000 bbox:2"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestTasks requires that numbers of frames count in each task of a project.
func TestTasks(t *testing.T) {
	dir := xmlFile(t, fmt.Sprintf(`
		<track id="0" label="a" task_id="8" subset="val"><box frame="0" %[1]s/></track>
		<track id="1" label="a" task_id="9" subset="val"><box frame="0" %[1]s/></track>
		<image id="0" name="x.jpg" task_id="8" subset="val"/>
		<image id="0" name="y.jpg" task_id="9" subset="val"/>`, someBox))
	d := read(t, dir, formats.ImportOptions{})
	for range 2 {
		if len(d.List) != 2 || d.List[0].Annotations[0].Common().ObjectID != 0 || d.List[1].Annotations[0].Common().ObjectID != 1 {
			t.Fatalf("%+v", d.List)
		}
		if task := carriedText(d.List[1].Attributes, carryTask); task != "9" {
			t.Errorf("task %q", task)
		}
		out, lost := counts(t, d, formats.ExportOptions{})
		if len(lost) > 0 {
			t.Errorf("lost %v", lost)
		}
		d = read(t, out, formats.ImportOptions{})
	}
}

// TestTrackGroups requires that group and source of a track are those of its
// shapes.
func TestTrackGroups(t *testing.T) {
	dir := xmlFile(t, fmt.Sprintf(`<track id="0" label="a" group_id="5" source="auto"><box frame="0" %s/></track>`, someBox))
	a := read(t, dir, formats.ImportOptions{}).List[0].Annotations[0].Common()
	if a.Group != 5 || carriedText(a.Attributes, carrySource) != "auto" {
		t.Errorf("%+v", a)
	}
}

// TestGaps requires that numbers of frames with gaps survive, and that a track
// ends in the next frame that there is.
func TestGaps(t *testing.T) {
	dir := xmlFile(t, fmt.Sprintf(`<image id="0" name="a.jpg"/><image id="5" name="b.jpg"/><image id="10" name="c.jpg"/>
		<track id="0" label="x"><box frame="0" %s/></track>`, someBox))
	out, lost := counts(t, read(t, dir, formats.ImportOptions{}), formats.ExportOptions{})
	text := written(t, out)
	if len(lost) > 0 || !strings.Contains(text, `<box frame="5" keyframe="1" outside="1"`) || !strings.Contains(text, `<image id="10" name="c.jpg">`) {
		t.Errorf("%v %s", lost, text)
	}
}

// TestSkeletonEnds requires that the end of a skeleton is read as one.
func TestSkeletonEnds(t *testing.T) {
	d := tracked()
	d.List[0].Annotations = []dataset.Annotation{&dataset.Points{
		Base: dataset.Base{ObjectID: 1}, Points: []float64{1, 2, 3, 4}, Visibility: []dataset.Visibility{dataset.Visible, dataset.Absent},
	}}
	d.List[2].Annotations = nil
	dir, _ := counts(t, d, formats.ExportOptions{})
	got, notes := readNotes(t, dir, formats.ImportOptions{})
	if len(got.List[0].Annotations) != 1 || len(got.List[1].Annotations) != 0 || notes["shapes of tracks left out, since they say that the object is not there"] != 1 {
		t.Errorf("%+v, %v", got.List, notes)
	}
	if p := got.List[0].Annotations[0].(*dataset.Points); !slices.Equal(p.Visibility, []dataset.Visibility{dataset.Visible, dataset.Absent}) {
		t.Errorf("%+v", p)
	}
}

// TestWorkers requires that items do not depend on the number of workers.
func TestWorkers(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{annotationFile: bigFile(50)})
	one, many := read(t, dir, formats.ImportOptions{Workers: 1}), read(t, dir, formats.ImportOptions{Workers: 5})
	if d := formatstest.CompareAll(one.List, many.List, formatstest.Compare); len(d) > 0 {
		t.Error(d[0])
	}
}

// TestBadShapesOfTracks leaves out only what is bad.
func TestBadShapesOfTracks(t *testing.T) {
	dir := xmlFile(t, fmt.Sprintf(`<track id="0" label="x"><box frame="0" %s/><box frame="1"/><polygon frame="2" points="x"/></track><track id="-1"><box/></track>`, someBox))
	skip := &formats.Skipped{}
	d := read(t, dir, formats.ImportOptions{Skip: skip})
	if len(d.List) != 3 || skip.Count() != 3 {
		t.Errorf("%d items, %q", len(d.List), skip.Errors())
	}
}
