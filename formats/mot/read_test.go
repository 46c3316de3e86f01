package mot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cryptokey "datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

const testdata = "../../testdata/mot/"

// describe is an item in words.
func describe(info *dataset.Info, it *dataset.Item) (lines []string) {
	m := it.Media.(*dataset.Image)
	there := ""
	if m.Source != nil {
		there = " there"
	}
	lines = append(lines, fmt.Sprintf("%s %s: %s%s %dx%d", it.Subset, it.ID, m.Name, there, m.Width, m.Height))
	for _, a := range it.Annotations {
		b := a.(*dataset.Bbox)
		line := fmt.Sprintf("  %d %s %v %v %v %v %s", b.ObjectID, info.Categories.Name(b.Label), b.X, b.Y, b.W, b.H, b.Attributes.AppendJSON(nil))
		lines = append(lines, strings.TrimSuffix(line, " {}"))
	}
	return lines
}

func read(t *testing.T, path string, o formats.ImportOptions) ([]string, formats.Importer, error) {
	t.Helper()
	return formatstest.ReadLines(t, Format(), path, o, describe)
}

func TestLayouts(t *testing.T) {
	gt02 := `
%[1]s000001: %[2]s000001.jpg there 64x36
  1 pedestrian 10 5 12 20
  2 static person 30 4 8.5 17 {"ignored":true,"occluded":true}
%[1]s000002: %[2]s000002.jpg there 64x36
  1 pedestrian 11 5 12 20 {"visibility":0.86173}
  2 static person 31 4 8.5 17 {"ignored":true,"visibility":0.5}
%[1]s000003: %[2]s000003.jpg 64x36`
	for _, test := range []struct {
		path, want string
		notes      []string
	}{
		{"MOT17", `
test MOT17-01/000001: MOT17-01/000001.jpg 0x0
  -1  10.2 5.1 12 20 {"score":0.97}
  -1  -3.25 2 5 7 {"score":1}
test MOT17-01/000003: MOT17-01/000003.jpg 0x0
  -1  1 2 3 4 {"score":-0.5}` + fmt.Sprintf(strings.ReplaceAll(gt02, "static person", "distractor"), "train MOT17-02-FRCNN/", "MOT17-02-FRCNN/"),
			[]string{"1 files of detections not read, since there are annotations"}},
		{"MOT17/train", fmt.Sprintf(strings.ReplaceAll(gt02, "static person", "distractor"), "MOT17-02-FRCNN ", ""), []string{"1 files of detections"}},
		{"MOT17/train/MOT17-02-FRCNN", fmt.Sprintf(strings.ReplaceAll(gt02, "static person", "distractor"), "default ", ""), []string{"1 files of detections"}},
		{"MOT17/train/MOT17-02-FRCNN/gt/gt.txt", fmt.Sprintf(strings.ReplaceAll(gt02, "static person", "distractor"), "default ", ""), nil},
		{"MOT17/train/MOT17-02-FRCNN/det/det.txt", `
default 000001: 000001.jpg there 64x36
  -1  10.2 5.1 12 20 {"score":0.97}
default 000002: 000002.jpg there 64x36
default 000003: 000003.jpg 64x36`, nil},
		{"mot15", `
default 000001: 000001.jpg 0x0
  3  9.5 4 12 20
default 000002: 000002.jpg 0x0
  3  10 4 12 20 {"@mot_seq.world":"3.5,4.25,0"}`, nil},
		{"datumaro", `
default 000001: 000001.png there 0x0
  1 cat 1.5 2.5 3.25 4
default 000004: 000004.jpg 0x0
  2  0 0 1 1
default 000007: 000007.png there 0x0
  -1 small dog 1 2 3 4 {"occluded":true}`, []string{"1 pictures whose names are no numbers of frames ignored", "1 further pictures of a frame ignored"}},
	} {
		t.Run(test.path, func(t *testing.T) {
			lines, im, err := read(t, testdata+test.path, formats.ImportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			got := "\n" + strings.Join(lines, "\n")
			if want := strings.TrimSuffix(test.want, "\n"); got != want {
				t.Errorf("got%s\nwant%s", got, want)
			}
			notes := im.Notes()
			if len(notes.Entries()) != len(test.notes) {
				t.Errorf("notes %v", notes)
			}
			for _, n := range test.notes {
				if !strings.Contains(notes.String(), n) {
					t.Errorf("notes %v, want %s", notes, n)
				}
			}
			if total := im.Info().Total(); total != strings.Count(got, "\n")-strings.Count(got, "\n  ") {
				t.Errorf("the info says %d items", total)
			}
		})
	}
}

func TestOneBased(t *testing.T) {
	values := formats.Values{optionCoordinates.Name: "one-based"}
	got, im, err := read(t, testdata+"mot15", formats.ImportOptions{Values: values})
	if err != nil || got[1] != "  3  8.5 3 12 20" {
		t.Errorf("%q, %v", got, err)
	}
	dir := t.TempDir()
	if _, err := formatstest.Write(t.Context(), Format(), dir, im, formats.ExportOptions{Values: values}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(dir + "/gt/gt.txt")
	if want := "1,3,9.5,4,12,20,1,-1,1\n2,3,10,4,12,20,1,3.5,4.25,0\n"; err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}

func TestBadRows(t *testing.T) {
	for row, want := range map[string]string{
		"one,1,2,3,4,5":         "gt.txt:2: the frame \"one\" is no whole number from 0 on",
		"-1,1,2,3,4,5":          "gt.txt:2: the frame \"-1\" is no whole number from 0 on",
		"1.5,1,2,3,4,5":         "gt.txt:2: the frame",
		"1,x,2,3,4,5":           "gt.txt:2: the track \"x\" is no whole number from -1 on",
		"1,99999999999,2,3,4,5": "gt.txt:2: the track",
		"1,1,2,3,four,5":        "gt.txt:2: \"four\" is no number of pixels",
		"1,1,2,3,NaN,5":         "gt.txt:2: \"NaN\" is no number of pixels",
		"1,1,2,3":               "gt.txt:2: a row is frame, track",
		"1 1 2 3 4 5":           "gt.txt:2: a row is frame, track",
		"1,1,2,3,4,5,1,1,1,1,1": "gt.txt:2: a row is frame, track",
		"1,1,2,3,4,5,1,13,1":    "gt.txt:2: the class 13 does not exist, there are 2 labels",
		"1,1,2,3,4,5,1,1.5,1":   "gt.txt:2: the class \"1.5\" is no whole number",
		"1,1,2,3,4,5,yes":       "gt.txt:2: \"yes\" is no number",
		"1,1,2,3,4,5," + strings.Repeat("1", maxLine+10): "gt.txt:2: a line of more than",
		"1," + strings.Repeat("1", 200<<10):              "gt.txt:2: a line of more than",
	} {
		text := "1,1,2,3,4,5,1,2,1\n" + row + "\n1,2,2,3,4,5\n"
		dir := formatstest.Tree(t, map[string]string{"gt/gt.txt": text, "gt/labels.txt": "a\nb\n"})
		_, _, err := read(t, dir, formats.ImportOptions{})
		if !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(strings.Replace(err.Error(), "item \"000001\": ", "", 1), want) {
			t.Errorf("%.40s: %v", row, err)
		}
		skip := &formats.Skipped{}
		got, _, err := read(t, dir, formats.ImportOptions{Skip: skip})
		if err != nil || len(got) != 3 || skip.Count() != 1 {
			t.Errorf("%.40s: %v, %d left out, %q", row, err, skip.Count(), got)
		}
	}
}

func TestBadSeqinfo(t *testing.T) {
	for line, want := range map[string]string{
		"seqLength=many": "seqinfo.ini:2: seqLength cannot be \"many\"", "seqLength=999999999": "seqinfo.ini:2: seqLength cannot be", "imWidth=-1": "imWidth cannot be \"-1\"",
	} {
		dir := formatstest.Tree(t, map[string]string{"gt/gt.txt": "1,1,1,1,1,1\n", "seqinfo.ini": "[Sequence]\n" + line + "\n"})
		if _, _, err := read(t, dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
	dir := formatstest.Tree(t, map[string]string{"gt/gt.txt": "1,1,1,1,1,1\n", "seqinfo.ini": "; a comment\nimDir=../../elsewhere\nimExt=/etc/x\nseqLength = 2\n"})
	if got, _, err := read(t, dir, formats.ImportOptions{}); err != nil || !slices.Contains(got, "default 000002: 000002.jpg 0x0") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestLabels(t *testing.T) {
	for _, test := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{"gt/gt.txt": "1,1,1,1,1,1,1,14,1\n"}, "14 pedestrian … class 14"},
		{map[string]string{"gt/gt.txt": "1,1,1,1,1,1,1,13,1\n"}, "13 pedestrian … crowd"},
		{map[string]string{"gt/gt.txt": "1,1,1,1,1,1,1,-1,1\n"}, "12 pedestrian … reflection"},
		{map[string]string{"gt/gt.txt": "1,1,1,1,1,1,1,0,1\n", "gt/labels.txt": ""}, "0"},
		{map[string]string{"a/gt/gt.txt": "", "a/gt/labels.txt": "x\ny\n", "b/gt/gt.txt": "1,1,1,1,1,1,1,1,1\n", "b/gt/labels.txt": "y\nz z\n"}, "3 x … z z"},
	} {
		_, im, err := read(t, formatstest.Tree(t, test.files), formats.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		l := im.Info().Categories.Labels.Labels
		got := fmt.Sprint(len(l))
		if len(l) > 0 {
			got += " " + l[0].Name + " … " + l[len(l)-1].Name
		}
		if got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
	got, _, err := read(t, formatstest.Tree(t, map[string]string{"gt/gt.txt": "1,1,1,1,1,1,1,14,1\n"}), formats.ImportOptions{Skip: &formats.Skipped{}})
	if err != nil || got[1] != "  1 class 14 1 1 1 1" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestProbe(t *testing.T) {
	for path, want := range map[string]formats.Confidence{
		"MOT17": formats.High, "MOT17/train/MOT17-02-FRCNN": formats.High, "MOT17/train/MOT17-02-FRCNN/det/det.txt": formats.High, "mot15": formats.High,
		"datumaro": formats.High, "datumaro/img1": formats.No, "../coco/sample": formats.No, "../imagefolder/plain": formats.No,
		"../imagefolder/imagenet_txt/train.txt": formats.No,
	} {
		v, err := formatstest.Probe(t.Context(), Format(), testdata+path)
		if err != nil || v.Confidence != want || (want == formats.No) != (len(v.Unmet) > 0) {
			t.Errorf("%s: %+v, %v", path, v, err)
		}
	}
	for text, want := range map[string]formats.Confidence{
		"1 2001 2 1080 1920 UkU\n": formats.No, // MOTS
		"":                         formats.Low, "frame,track,x,y,w,h\n": formats.No, "1,1,1,1,1,1\nnonsense\n": formats.No,
	} {
		v, err := formatstest.Probe(t.Context(), Format(), formatstest.Tree(t, map[string]string{"gt/GT.txt": text}))
		if err != nil || v.Confidence != want {
			t.Errorf("%q: %+v, %v", text, v, err)
		}
	}
	loose := formatstest.Tree(t, map[string]string{"result.txt": "1,1,1,1,1,1,0.5,-1,-1,-1\n"})
	if v, err := formatstest.Probe(t.Context(), Format(), loose+"/result.txt"); err != nil || v.Confidence != formats.Low {
		t.Errorf("a file of its own: %+v, %v", v, err)
	}
	if got, _, err := read(t, loose+"/result.txt", formats.ImportOptions{}); err != nil || got[1] != `  1  1 1 1 1 {"score":0.5}` {
		t.Errorf("a file of its own: %q, %v", got, err)
	}
}

func TestRefusals(t *testing.T) {
	if _, err := formatstest.Open(t.Context(), Format(), testdata+"mot15", formats.ImportOptions{Key: new(cryptokey.Key)}); !errors.Is(err, formats.ErrKey) {
		t.Error(err)
	}
	if _, err := Format().Export(t.Context(), t.TempDir(), formats.ExportOptions{EncryptAllMedia: true}); !errors.Is(err, formats.ErrUsage) {
		t.Error(err)
	}
	if _, err := formatstest.Open(t.Context(), Format(), testdata+"datumaro/img1", formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Error(err)
	}
}

func FuzzParseRow(f *testing.F) {
	for _, s := range []string{"1,1,10,5,12,20,1,1,1", "1, 3, 9.5, 4, 12, 20, 1, -1, -1, -1", "1,1,1,1,1,1,", ",,,,,", "1e3,1.0,1,1,1,1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r, err := parseRow(line)
		if err != nil {
			return
		}
		if r.frame < 0 || r.track < -1 {
			t.Errorf("%q: %+v", line, r)
		}
		for _, det := range []bool{true, false} {
			if _, err := dataset.ParseAttributes(r.attributes(det).AppendJSON(nil)); err != nil {
				t.Errorf("%q: attributes that are no JSON: %v", line, err)
			}
		}
	})
}

// FuzzImport reads a sequence. Whatever its files say, it ends with items or
// with an error about the content.
func FuzzImport(f *testing.F) {
	f.Add("1,1,10,5,12,20,1,1,1\n", "[Sequence]\nseqLength=3\nimWidth=4\n", "a\nb\n")
	f.Add("1,1,10,5,12,20,1,3,1\n\ufeff1,1", "imDir=..\nimExt=.png", "")
	dir := f.TempDir()
	if err := os.MkdirAll(dir+"/gt", 0o777); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, rows, info, labels string) {
		for name, text := range map[string]string{"gt/gt.txt": rows, "seqinfo.ini": info, "gt/labels.txt": labels} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{Skip: &formats.Skipped{}})
		if err == nil {
			n := 0
			for _, e := range im.Items(t.Context()) {
				if err = e; n > 1000 {
					break
				}
				n++
			}
			im.Close()
		}
		if err != nil && !errors.Is(err, formats.ErrCorrupt) {
			t.Error(err)
		}
	})
}
