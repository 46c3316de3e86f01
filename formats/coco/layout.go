package coco

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// The tasks, which are the prefixes of annotation files.
const (
	taskInstances = "instances"
	taskKeypoints = "person_keypoints"
	taskCaptions  = "captions"
	taskLabels    = "labels"
	taskStuff     = "stuff"
	taskImageInfo = "image_info"
	taskPanoptic  = "panoptic"
)

var tasks = []string{taskInstances, taskKeypoints, taskCaptions, taskLabels, taskStuff, taskImageInfo, taskPanoptic}

// jsonFile is an annotation file by its place in the dataset folder.
type jsonFile struct {
	path   string // slash-separated, below the dataset folder
	task   string
	subset string
	sure   bool // its content speaks for COCO, not only its name
}

// annotationsDir is the folder of the annotation files in COCO's own layout.
const annotationsDir = "annotations"

// find lists the annotation files of the dataset in a folder, or takes the one
// file that was named. dir is the dataset folder.
func find(f *files.Folder) (dir *files.Folder, found []jsonFile, err error) {
	if f.Only() != "" {
		return findOne(f)
	}
	if f.Base() == annotationsDir && len(jsonFiles(f, ".")) > 0 {
		if parent, _, err := f.Parent(); err == nil {
			f = parent
		}
	}
	if _, err := f.ReadDir(annotationsDir); errors.Is(err, files.ErrLeaves) || errors.Is(err, fs.ErrPermission) {
		return f, nil, formats.At(f, formatName, annotationsDir, err)
	}
	if found = jsonFiles(f, annotationsDir); len(found) == 0 {
		found = jsonFiles(f, ".")
	}
	if len(found) == 0 {
		found = annotationFiles(f, inSubFolders(f))
	}
	slices.SortStableFunc(found, func(a, b jsonFile) int {
		if c := strings.Compare(a.subset, b.subset); c != 0 {
			return c
		}
		return slices.Index(tasks, a.task) - slices.Index(tasks, b.task)
	})
	return f, found, nil
}

// inSubFolders lists JSON files in the folders of a folder, of which a layout of
// COCO has a few.
func inSubFolders(f *files.Folder) (names []string) {
	const most = 64
	l := f.List()
	dirs := l.Dirs(".")
	for _, d := range dirs[:min(len(dirs), most)] {
		for _, name := range l.Files(d, ".json") {
			names = append(names, path.Join(d, name))
		}
	}
	return names
}

func findOne(f *files.Folder) (dir *files.Folder, found []jsonFile, err error) {
	name := f.Only()
	l := looksLikeCOCO(f, name)
	if l == other || l == unsure && !isJSON(name) {
		return f, nil, nil
	}
	if f.Base() == annotationsDir {
		if parent, _, err := f.Parent(); err == nil {
			f, name = parent, parent.Only()
		}
	}
	c := classify(name)
	c.sure = l == coco
	return f, []jsonFile{c}, nil
}

func isJSON(name string) bool { return strings.EqualFold(path.Ext(name), ".json") }

// jsonFiles lists the annotation files in a folder.
func jsonFiles(f *files.Folder, dir string) []jsonFile {
	entries, err := f.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && isJSON(e.Name()) {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	return annotationFiles(f, names)
}

// annotationFiles returns the files that are annotation files.
func annotationFiles(f *files.Folder, names []string) (found []jsonFile) {
	// Other formats have a JSON file for each picture. What has the name of an
	// annotation file is looked at first.
	const most = 500
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case isNamed(a) && !isNamed(b):
			return -1
		case isNamed(b) && !isNamed(a):
			return 1
		}
		return 0
	})
	for _, name := range names[:min(len(names), most)] {
		if l := looksLikeCOCO(f, name); l == coco || l == unsure && isNamed(name) {
			c := classify(name)
			c.sure = l == coco
			found = append(found, c)
		}
	}
	return found
}

// isNamed reports whether a file has the name of an annotation file, in the
// place for it. Such a file is one even if it is broken.
func isNamed(p string) bool {
	base := path.Base(p)
	if strings.HasPrefix(base, roboflowName) {
		return true
	}
	return path.Dir(p) == annotationsDir && slices.ContainsFunc(tasks, func(t string) bool { return strings.HasPrefix(base, t+"_") })
}

// plainNames are names of annotation files that name no subset. In a folder of
// their own, that is the subset.
var plainNames = []string{
	"annotations", "annotation", "annotation_coco", "annotations_coco", "_annotations.coco", "_annotations",
	"result", "results", "coco", "dataset", "data", "labels",
}

// roboflowName begins the name of the annotation file that Roboflow puts
// beside the pictures of a subset.
const roboflowName = "_annotations"

// classify reads task and subset off a path.
func classify(p string) jsonFile {
	f := jsonFile{path: p, task: taskInstances, subset: dataset.DefaultSubset}
	stem := strings.TrimSuffix(path.Base(p), path.Ext(p))
	if slices.Contains(plainNames, stem) {
		if d := path.Dir(p); d != "." && d != annotationsDir {
			f.subset = path.Base(d)
		}
		return f
	}
	for _, t := range tasks {
		if rest, ok := strings.CutPrefix(stem, t); ok && (rest == "" || rest[0] == '_') {
			f.task = t
			if len(rest) > 1 {
				f.subset = rest[1:]
			}
			return f
		}
	}
	f.subset = stem
	return f
}

// sniffed is how much of a file is looked at.
const sniffed = 256 << 10

// look is what the beginning of a file says.
type look int

const (
	other  look = iota // it is something else
	unsure             // it ends, or stops being JSON, before it says anything
	coco               // it is COCO
)

// looksLikeCOCO looks at the keys at the beginning of a JSON file.
func looksLikeCOCO(folder *files.Folder, name string) look {
	f, err := folder.OpenFile(name)
	if errors.Is(err, files.ErrLeaves) {
		return unsure // whoever opens it is told so
	}
	if err != nil {
		return other
	}
	defer f.Close()
	dec := jsontext.NewDecoder(&tolerantText{r: io.LimitReader(f, sniffed)}, jsontext.AllowDuplicateNames(true))
	if t, err := dec.ReadToken(); err != nil {
		return unsure
	} else if t.Kind() != '{' {
		return other
	}
	found := other
	for {
		t, err := dec.ReadToken()
		if err != nil {
			return max(found, unsure)
		}
		if t.Kind() != '"' { // other tools, too, list categories and say who they are
			return min(found, unsure)
		}
		name, kind := t.String(), dec.PeekKind()
		switch {
		case kind == '[' && (name == "images" || name == "annotations"):
			return looksLikeRecords(dec, name)
		case name == "categories" && kind == '[', name == "licenses" && kind == '[', name == "info" && kind == '{':
			found = coco
		case name == "items" || name == "dm_format_version" || name == "shapes":
			return other
		}
		if dec.SkipValue() != nil {
			return max(found, unsure)
		}
	}
}

// looksLikeRecords looks at the first record of a list.
func looksLikeRecords(dec *jsontext.Decoder, name string) look {
	if _, err := dec.ReadToken(); err != nil {
		return unsure
	}
	switch dec.PeekKind() {
	case ']':
		return coco
	case '{':
	default: // for the reader to refuse
		return unsure
	}
	if _, err := dec.ReadToken(); err != nil {
		return unsure
	}
	for dec.PeekKind() == '"' {
		t, err := dec.ReadToken()
		if err != nil {
			return unsure
		}
		if k := t.String(); k == "image_id" || name == "images" && (k == "file_name" || k == "id") {
			return coco
		}
		if dec.SkipValue() != nil {
			return unsure
		}
	}
	if dec.PeekKind() == '}' { // a record with nothing in it is for the reader to refuse
		return coco
	}
	return unsure
}

// usualDir is the folder of the pictures of a subset in the layout that the
// writer makes.
func usualDir(subset string) string { return "images/" + subset }

// pictureDirs lists the folders in which the pictures of a file may be, below
// the dataset folder: where they usually are first, then every other folder,
// those first that have the beginning of their name in common with the subset,
// as train has with train_small.
func pictureDirs(folder *files.Folder, f jsonFile) []string {
	dirs := []string{usualDir(f.subset), f.subset, path.Dir(f.path), "images", ".", "data"}
	dirs = slices.DeleteFunc(dirs, func(d string) bool {
		st, err := folder.Stat(d)
		return err != nil && !errors.Is(err, files.ErrLeaves) || err == nil && !st.IsDir()
	})
	usual := len(dirs)
	for _, parent := range []string{"images", "."} {
		entries, err := folder.ReadDir(parent)
		if err != nil {
			continue
		}
		for _, e := range entries {
			const most = 64 // a tree of thousands of folders is no layout of COCO
			isDir := e.IsDir() || e.Type()&fs.ModeSymlink != 0
			if d := path.Join(parent, e.Name()); isDir && !slices.Contains(dirs, d) && len(dirs) < most {
				dirs = append(dirs, d)
			}
		}
	}
	slices.SortStableFunc(dirs[usual:], func(a, b string) int {
		return inCommon(path.Base(b), f.subset) - inCommon(path.Base(a), f.subset)
	})
	return dirs
}

// inCommon counts the bytes at the beginning that two names share.
func inCommon(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// cleanName turns a file_name into the name of a media: below some folder,
// slash-separated. Of a URL or an absolute path that is the last element, for
// what lies elsewhere can only be found here by that. ok is false where the
// name leaves every folder, unless that is allowed.
func cleanName(raw string, external bool) (name string, ok bool) {
	name = strings.ReplaceAll(raw, `\`, "/")
	if _, rest, url := strings.Cut(name, "://"); url {
		rest, _, _ = strings.Cut(rest, "?")
		name = path.Base(rest)
	}
	if isAbsolute(name) {
		name = path.Base(name)
	}
	name = path.Clean(name)
	if external && !filepath.IsLocal(name) {
		name = path.Base(name)
	}
	return name, filepath.IsLocal(name) && name != "." && !strings.ContainsRune(name, 0)
}

func isAbsolute(name string) bool {
	return path.IsAbs(name) || len(name) > 2 && name[1] == ':' && name[2] == '/'
}
