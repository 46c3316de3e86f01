package commands

import (
	"fmt"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats/binary"
	"datum/internal/ui"
)

// TestTexts are the answers as people see them.
func TestTexts(t *testing.T) {
	report := binary.Report{Subsets: 1, Items: 2, Annotations: 3, Tokens: 4, Media: 5, MediaBytes: 6, Manifest: true}
	plain := report
	plain.Tokens, plain.Manifest = 0, false
	for _, test := range []struct {
		result ui.Result
		want   string
	}{
		{conversion{Items: 3, OutputFormat: "coco", Output: "out", Media: true}, "wrote 3 items as coco to out\n"},
		{conversion{Items: 3, OutputFormat: "coco", Output: "out", Encrypted: true, DryRun: true}, "would write 3 items as coco to out, encrypted, without media\n"},
		{verified{"p", "f", true, report}, "OK: 1 subsets, 2 items, 3 annotations, 5 media files (6 bytes), 4 tokens, all as the manifest says\n"},
		{verified{"p", "f", false, plain}, "OK: 1 subsets, 2 items, 3 annotations, 5 media files (6 bytes)\n"},
		{readThrough{Items: 1, Annotations: 2, Media: 1, Format: "coco"}, "readable: 1 items, 2 annotations, 1 media files there; the format coco has no checksums\n"},
		{keyResult{text: "x"}, "x\n"},
		{nameList{[]string{"a", "b"}, ","}, "a,b\n"},
		{nameList{nil, "\n"}, "\n"},
		{formatTable{[]formatRow{{Name: "a", Reads: true, Summary: "s"}, {Name: "b", Writes: true, Aliases: []string{"c", "d"}}}},
			"a  read         s\n" + "b  write        \n" + "                also called c, d\n"},
		{versionInfo{Version: "1.2.3", Revision: "abc"}, "datum 1.2.3 (abc)\n"},
		{detection{asked: "in", Path: "in/set", Detected: []string{"coco"}, Rejected: []rejection{{Format: "a", Path: "in/set"}, {"b", "in/set", []string{"x"}, []string{"y", "z"}}}},
			"Detected format: coco\nFound in: in/set\n\nThe following formats were rejected, the nearest miss first (looked in in/set):\n\na:\n  another format was matched with more confidence\n\nb:\n  has x\n  needs y\n  needs z\n"},
		{outside{"p", "f", binary.Storage{MediaSaved: true, Subsets: []binary.StoredSubset{{Name: "train", Bytes: 7}}}},
			"path         p\nformat       f, encrypted\nmedia        saved in plain\nsidecars     no\nsubset       train                7 bytes of annotations\n"},
	} {
		var b strings.Builder
		test.result.Text(&b)
		if b.String() != test.want {
			t.Errorf("%s:\n got %q\nwant %q", test.result.Kind(), b.String(), test.want)
		}
	}
}

func TestSummaryCounts(t *testing.T) {
	s := &summary{Annotations: map[string]int{}, Subsets: []subsetCount{{Name: "train"}}, Categories: []category{{Name: "cat"}, {Name: "dog"}}}
	s.add(dataset.Item{Subset: "train", Annotations: []dataset.Annotation{
		&dataset.Bbox{Label: 1}, &dataset.Bbox{Label: dataset.NoLabel}, &dataset.Mask{Label: 99}, &dataset.Caption{},
	}})
	s.add(dataset.Item{Subset: "unannounced"})
	want := "map[bbox:2 caption:1 mask:1] [{train 1 4} {unannounced 1 0}] [{cat  0} {dog  1}]"
	if got := fmt.Sprint(s.Annotations, s.Subsets, s.Categories); got != want || s.Items != 2 {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFormatNamesKeepTheirOrder(t *testing.T) {
	a := testApp()
	first := strings.Join(a.values("input-format"), " ")
	if !strings.HasPrefix(first, "ade20k ") || first != strings.Join(a.values("input-format"), " ") {
		t.Error(first)
	}
	if a.values("output-dir") != nil {
		t.Error("names for a folder")
	}
}
