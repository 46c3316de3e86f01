package voc

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
)

// The folders that are written. They are read in any case of letters.
const (
	annotationsDir = "Annotations"
	picturesDir    = "JPEGImages"
	setsDir        = "ImageSets"
	classDir       = "SegmentationClass"
	objectDir      = "SegmentationObject"
	labelMapFile   = "labelmap.txt"
)

// The lists of a subset, by the task that they are for.
const (
	taskMain         = "Main"
	taskSegmentation = "Segmentation"
	taskLayout       = "Layout"
	taskAction       = "Action"
)

var tasks = []string{taskMain, taskSegmentation, taskLayout, taskAction}

var (
	annotationsNames = []string{"annotations", "annotation", "xml", "xmls"}
	picturesNames    = []string{"jpegimages", "images", "image", "imgs", "img", "pictures", "photos"}
	setsNames        = []string{"imagesets"}
	classNames       = []string{"segmentationclass"}
	objectNames      = []string{"segmentationobject"}
	labelMapNames    = []string{"labelmap.txt", "label_map.txt"}
)

// splitName matches folders that are subsets.
var splitName = regexp.MustCompile(`(?i)^(train|training|val|valid|validation|test|testing|trainval|dev|eval)([-_ ]?[0-9]{1,4})?$`)

// source is the folder of a dataset: the one that was given, or the one above
// where that is a folder of XML files.
type source struct {
	*files.Folder
	only  string // the one XML file to read, empty for all
	owned *files.Folder
}

// locate finds the folder of a dataset.
func locate(f *files.Folder) source {
	s := source{Folder: f, only: f.Only()}
	if !slices.Contains(annotationsNames, strings.ToLower(f.Base())) {
		return s
	}
	parent, name, err := f.Parent()
	if err != nil {
		return s
	}
	if !findRoles(parent, ".", foldersIn(parent, ".")).speak(name) {
		parent.Close()
		return s
	}
	return source{Folder: parent, only: parent.Only(), owned: parent}
}

// Close closes the folder above, if that was opened.
func (s *source) Close() error {
	if s.owned == nil {
		return nil
	}
	return s.owned.Close()
}

// roles are the folders of a dataset, by what is in them; empty where there is
// none.
type roles struct {
	annotations, pictures, sets, class, object string
}

// findRoles finds the folders in dir that VOC has, among names.
func findRoles(f *files.Folder, dir string, names []string) (r roles) {
	for _, known := range []struct {
		names []string
		to    *string
	}{
		{annotationsNames, &r.annotations}, {picturesNames, &r.pictures}, {setsNames, &r.sets},
		{classNames, &r.class}, {objectNames, &r.object},
	} {
		*known.to = pick(f, dir, names, known.names)
	}
	return r
}

// foldersIn lists the names in dir that may be those of folders.
func foldersIn(f *files.Folder, dir string) (names []string) {
	entries, _ := f.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 {
			names = append(names, e.Name())
		}
	}
	return names
}

// pick returns the folder that has the earliest of the known names.
func pick(f *files.Folder, dir string, names, known []string) string {
	for _, k := range known {
		for _, n := range names {
			if p := path.Join(dir, n); strings.ToLower(n) == k && isFolder(f, p) {
				return p
			}
		}
	}
	return ""
}

// isFolder takes a link that leads out of the dataset for a folder, so that
// reading it says so.
func isFolder(f *files.Folder, p string) bool {
	st, err := f.Stat(p)
	return err == nil && st.IsDir() || errors.Is(err, files.ErrLeaves)
}

// speak tells whether the folder around one of annotations is a dataset: there
// are pictures or lists beside it.
func (r roles) speak(name string) bool {
	return path.Base(r.annotations) == name && (r.pictures != "" || r.sets != "")
}

// part is a folder that is a VOC dataset in itself: a year of the challenges, a
// subset, or all.
type part struct {
	dir    string
	subset string // of all its items, empty where lists or folders tell
	roles
	index
	lists []*list
	classes
}

// newPart looks into the listing of the folder, which has links that lead out of
// the dataset among its files.
func newPart(f *files.Folder, dir, subset string) *part {
	names := f.List().Dirs(dir)
	names = append(slices.Clone(names), f.List().Files(dir, "")...)
	return &part{dir: dir, subset: subset, roles: findRoles(f, dir, names)}
}

// maxNesting bounds how deep below the folder a dataset is looked for.
const maxNesting = 3

// findParts finds the datasets in a folder; beside are folders that are none.
func findParts(f *files.Folder) (parts []*part, beside []string) {
	if parts, beside = partsIn(f, ".", 0); parts != nil {
		return parts, beside
	}
	return []*part{newPart(f, ".", "")}, nil
}

func partsIn(f *files.Folder, dir string, depth int) (parts []*part, beside []string) {
	p := newPart(f, dir, "")
	if p.sets != "" || p.class != "" || p.annotations != "" && holdsVOC(f, p.annotations) {
		return []*part{p}, nil
	}
	if len(f.List().Files(dir, ".xml")) > 0 || depth == maxNesting {
		return nil, nil
	}
	subs := f.List().Dirs(dir)
	for _, sub := range subs {
		p := path.Join(dir, sub)
		if splitName.MatchString(sub) && holdsVOC(f, p) {
			parts = append(parts, newPart(f, p, sub))
		} else {
			beside = append(beside, p)
		}
	}
	if parts != nil {
		return parts, beside
	}
	beside = nil
	for _, sub := range subs {
		p := path.Join(dir, sub)
		inside, others := partsIn(f, p, depth+1)
		if inside == nil {
			others = []string{p}
		}
		parts, beside = append(parts, inside...), append(beside, others...)
	}
	return parts, beside
}

// holdsVOC reports whether there is an XML file of VOC in a folder or below it,
// as far as a look into a few tells.
func holdsVOC(f *files.Folder, dir string) bool {
	var xmls []string
	l := f.List()
	for _, d := range l.Folders() {
		if d != dir && !strings.HasPrefix(d, dir+"/") {
			continue
		}
		for _, name := range l.Files(d, ".xml") {
			xmls = append(xmls, path.Join(d, name))
		}
	}
	return slices.ContainsFunc(spread(xmls), func(x string) bool {
		text, err := head(f, x)
		if err != nil {
			return true // reading it will say why
		}
		why := sniff(text)
		return why == "" || strings.Contains(why, "LabelMe")
	})
}

// findLabelMap returns the label map of a part: its own, or that of a folder
// above.
func findLabelMap(f *files.Folder, dir string) string {
	for {
		entries, _ := f.ReadDir(dir)
		for _, n := range labelMapNames {
			for _, e := range entries {
				if strings.EqualFold(e.Name(), n) && !e.IsDir() {
					return path.Join(dir, e.Name())
				}
			}
		}
		if dir == "." {
			return ""
		}
		dir = path.Dir(dir)
	}
}

// at gives an error its place in a file of the dataset.
func at(f *files.Folder, name, item string, err error) error {
	if err == nil {
		return nil
	}
	var inText *placeError
	var placed *formats.Error
	if errors.As(err, &placed) {
		return err
	}
	err = formats.At(f, formatName, name, err)
	if errors.As(err, &placed) {
		placed.Item = item
		if errors.As(err, &inText) {
			placed.Line = inText.line()
		}
	}
	return err
}
