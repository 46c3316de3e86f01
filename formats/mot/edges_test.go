package mot

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func TestParseRow(t *testing.T) {
	for line, want := range map[string]row{
		"1,2,3,4,5,6":                          {frame: 1, track: 2, box: [4]float64{3, 4, 5, 6}},
		"1,-1,3,4,5,6,0.5":                     {frame: 1, track: -1, box: [4]float64{3, 4, 5, 6}, confidence: "0.5"},
		"1.0, 2.0 ,3,4,5,6,1,7":                {frame: 1, track: 2, box: [4]float64{3, 4, 5, 6}, confidence: "1", class: "7"},
		"1,2,-3.5,4e1,5,6,1,7,0.25":            {frame: 1, track: 2, box: [4]float64{-3.5, 40, 5, 6}, confidence: "1", class: "7", visibility: "0.25"},
		"1,2,3,4,5,6,1,-1,-1,-1":               {frame: 1, track: 2, box: [4]float64{3, 4, 5, 6}, confidence: "1", world: "-1,-1,-1"},
		"1,2,3,4,5,6,,":                        {frame: 1, track: 2, box: [4]float64{3, 4, 5, 6}},
		"0,0,0,0,0,0,0,0,0":                    {confidence: "0", class: "0", visibility: "0"},
		"2147483647,2147483647,0,0,0,0,1,1,1,": {frame: math.MaxInt32, track: math.MaxInt32, confidence: "1", class: "1", visibility: "1"},
	} {
		if got, err := parseRow(line); err != nil || got != want {
			t.Errorf("%s: %+v, %v", line, got, err)
		}
	}
}

func TestAttributesOfRows(t *testing.T) {
	for _, test := range []struct {
		line, gt, det string
	}{
		{"1,1,0,0,1,1,1,1,1", `{}`, `{"score":1}`},
		{"1,1,0,0,1,1,0,1,0", `{"ignored":true,"occluded":true}`, `{"score":0,"occluded":true}`},
		{"1,1,0,0,1,1,0.0,1,1.0", `{"ignored":true,"@mot_seq.confidence":"0.0"}`, `{"score":0.0}`},
		{"1,1,0,0,1,1,-1,1,-1", `{"@mot_seq.confidence":"-1","visibility":-1}`, `{"score":-1}`},
		{"1,1,0,0,1,1,.5,1,.25", `{"@mot_seq.confidence":".5","visibility":0.25}`, `{"score":0.5,"visibility":0.25}`},
		{"1,1,0,0,1,1,+1,1,0x1p-2", `{"@mot_seq.confidence":"+1","visibility":0.25}`, `{"score":1,"visibility":0.25}`},
	} {
		r, err := parseRow(test.line)
		if err != nil {
			t.Errorf("%s: %v", test.line, err)
			continue
		}
		if got := string(r.attributes(false).AppendJSON(nil)); got != test.gt {
			t.Errorf("%s: %s", test.line, got)
		}
		if got := string(r.attributes(true).AppendJSON(nil)); got != test.det {
			t.Errorf("%s as a detection: %s", test.line, got)
		}
	}
}

// TestRowsInAnyOrder reads rows as MOT has them, one object after the other.
func TestRowsInAnyOrder(t *testing.T) {
	var b strings.Builder
	const objects, length = 30, 200
	for o := range objects {
		for f := length; f > 0; f-- {
			fmt.Fprintf(&b, "%d,%d,%d,%d,10,20,1,1,1\n", f, o, o, f)
		}
	}
	im, err := formatstest.Open(t.Context(), Format(), formatstest.Tree(t, map[string]string{"gt/gt.txt": b.String()}), formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil || len(items) != length || im.Info().Total() != length {
		t.Fatalf("%d items, %v", len(items), err)
	}
	for i, it := range items {
		if it.ID != frameName(int32(i+1)) || len(it.Annotations) != objects {
			t.Fatalf("item %d is %s with %d boxes", i, it.ID, len(it.Annotations))
		}
		for o, a := range it.Annotations {
			if b := a.(*dataset.Bbox); b.ObjectID != int32(o) || b.Y != float64(i+1) {
				t.Fatalf("box %d of %s is %+v", o, it.ID, b)
			}
		}
	}
}

func TestSequencesAndSubsets(t *testing.T) {
	row := "1,1,1,1,1,1\n"
	for _, test := range []struct {
		files []string
		want  []string
	}{
		{[]string{"gt/gt.txt"}, []string{"default 000001"}},
		{[]string{"a/gt/gt.txt", "b/GT/gt.TXT"}, []string{"a 000001", "b 000001"}},
		{[]string{"train/x/gt/gt.txt", "train/y/gt/gt.txt", "test/x/det/det.txt"}, []string{"test x/000001", "train x/000001", "train y/000001"}},
		{[]string{"a/b/c/gt/gt.txt"}, []string{"a b/c/000001"}},
		{[]string{"gt/gt.txt", "default/v/gt/gt.txt"}, []string{"default 000001", "default v/000001"}},
		{[]string{"z/gt/gt.txt", "a/gt/gt.txt", "a-b/gt/gt.txt", "a/x/gt/gt.txt"}, []string{"a 000001", "a x/000001", "a-b 000001", "z 000001"}},
	} {
		files := map[string]string{}
		for _, f := range test.files {
			files[f] = row
		}
		lines, _, err := read(t, formatstest.Tree(t, files), formats.ImportOptions{})
		var got []string
		for _, l := range lines {
			if id, _, ok := strings.Cut(l, ": "); ok {
				got = append(got, id)
			}
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, %v", test.files, got, err)
		}
	}
}

func TestFolderOfPictures(t *testing.T) {
	for name, test := range map[string]struct{ info, picture, want string }{
		"as MOT":             {"", "img1/000001.jpg", "default 000001: 000001.jpg there 0x0"},
		"another":            {"imDir=frames\n", "frames/000001.png", "default 000001: 000001.png there 0x0"},
		"one that is absent": {"imDir=frames\n", "img1/000001.jpg", "default 000001: 000001.jpg there 0x0"},
		"eight digits":       {"imDir=img\nimWidth=4\nimHeight=3\n", "img/00000001.JPG", "default 00000001: 00000001.JPG there 4x3"},
		"one side only":      {"imWidth=4\n", "img1/1.jpg", "default 1: 1.jpg there 0x0"},
		"no number":          {"", "img1/cover.jpg", "default 000001: 000001.jpg 0x0"},
	} {
		got, _, err := read(t, formatstest.Tree(t, map[string]string{"gt/gt.txt": "1,1,1,1,1,1\n", "seqinfo.ini": test.info, test.picture: ""}), formats.ImportOptions{})
		if err != nil || got[0] != test.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	d := of("s/1.jpg")
	box := func(x float64) dataset.Annotation {
		return &dataset.Bbox{Base: dataset.Base{ObjectID: dataset.NoObject, ID: 4, Group: 2}, Label: dataset.NoLabel, Z: 3, X: x, W: 1, H: 1}
	}
	d.List[0].Annotations = []dataset.Annotation{box(math.NaN()), box(1), box(math.Inf(-1))}
	_, loss := formatstest.MustWrite(t, Format(), d, formats.ExportOptions{})
	for _, s := range []string{
		"2 boxes dropped, since their coordinates are not finite", "1 ids of annotations dropped", "1 groups of annotations dropped",
		"1 drawing orders of annotations dropped",
	} {
		if !strings.Contains(loss.String(), s) {
			t.Errorf("%v, want %s", loss, s)
		}
	}
	frames := formatstest.SampleOf(dataset.MediaVideoFrame)
	if loss, err := formatstest.Write(t.Context(), Format(), t.TempDir(), frames, formats.ExportOptions{}); err != nil || !strings.Contains(loss.String(), "2 items with a video frame dropped") {
		t.Error(loss, err)
	}
	last := of("s/2147483647.jpg", "s/x.jpg")
	if _, err := formatstest.Write(t.Context(), Format(), t.TempDir(), last, formats.ExportOptions{}); err == nil || !strings.Contains(err.Error(), "no numbers of frames left") {
		t.Error(err)
	}
	kind := of("s/1.dat")
	if loss, err := formatstest.Write(t.Context(), Format(), t.TempDir(), kind, formats.ExportOptions{SaveMedia: true}); err != nil || !strings.Contains(loss.String(), "1 media given the extension .jpg") {
		t.Error(loss, err)
	}
}

// TestManySequences writes more sequences than files can be open, in turn.
func TestManySequences(t *testing.T) {
	var names []string
	for _, frame := range []string{"1", "2"} {
		for i := range 60 {
			names = append(names, fmt.Sprintf("s/v%02d/%s.jpg", i, frame))
		}
	}
	dir := t.TempDir()
	if _, err := formatstest.Write(t.Context(), Format(), dir, of(names...), formats.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil || len(items) != 120 || items[0].ID != "v00/000001" || items[119].ID != "v59/000002" {
		t.Errorf("%d items, %v", len(items), err)
	}
	for _, it := range items {
		if len(it.Annotations) != 1 {
			t.Errorf("%s has %d boxes", it.ID, len(it.Annotations))
		}
	}
}

// TestSeqinfoIsWritten requires the file where it says nothing wrong, and not
// elsewhere.
func TestSeqinfoIsWritten(t *testing.T) {
	for name, test := range map[string]struct {
		items []string
		want  bool
	}{
		"frames without a gap": {[]string{"s/000001.jpg", "s/000002.jpg"}, true},
		"in another order":     {[]string{"s/000002.jpg", "s/000001.jpg"}, true},
		"a gap":                {[]string{"s/000001.jpg", "s/000003.jpg"}, false},
		"from 0 on":            {[]string{"s/000000.jpg", "s/000001.jpg"}, false},
		"two extensions":       {[]string{"s/000001.jpg", "s/000002.png"}, false},
	} {
		d := of(test.items...)
		for i := range d.List {
			d.List[i].Annotations = nil
		}
		dir, loss := formatstest.MustWrite(t, Format(), d, formats.ExportOptions{})
		got, _, err := read(t, dir, formats.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if test.want && (len(got) != len(d.List) || loss.Total() > 1 || !strings.HasSuffix(got[0], " 60x40")) { // a name of a label
			t.Errorf("%s: %q, %v", name, got, loss)
		}
		if !test.want && (len(got) != 0 || !strings.Contains(loss.String(), "2 frames without boxes and pictures dropped")) {
			t.Errorf("%s: %q, %v", name, got, loss)
		}
	}
}
