package coco

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
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
}

// find lists the annotation files below dir, or takes the one that path names.
// dir is the dataset folder.
func find(p string) (dir string, files []jsonFile, err error) {
	st, err := os.Stat(p)
	if err != nil {
		return "", nil, err
	}
	if !st.IsDir() {
		dir, name := filepath.Split(filepath.Clean(p))
		if looksLikeCOCO(p) < maybe {
			return "", nil, nil
		}
		if base := filepath.Base(dir); base == "annotations" {
			dir, name = filepath.Dir(filepath.Clean(dir)), "annotations/"+name
		}
		if dir == "" {
			dir = "."
		}
		return dir, []jsonFile{classify(name)}, nil
	}
	for _, pattern := range []string{"annotations/*.json", "*.json", "*/*.json"} {
		found, err := fs.Glob(os.DirFS(p), pattern)
		if err != nil {
			return "", nil, err
		}
		for _, f := range found {
			look := looksLikeCOCO(filepath.Join(p, f))
			if look >= maybe || look == broken && named(f) {
				files = append(files, classify(f))
			}
		}
		if len(files) > 0 {
			break
		}
	}
	alone(files)
	slices.SortStableFunc(files, func(a, b jsonFile) int {
		if c := strings.Compare(a.subset, b.subset); c != 0 {
			return c
		}
		return slices.Index(tasks, a.task) - slices.Index(tasks, b.task)
	})
	return p, files, nil
}

// classify reads task and subset off a name.
func classify(p string) jsonFile {
	f := jsonFile{path: p, task: taskInstances}
	stem := strings.TrimSuffix(path.Base(p), ".json")
	if strings.HasPrefix(stem, "_annotations") { // Roboflow: the folder is the subset
		f.subset = dataset.DefaultSubset
		if d := path.Dir(p); d != "." {
			f.subset = path.Base(d)
		}
		return f
	}
	f.subset = stem
	for _, t := range tasks {
		if rest, ok := strings.CutPrefix(stem, t+"_"); ok && rest != "" {
			f.task, f.subset = t, rest
			break
		}
		if stem == t {
			f.task, f.subset = t, dataset.DefaultSubset
		}
	}
	return f
}

// named reports whether a file has the name of a COCO annotation file, in the
// place for them. Such a file is one, even if it is empty.
func named(p string) bool {
	if path.Dir(p) != "annotations" {
		return false
	}
	for _, t := range tasks {
		if strings.HasPrefix(path.Base(p), t+"_") {
			return true
		}
	}
	return false
}

// plainNames are names of a dataset's only file that name no subset.
var plainNames = []string{"annotations", "annotation", "result", "coco", "dataset", "data"}

func alone(files []jsonFile) {
	if len(files) == 1 && slices.Contains(plainNames, files[0].subset) {
		files[0].subset = dataset.DefaultSubset
	}
}

// certainty of a look at the beginning of a file.
type certainty int

const (
	no     certainty = iota
	broken           // it does not even begin like JSON
	maybe
	sure
)

// sniffed is how much of a file is looked at.
const sniffed = 256 << 10

// looksLikeCOCO looks at the keys at the beginning of a JSON file.
func looksLikeCOCO(p string) certainty {
	f, err := os.Open(p)
	if err != nil {
		return no
	}
	defer f.Close()
	dec := jsontext.NewDecoder(&tolerantText{r: io.LimitReader(f, sniffed)}, jsontext.AllowDuplicateNames(true))
	if t, err := dec.ReadToken(); err != nil {
		return broken
	} else if t.Kind() != '{' {
		return no
	}
	found := no
	for {
		t, err := dec.ReadToken()
		if err != nil || t.Kind() != '"' {
			return found
		}
		name := t.String() // before the next call, which voids the token
		kind := dec.PeekKind()
		switch {
		case (name == "images" || name == "annotations") && kind == '[':
			return sure
		case (name == "categories" || name == "licenses") && kind == '[', name == "info" && kind == '{':
			found = maybe
		case name == "items" || name == "dm_format_version" || name == "shapes":
			return no
		}
		if dec.SkipValue() != nil {
			return found
		}
	}
}

// imageDirs lists the folders in which the pictures of a file may be, below the
// dataset folder: where they usually are first, then every other folder.
func imageDirs(root *os.Root, f jsonFile) []string {
	dirs := []string{"images/" + f.subset, "images", f.subset, path.Dir(f.path), ".", "data"}
	for _, parent := range []string{"images", "."} {
		const most = 64 // folders looked into; a tree of thousands is no COCO layout
		entries, err := fs.ReadDir(root.FS(), parent)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if d := path.Join(parent, e.Name()); e.IsDir() && !slices.Contains(dirs, d) && len(dirs) < most {
				dirs = append(dirs, d)
			}
		}
	}
	return dirs
}

// imageFinder finds pictures by the names in the records.
type imageFinder struct {
	root *os.Root
	dirs []string
}

// find returns the path of a picture below the dataset folder, and which of
// the folders has it. Where none has, that is its most likely path.
func (f *imageFinder) find(name string) (p, dir string, err error) {
	for _, d := range f.dirs {
		_, err := f.root.Stat(path.Join(d, name))
		if err == nil {
			return path.Join(d, name), d, nil
		}
		if escapes(err) {
			return "", "", err
		}
	}
	return path.Join(f.dirs[0], name), "", nil
}

// escapes reports whether an error of os.Root says that the path leaves it.
func escapes(err error) bool {
	var p *fs.PathError
	return errors.As(err, &p) && strings.Contains(p.Err.Error(), "escapes")
}

// cleanName turns a file_name into the name of a media: below some folder,
// slash-separated. ok is false where it leaves every folder.
func cleanName(raw string) (name string, ok bool) {
	name = strings.ReplaceAll(raw, `\`, "/")
	if _, rest, url := strings.Cut(name, "://"); url {
		name = path.Base(rest)
	}
	if path.IsAbs(name) || len(name) > 1 && name[1] == ':' {
		name = path.Base(name)
	}
	name = path.Clean(name)
	return name, filepath.IsLocal(name) && name != "." && !bytes.ContainsRune([]byte(name), 0)
}
