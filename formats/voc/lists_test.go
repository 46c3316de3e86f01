package voc

import (
	"maps"
	"slices"
	"testing"

	"datum/formats"
)

const (
	withCat = "<annotation><filename>x.jpg</filename><object><name>cat</name>" + someBox + "</object></annotation>"
	bare    = "<annotation/>"
)

func TestLists(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		want  []string
		notes map[string]int
	}{
		{"an underscore makes no list of a class", map[string]string{
			"Annotations/a.xml": withCat, "ImageSets/Main/train_2017.txt": "a\n", "ImageSets/Main/cat_2017.txt": "a\n",
		}, []string{"cat_2017/a a.jpg, bbox cat", "train_2017/a a.jpg, bbox cat"}, map[string]int{"items of several subsets, read as one of each": 1}},
		{"flags of a subset with an underscore", map[string]string{
			"Annotations/a.xml": bare, "ImageSets/Main/train_2017.txt": "a\n", "ImageSets/Main/big_cat_train_2017.txt": "a 1\n",
		}, []string{"train_2017/a, label big_cat"}, nil},
		{"flags without a list of the subset", map[string]string{
			"JPEGImages/a.jpg": "", "JPEGImages/b.jpg": "", "ImageSets/Main/cat_train.txt": "a 1\nb -1\n", "ImageSets/Main/dog_train.txt": "a -1\nb  1\n",
		}, []string{"train/a a.jpg, label cat", "train/b b.jpg, label dog"}, map[string]int{
			"subsets of which there are only the lists of classes": 2, "pictures whose size cannot be read": 2,
		}},
		{"a subset with numbers", map[string]string{"Annotations/a.xml": bare, "ImageSets/Main/train.txt": "a 1\n"}, []string{"train/a"},
			map[string]int{"lists of a subset with more in them than names": 1}},
		{"the files of no list", map[string]string{"Annotations/a.xml": bare, "Annotations/b.xml": bare, "ImageSets/Main/train.txt": "b\n"}, []string{"default/a", "train/b"},
			map[string]int{"items that no list of a subset names, read as of the subset default": 1}},
		{"a list of what is not there", map[string]string{"Annotations/a.xml": bare, "ImageSets/Main/train.txt": "a\ngone\n"}, []string{"train/a", "train/gone"},
			map[string]int{"names in lists of which there is no file": 1}},
		{"names in other ways", map[string]string{
			"Annotations/a.xml": bare, "Annotations/deep/b c.xml": bare, "Annotations/d e.xml": bare, "Annotations/#f.xml": bare, "Annotations/g.xml": bare,
			"ImageSets/Main/train.txt": "\ufeff# a comment\r\n\r\nJPEGImages/a.jpg\r\nb c\n\"d e\" \n#f\n  /data/g.xml\n",
		}, []string{"train/a", "train/deep/b c", "train/d e", "train/#f", "train/g"}, map[string]int{
			"names in lists that are not quite those of the files": 2,
		}},
		{"trainval with more than the others", map[string]string{
			"Annotations/a.xml": bare, "Annotations/b.xml": bare, "ImageSets/Main/train.txt": "a\n", "ImageSets/Main/trainval.txt": "a\nb\n",
		}, []string{"train/a", "trainval/b"}, map[string]int{"names in lists such as trainval that another list has too, read as of that": 1}},
		{"trainval alone", map[string]string{"Annotations/a.xml": bare, "ImageSets/Main/trainval.txt": "a\n"}, []string{"trainval/a"}, nil},
		{"folders in lower case", map[string]string{"annotations/a.XML": bare, "imagesets/main/train.TXT": "a\na\n", "jpegimages/a.JpG": ""}, []string{"train/a a.JpG"},
			map[string]int{"pictures whose size cannot be read": 1, "sizes missing in XML files, read from the pictures": 1}},
		{"two pictures of one name", map[string]string{"Annotations/a.xml": withCat, "JPEGImages/a.png": "", "JPEGImages/a.jpg": "", "ImageSets/Main/train.txt": "a\n"},
			[]string{"train/a a.jpg, bbox cat", "train/a a.png"}, map[string]int{
				"pictures with the name of another, read without annotations": 1, "pictures whose size cannot be read": 2,
				"file names in XML files that are not that of the XML file, which counts": 1, "sizes missing in XML files, read from the pictures": 1,
			}},
		{"a picture that only the XML file leads to", map[string]string{"Annotations/a.xml": withCat, "JPEGImages/x.jpg": ""}, []string{"default/a a.jpg, bbox cat"}, map[string]int{
			"pictures that have another name than their XML file": 1, "pictures whose size cannot be read": 1,
			"file names in XML files that are not that of the XML file, which counts": 1, "sizes missing in XML files, read from the pictures": 1,
		}},
		{"XML files of others", map[string]string{"Annotations/a.xml": bare, "Annotations/b.xml": "<annotations/>", "ImageSets/Main/train.txt": "a\n"}, []string{"train/a"},
			map[string]int{"XML files that are no VOC annotations, left out": 1}},
		{"pictures beside the XML files", map[string]string{"Annotations/a.xml": bare, "Annotations/a.jpg": ""}, []string{"default/a a.jpg"},
			map[string]int{"pictures whose size cannot be read": 1, "sizes missing in XML files, read from the pictures": 1}},
	} {
		d, notes := readAll(t, folder(t, test.files), formats.ImportOptions{})
		delete(notes, "file names in XML files that are not that of the XML file, which counts")
		delete(test.notes, "file names in XML files that are not that of the XML file, which counts")
		if got := showAll(d); !slices.Equal(got, test.want) {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
		if !maps.Equal(notes, test.notes) {
			t.Errorf("%s: notes %v", test.name, notes)
		}
	}
}

func TestClassOf(t *testing.T) {
	is := func(names ...string) func(string) bool {
		return func(s string) bool { return slices.Contains(names, s) }
	}
	for _, test := range []struct {
		name            string
		labels, subsets []string
		label, subset   string
		ok              bool
	}{
		{"cat_train", []string{"cat"}, []string{"train"}, "cat", "train", true},
		{"cat_train_2017", []string{"cat"}, []string{"train_2017"}, "cat", "train_2017", true},
		{"a_b_c", []string{"a", "a_b"}, []string{"c", "b_c"}, "a_b", "c", true},
		{"a_b_c", nil, []string{"b_c"}, "a", "b_c", true},
		{"a_b_c", []string{"a"}, nil, "a", "b_c", true},
		{"a_b_c", nil, nil, "a_b", "c", true},
		{"train", nil, nil, "", "", false},
		{"_train", nil, nil, "", "", false},
		{"train_", nil, nil, "", "", false},
	} {
		if label, subset, ok := classOf(test.name, is(test.labels...), is(test.subsets...)); label != test.label || subset != test.subset || ok != test.ok {
			t.Errorf("%s: %q, %q, %v", test.name, label, subset, ok)
		}
	}
}
