package yolo

import (
	"path"
	"slices"
	"strings"
)

// validation are names of the subset that Darknet wants to be called valid and
// Ultralytics val.
var validation = []string{"val", "valid", "validation"}

// subsets reads the subsets that a configuration names. fixed is the key that
// the training tool wants of the subset to validate with: where its list or
// folder is called by another word for it, that is the name.
func (l *layout) subsets(keys []listed, fixed string) error {
	for _, k := range keys {
		p := l.part(subsetOf(k, fixed))
		for _, value := range k.values {
			if err := l.subset(p, value); err != nil {
				return err
			}
		}
	}
	l.listMissing()
	if l.entries() > 0 {
		return nil
	}
	empty := l.parts
	l.parts = nil
	l.guess()
	if l.entries() == 0 {
		l.parts = empty
	}
	return nil
}

func subsetOf(k listed, fixed string) string {
	if k.key != fixed || len(k.values) == 0 {
		return k.key
	}
	dirs := strings.Split(stem(plainPath(k.values[0])), "/")
	for _, d := range slices.Backward(dirs) {
		if slices.Contains(validation, d) {
			return d
		}
		if d != "images" {
			break
		}
	}
	return k.key
}

func (l *layout) entries() int {
	n := 0
	for _, p := range l.parts {
		n += len(p.entries)
	}
	return n
}

// subset reads a folder of pictures or a list of them.
func (l *layout) subset(p *part, value string) error {
	bases := []string{path.Join(path.Dir(l.config), plainPath(l.yaml.path)), path.Dir(l.config), "."}
	if l.yaml.path == "" {
		bases = bases[1:]
	}
	if list, ok := find(l.files.files, value, bases...); ok && strings.EqualFold(path.Ext(list), ".txt") {
		return l.list(p, list)
	}
	if dir, ok := find(l.files.dirs, path.Join(plainPath(l.yaml.path), plainPath(value)), bases...); ok {
		l.directory(p, dir)
		return nil
	}
	if plain := plainPath(value); plain == "" || plain == "." {
		l.directory(p, path.Dir(l.config))
		return nil
	}
	if l.withoutPictures(p, plainPath(value), bases) {
		return nil
	}
	l.notes.Add("folders or lists of subsets that are not there", l.config+": "+value, 1)
	return nil
}

// withoutPictures reads a folder of pictures that is not there, by the label
// files that would belong to them or by images.meta.
func (l *layout) withoutPictures(p *part, dir string, bases []string) bool {
	for _, base := range bases {
		for _, labels := range labelDirs(path.Join(base, dir)) {
			if l.files.dirs[labels] {
				l.directory(p, path.Join(base, dir))
				return true
			}
		}
	}
	return slices.ContainsFunc(l.metas, func(name string) bool { return strings.HasPrefix(name, dir+"/") })
}

// list reads a list of pictures, one a line.
func (l *layout) list(p *part, name string) error {
	text, err := l.read(name, l.most)
	if err != nil {
		return err
	}
	bases := slices.Compact([]string{path.Dir(name), path.Dir(l.config), "."})
	var found []entry
	for _, raw := range textLines(text) {
		if raw == "" {
			continue
		}
		e := entry{listed: plainPath(raw)}
		file, ok := find(l.files.files, raw, bases...)
		switch {
		case ok && strings.EqualFold(path.Ext(raw), ".txt"):
			e.label = file // of a picture that is not known
		case ok:
			e.picture, e.listed, e.label = file, file, l.label(file)
		default:
			e.label = l.labelOfMissing(e.listed, bases)
		}
		found = append(found, e)
	}
	common := commonFolder(found)
	for _, e := range found {
		e.name = mediaName(e.listed, p.name, common)
		if strings.EqualFold(path.Ext(e.listed), ".txt") {
			e.name, e.listed = stem(e.name), ""
		} else if e.picture == "" {
			l.notes.Add("pictures that are listed and not there", p.name+"/"+e.name, 1)
		}
		l.add(p, e)
	}
	return nil
}

func (l *layout) labelOfMissing(picture string, bases []string) string {
	for _, p := range labelPaths(picture) {
		if label, ok := find(l.files.files, p, bases...); ok && !isOther(label) {
			return label
		}
	}
	return ""
}

// commonFolder returns the folder in which all entries lie.
func commonFolder(list []entry) string {
	common := ""
	for i, e := range list {
		dir := path.Dir(e.listed) + "/"
		if i == 0 {
			common = dir
		}
		for !strings.HasPrefix(dir, common) {
			common = common[:strings.LastIndex(strings.TrimSuffix(common, "/"), "/")+1]
		}
	}
	return common
}

// mediaName returns the name of a listed picture: its path in images/ or
// obj_<subset>_data/, or in the folder that all of the list are in.
func mediaName(name, subset, common string) string {
	at, m := placeOf(name, func(dir string) bool { return dir == subset })
	if m == noMark {
		return strings.TrimPrefix(name, common)
	}
	return strings.TrimPrefix(at.name, subset+"/")
}

// directory reads a folder of pictures, with the label files that belong
// there.
func (l *layout) directory(p *part, dir string) {
	pictures := under(l.files.pictures, dir)
	inner := dir
	if sub := imagesIn(pictures, dir); sub != "" {
		inner = path.Join(dir, sub)
	}
	used := map[string]bool{}
	for _, picture := range pictures {
		e := entry{name: below(picture, inner), picture: picture, listed: picture, label: l.label(picture)}
		used[e.label] = true
		l.add(p, e)
	}
	for _, labels := range labelDirs(inner) {
		for _, label := range under(l.files.texts, labels) {
			if !used[label] && !isOther(label) && !l.isList(label) {
				used[label] = true
				l.add(p, entry{name: stem(below(label, labels)), label: label})
			}
		}
	}
}

// imagesIn returns the folder in dir that all pictures lie in, where it is
// called images.
func imagesIn(pictures []string, dir string) string {
	found := ""
	for _, p := range pictures {
		first, _, deeper := strings.Cut(below(p, dir), "/")
		if !deeper || markOf(first) != pictureIn || found != "" && first != found {
			return ""
		}
		found = first
	}
	return found
}

func below(name, dir string) string {
	if dir == "." {
		return name
	}
	return strings.TrimPrefix(name, dir+"/")
}

// labelDirs returns where the label files of the pictures in a folder are.
func labelDirs(dir string) []string {
	var out []string
	for _, p := range labelPaths(dir + "/x.jpg") {
		if path.Ext(p) == ".txt" {
			out = append(out, path.Dir(p))
		}
	}
	return out
}

// isList reports whether a text is a list of pictures that the configuration
// names.
func (l *layout) isList(name string) bool {
	for _, k := range l.yaml.subsets {
		for _, v := range k.values {
			if list, ok := find(l.files.files, v, path.Dir(l.config), "."); ok && list == name {
				return true
			}
		}
	}
	return false
}

// listMissing adds the pictures that only images.meta knows, in the way of the
// layout images/<subset>: a label file of that name gets the name of its
// picture.
func (l *layout) listMissing() {
	unnamed := map[place]*entry{}
	for _, p := range l.parts {
		for i := range p.entries {
			if e := &p.entries[i]; e.listed == "" {
				unnamed[place{p.name, e.name}] = e
			}
		}
	}
	var more []func()
	for _, name := range l.metas {
		rest, inImages := strings.CutPrefix(name, "images/")
		subset, rest, ok := strings.Cut(rest, "/")
		if !inImages || !ok || l.files.files[name] {
			continue
		}
		if e := unnamed[place{subset, stem(rest)}]; e != nil {
			e.name, e.listed = rest, name
			delete(unnamed, place{subset, stem(rest)})
		} else if i := slices.IndexFunc(l.parts, func(p *part) bool { return p.name == subset }); i >= 0 {
			more = append(more, func() { l.add(l.parts[i], entry{name: rest, listed: name}) })
		}
	}
	for _, add := range more { // last, since it moves the entries
		add()
	}
}
