package yolo

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// layout is what a folder holds: where pictures and label files are, and what
// classes there are.
type layout struct {
	folder  *files.Folder
	format  string // for errors
	only    string // the one file that was asked for, below folder
	most    int64  // bytes of a file read whole
	files   *catalog
	config  string // path of data.yaml, obj.data or the list of names, empty without
	yaml    dataYAML
	classes []class // nil where nothing names or counts them
	parts   []*part
	sizes   sizes
	metas   []string // the names in images.meta, in order
	notes   formats.Loss
}

// part is a subset.
type part struct {
	name    string
	entries []entry
	index   map[string]string // names of the entries and what is called so, while they are collected
	shared  map[string]bool   // label files, while entries are collected
}

// entry is a picture with its label file; one of the two may not be there.
type entry struct {
	name string // below the folder of the subset; without extension where only the label file is known
	// picture and label are paths, empty where there is none. listed is the
	// path of a picture that is not there.
	picture, label, listed string
	size                   size
}

// newLayout finds what is in a folder. format decides which of two
// configurations counts.
func newLayout(ctx context.Context, f *files.Folder, format string, o *formats.ImportOptions) (*layout, error) {
	l := &layout{folder: f, format: format, only: f.Only(), most: o.Limits.WithDefaults().RecordBytes}
	var err error
	if l.files, err = look(ctx, f); err != nil {
		return nil, formats.At(f, format, ".", err)
	}
	if l.sizes, l.metas, err = readMeta(f, l.most); err != nil {
		return nil, formats.At(f, format, metaName, err)
	}
	if err := l.configure(ctx); err != nil {
		return nil, err
	}
	if l.only == "" {
		l.countUnread()
	}
	return l, nil
}

// countUnread counts the pictures that no subset has.
func (l *layout) countUnread() {
	read := map[string]bool{}
	for _, p := range l.parts {
		for _, e := range p.entries {
			read[e.picture] = true
		}
	}
	for _, name := range l.files.pictures {
		if !read[name] {
			l.notes.Add("pictures that no subset names, not read", name, 1)
		}
	}
}

// configure takes the first configuration that there is.
func (l *layout) configure(ctx context.Context) error {
	if l.only != "" && strings.EqualFold(path.Ext(l.only), ".txt") && !isOther(l.only) {
		return l.single(l.only)
	}
	steps := []func() (bool, error){l.useDarknet, l.useYAML}
	if l.format == ultralyticsName {
		slices.Reverse(steps)
	}
	for _, step := range append(steps, l.useNames) {
		if used, err := step(); used || err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if l.only == "" {
		l.guess()
	}
	return nil
}

// candidates returns configurations with one of some extensions, the only one
// that was asked for or all, the usual name and upper folders first.
func (l *layout) candidates(usual string, exts ...string) []string {
	var out []string
	for _, name := range l.files.configs {
		if slices.Contains(exts, strings.ToLower(path.Ext(name))) && (l.only == "" || l.only == name) {
			out = append(out, name)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int {
		x, y := strings.EqualFold(path.Base(a), usual), strings.EqualFold(path.Base(b), usual)
		switch {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return out
}

// maxConfig bounds a configuration, which is a page or a list of classes.
const maxConfig = 16 << 20

func (l *layout) read(name string, most int64) ([]byte, error) {
	text, err := l.folder.ReadFile(name, min(most, l.most))
	return text, formats.At(l.folder, l.format, name, err)
}

// useDarknet reads obj.data and what it names.
func (l *layout) useDarknet() (bool, error) {
	for _, name := range l.candidates("obj.data", ".data") {
		text, err := l.read(name, maxConfig)
		if err != nil {
			return false, err
		}
		d, ok := parseDarknet(text)
		if !ok {
			continue
		}
		l.config = name
		if list, ok := find(l.files.files, d.names, path.Dir(name), "."); ok && d.names != "" {
			if err := l.readNames(list); err != nil {
				return true, err
			}
		} else if d.names != "" {
			l.notes.Add("lists of classes or pictures that are named and not there", name+": "+d.names, 1)
		}
		return true, l.subsets(d.subsets, "valid")
	}
	return false, nil
}

// useYAML reads data.yaml. One that names no subset serves where no other
// does.
func (l *layout) useYAML() (bool, error) {
	names := l.candidates("data.yaml", ".yaml", ".yml")
	for _, complete := range []bool{true, false} {
		for _, name := range names {
			text, err := l.read(name, maxConfig)
			if err != nil {
				return false, err
			}
			y, ok, err := parseYAML(text, l.there(path.Dir(name)))
			if err != nil && (ok || l.only == name || strings.EqualFold(path.Base(name), "data.yaml")) {
				return false, l.placed(name, err)
			}
			if err == nil && ok && (len(y.subsets) > 0) == complete {
				return true, l.takeYAML(name, y)
			}
		}
	}
	return false, nil
}

func (l *layout) takeYAML(name string, y dataYAML) error {
	l.config, l.yaml, l.classes = name, y, y.classes
	if y.count >= 0 && y.count != len(y.classes) {
		l.notes.Add("data.yaml files whose nc is not the number of names", name, 1)
	}
	if y.unnamed {
		l.notes.Add("classes without names, called by their numbers", name, len(y.classes))
	}
	if p := plainPath(y.path); p != "" && !l.isBase(name, p) {
		l.notes.Add("data.yaml files whose path is not in the dataset, ignored", name+": "+y.path, 1)
	}
	return l.subsets(y.subsets, "val")
}

// isBase reports whether the path in a data.yaml is the folder of the dataset
// or one in it.
func (l *layout) isBase(config, p string) bool {
	return l.files.dirs[path.Join(path.Dir(config), p)] || path.Base(p) == l.folder.Base()
}

// there returns whether a path in a configuration is in the dataset.
func (l *layout) there(dir string) func(string) bool {
	return func(p string) bool {
		if path.Ext(p) == ".txt" {
			_, ok := find(l.files.files, p, dir, ".")
			return ok
		}
		p = plainPath(p)
		return p != "" && (l.files.dirs[path.Join(dir, p)] || l.files.dirs[p]) && strings.Contains(p, "/")
	}
}

// placed gives an error its file.
func (l *layout) placed(name string, err error) error {
	e, ok := err.(*formats.Error)
	if !ok {
		e = &formats.Error{Err: err}
	}
	e.Format, e.Path = l.format, l.folder.Path(name)
	return e
}

// useNames reads a list of classes.
func (l *layout) useNames() (bool, error) {
	lists := l.candidates("obj.names", ".names")
	texts := slices.Clone(l.files.texts)
	slices.SortFunc(texts, upperFirst)
	for _, t := range texts {
		if strings.EqualFold(path.Base(t), "classes.txt") && (l.only == "" || l.only == t) {
			lists = append(lists, t)
		}
	}
	if len(lists) == 0 {
		return false, nil
	}
	if err := l.readNames(lists[0]); err != nil {
		return false, err
	}
	l.config = lists[0]
	l.guess()
	return true, nil
}

func (l *layout) readNames(name string) error {
	text, err := l.read(name, maxConfig)
	if err != nil {
		return err
	}
	l.classes = []class{}
	for id, n := range parseNames(text, name, &l.notes) {
		l.classes = append(l.classes, class{id, n})
	}
	return nil
}

// part returns the subset called name, made on first use.
func (l *layout) part(name string) *part {
	if name == "" {
		name = dataset.DefaultSubset
	}
	for _, p := range l.parts {
		if p.name == name {
			return p
		}
	}
	p := &part{name: name, index: map[string]string{}, shared: map[string]bool{}}
	l.parts = append(l.parts, p)
	return p
}

// add adds an entry to a subset, once.
func (l *layout) add(p *part, e entry) {
	where := cmp.Or(e.picture, e.label, e.listed)
	if first, again := p.index[e.name]; again {
		if first == where {
			l.notes.Add("pictures named twice in a subset, read once", p.name+"/"+e.name, 1)
			return
		}
		e.name = p.ownName(e.name, where)
		l.notes.Add("pictures of several folders with the same name, given that of the folder too", p.name+"/"+e.name, 1)
	}
	p.index[e.name] = where
	if e.label != "" {
		if p.shared[e.label] {
			l.notes.Add("pictures that share a label file with another, each given all of its annotations", p.name+"/"+e.name, 1)
		}
		p.shared[e.label] = true
	}
	p.entries = append(p.entries, e)
}

// ownName puts folders before a name that another file of the subset has.
func (p *part) ownName(name, where string) string {
	for dir := path.Dir(where); dir != "."; dir = path.Dir(dir) {
		name = path.Join(path.Base(dir), name)
		if _, taken := p.index[name]; !taken {
			break
		}
	}
	return name
}

// label returns the label file of a picture, empty where there is none.
func (l *layout) label(picture string) string {
	for _, p := range labelPaths(picture) {
		if l.files.files[p] && !isOther(p) {
			return p
		}
	}
	return ""
}
