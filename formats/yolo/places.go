package yolo

import (
	"path"
	"strings"
)

// place is where a picture or a label file belongs by its path: to a subset,
// empty where the path names none, under a name.
type place struct{ subset, name string }

// A mark is the kind of folder that says what is in it.
type mark int

const (
	noMark    mark = iota
	pictureIn      // images/, JPEGImages/
	labelIn        // labels/, annotations/
	bothIn         // obj_train_data/
)

func markOf(dir string) mark {
	switch strings.ToLower(dir) {
	case "images", "jpegimages":
		return pictureIn
	case "labels", "annotations":
		return labelIn
	}
	if darknetSubset(dir) != "" {
		return bothIn
	}
	return noMark
}

// darknetSubset returns the subset of a folder called obj_<subset>_data.
func darknetSubset(dir string) string {
	rest, ok := strings.CutPrefix(dir, "obj_")
	if rest, isData := strings.CutSuffix(rest, "_data"); ok && isData {
		return rest
	}
	return ""
}

// splitWords are what subsets are usually called; a number or another word may
// follow behind a sign.
var splitWords = []string{
	"training", "trainval", "train", "validation", "valid", "val", "minival", "testing", "test", "dev", "eval", "unlabeled", "unlabelled",
}

// isSplit reports whether a folder is called as subsets usually are: train,
// val2017, test-dev.
func isSplit(dir string) bool {
	dir = strings.ToLower(dir)
	for _, word := range splitWords {
		if rest, ok := strings.CutPrefix(dir, word); ok && (rest == "" || rest[0] < 'a' || rest[0] > 'z') {
			return true
		}
	}
	return false
}

// placeOf guesses from a path. own says of a folder that holds images/ or
// labels/ whether it is a subset, though it is not called as one.
func placeOf(name string, own func(string) bool) (place, mark) {
	dirs := strings.Split(path.Dir(name), "/")
	if dirs[0] == "." {
		dirs = nil
	}
	base := path.Base(name)
	for i := len(dirs) - 1; i >= 0; i-- {
		m := markOf(dirs[i])
		if m == noMark {
			continue
		}
		before, rest := dirs[:i], dirs[i+1:]
		switch {
		case m == bothIn:
			return place{darknetSubset(dirs[i]), path.Join(path.Join(rest...), base)}, m
		case i > 0 && (isSplit(before[i-1]) || own(before[i-1])):
			return place{before[i-1], path.Join(path.Join(rest...), base)}, m
		case len(rest) > 0 && isSplit(rest[0]):
			return place{rest[0], path.Join(path.Join(rest[1:]...), base)}, m
		}
		return place{"", path.Join(path.Join(rest...), base)}, m
	}
	if len(dirs) > 0 && isSplit(dirs[0]) {
		return place{dirs[0], path.Join(path.Join(dirs[1:]...), base)}, noMark
	}
	return place{"", name}, noMark
}

// labelFolders are the names of folders of label files, as they take the place
// of images/ in a path.
var labelFolders = []string{"labels", "Labels", "annotations", "Annotations", "LABELS"}

// labelPaths returns where the label file of a picture may be, as Ultralytics
// and Darknet look for it: with labels/ in the place of the last images/, or
// beside the picture.
func labelPaths(picture string) []string {
	without := stem(picture)
	dirs := strings.Split(without, "/")
	var out []string
	for i := len(dirs) - 2; i >= 0; i-- {
		if markOf(dirs[i]) != pictureIn {
			continue
		}
		for _, folder := range labelFolders {
			p := path.Join(path.Join(dirs[:i]...), folder, path.Join(dirs[i+1:]...))
			out = append(out, p+".txt", p+".TXT")
		}
		break
	}
	return append(out, without+".txt", without+".TXT")
}

// isOther reports whether a text file is no label file by its name.
func isOther(name string) bool {
	base := strings.ToLower(path.Base(name))
	return base == "classes.txt" || base == "labels.txt" || base == "predefined_classes.txt" || strings.HasPrefix(base, "readme")
}

// subsetRank orders subsets whose order nothing else gives.
func subsetRank(name string) int {
	for i, p := range []string{"train", "val", "test"} {
		if strings.HasPrefix(strings.ToLower(name), p) {
			return i + 1
		}
	}
	if name == "" {
		return 0
	}
	return 9
}
