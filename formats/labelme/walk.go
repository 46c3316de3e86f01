package labelme

import (
	"bytes"
	"context"
	"io"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

const (
	extJSON     = ".json"
	extXML      = ".xml"
	labelsFile  = "labels.txt"
	subsetsFile = "subsets.txt"
)

func isXML(name string) bool { return strings.EqualFold(path.Ext(name), extXML) }

func isAnnotation(name string) bool { return isXML(name) || strings.EqualFold(path.Ext(name), extJSON) }

// skipMark leaves out a byte order mark at the beginning.
func skipMark(in io.Reader) io.Reader {
	head := make([]byte, 3)
	n, _ := io.ReadFull(in, head)
	return io.MultiReader(bytes.NewReader(bytes.TrimPrefix(head[:n], byteOrderMark)), in)
}

var byteOrderMark = []byte("\uFEFF")

// maxDepth is how deep folders may lie in each other.
const maxDepth = 32

// walk calls found with each file below dir, by name.
func walk(ctx context.Context, f *files.Folder, dir string, deep int, found func(name string)) error {
	if err := ctx.Err(); err != nil || deep > maxDepth {
		return err
	}
	entries, err := f.ReadDir(dir)
	if err != nil {
		return formats.At(f, formatName, dir, err)
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if !e.IsDir() {
			found(name)
		} else if err := walk(ctx, f, name, deep+1, found); err != nil {
			return err
		}
	}
	return nil
}

// commonSubsets are names of folders that are subsets where there are several
// of them.
var commonSubsets = []string{
	"default", "dev", "eval", "test", "test2017", "testing", "train", "train2017", "training", "trainval", "val", "val2017", "valid", "validation",
}

// folders that hold one kind of file in the layouts that keep annotations and
// pictures apart, in lower case.
var (
	annotationDirs = []string{"ann", "annotation", "annotations", "json", "jsons", "label", "labels"}
	pictureDirs    = []string{"image", "images", "img", "imgs", "jpegimages", "photos", "pictures"}
)

func isOneOf(list []string, name string) bool { return slices.Contains(list, strings.ToLower(name)) }

// layout says how paths become subsets and names.
type layout struct {
	base    string   // in the folder: names begin below it
	subsets []string // folders that are subsets
	// listed says that a file of the dataset lists the subsets.
	listed bool
	// apart says that annotations and pictures lie in folders of their own.
	apart bool
}

// split splits a path into its subset and the name of the item or media.
func (l *layout) split(name string) (subset, rest string) {
	rest = name
	if l.base != "." {
		if below, ok := strings.CutPrefix(name, l.base+"/"); ok {
			rest = below
		}
	}
	subset = dataset.DefaultSubset
	asSubset, asDir := true, l.apart
	for range 2 {
		first, after, ok := strings.Cut(rest, "/")
		switch {
		case !ok:
			return subset, rest
		case asSubset && slices.Contains(l.subsets, first):
			subset, asSubset = first, false
		case asDir && (isOneOf(annotationDirs, first) || isOneOf(pictureDirs, first)):
			asDir = false
		default:
			return subset, rest
		}
		rest = after
	}
	return subset, rest
}

// findLayout looks at the folders of the files that were found.
func (l *layout) findLayout(names []string) {
	for _, d := range strings.Split(l.base, "/") {
		l.apart = l.apart || isOneOf(annotationDirs, d)
	}
	seen := map[string]bool{}
	for _, name := range names {
		dirs := strings.Split(path.Dir(strings.TrimPrefix(name, l.base+"/")), "/")
		for _, d := range dirs[:min(2, len(dirs))] {
			isSubset := slices.Contains(commonSubsets, d)
			if isAnnotation(name) && isOneOf(annotationDirs, d) || isSubset && isOneOf(pictureDirs, dirs[0]) {
				l.apart = true
			}
			if isSubset && !seen[d] && !l.listed {
				seen[d] = true
				l.subsets = append(l.subsets, d)
			}
		}
	}
	if l.listed {
		return
	}
	if len(l.subsets) < 2 {
		l.subsets = nil
	}
	slices.SortFunc(l.subsets, bySubsetOrder)
}

// bySubsetOrder has training before the rest, which is alphabetical.
func bySubsetOrder(a, b string) int {
	rank := func(s string) string {
		if strings.HasPrefix(s, "train") {
			return "\x00" + s
		}
		return s
	}
	return strings.Compare(rank(a), rank(b))
}
