package imagefolder

import (
	"path"
	"slices"

	"datum/dataset"
)

// kind says what a folder at the top of a dataset is.
type kind int

const (
	kindEmpty kind = iota
	kindClass
	kindSubset
	kindMasks
)

// top is a folder at the top of a dataset.
type top struct {
	name  string
	kind  kind
	dirs  []string
	stray bool // pictures lie beside the class folders of a subset
}

// tops says what each folder at the top is.
func (t *tree) tops(dirs []string) ([]top, error) {
	masks := slices.ContainsFunc(dirs, func(d string) bool { return d != maskDir && isSubsetName(d) })
	out := make([]top, 0, len(dirs))
	for _, name := range dirs {
		x := top{name: name}
		var err error
		if masks && name == maskDir {
			x.kind = kindMasks
		} else if x, err = t.top(name); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func (t *tree) top(name string) (top, error) {
	x := top{name: name}
	pictures, dirs, err := t.look(name, !isSubsetName(name))
	if err != nil {
		return x, err
	}
	x.dirs = dirs
	if pictures && !isSubsetName(name) {
		x.kind = kindClass
		return x, nil
	}
	below, err := t.holds(name, dirs)
	switch {
	case below:
		x.kind, x.stray = kindSubset, pictures
	case pictures:
		x.kind = kindClass
	}
	return x, err
}

// planImageNet finds the class folders.
func planImageNet(t *tree) error {
	defer t.finish()
	strays, dirs, err := t.look(".", false)
	if err != nil {
		return err
	}
	tops, err := t.tops(dirs)
	if err != nil {
		return err
	}
	has := func(k kind) bool { return slices.ContainsFunc(tops, func(x top) bool { return x.kind == k }) }
	classes, subsets := has(kindClass), has(kindSubset)
	t.any = strays || classes || subsets
	if strays {
		t.addStray(dataset.DefaultSubset, ".", false)
	}
	for _, x := range tops {
		switch {
		case x.kind == kindClass && subsets && isSubsetName(x.name): // without labels, as sets for tests often are
			t.subsetOf(x.name)
			t.addStray(x.name, x.name, false)
		case x.kind == kindClass, x.kind == kindEmpty && (classes || !subsets):
			t.addClasses(dataset.DefaultSubset, ".", []string{x.name}, false)
		case x.kind == kindMasks:
			t.notes.Add("folders of masks ignored", t.folder.Path(x.name), 1)
		}
	}
	for _, x := range tops {
		if x.kind == kindSubset || x.kind == kindEmpty && subsets && !classes {
			t.addSubset(x)
		}
	}
	return nil
}

// addSubset makes a folder a subset, its folders classes.
func (t *tree) addSubset(x top) {
	second := slices.ContainsFunc(t.subsets, func(s subset) bool { return s.name == x.name })
	t.subsetOf(x.name)
	if x.stray {
		t.addStray(x.name, x.name, second)
	}
	t.addClasses(x.name, x.name, x.dirs, second)
}

// planImageDir finds the folders of bare pictures.
func planImageDir(t *tree) error {
	pictures, dirs, err := t.look(".", false)
	if err != nil {
		return err
	}
	found, err := t.withPictures(dirs)
	if err != nil {
		return err
	}
	t.any = pictures || len(found) > 0
	if len(found) > 0 && !t.isNamed(found) {
		t.notes.Add("folders of pictures, read as parts of their names (the format imagenet takes them for classes)", t.folder.Path(found[0]), len(found))
	}
	if pictures || len(found) == 0 || slices.ContainsFunc(found, func(d string) bool { return !isSubsetName(d) }) {
		t.subsetOf(dataset.DefaultSubset).places = []place{{root: ".", dir: ".", deep: true}}
		return nil
	}
	for _, dir := range dirs {
		if isSubsetName(dir) {
			t.subsetOf(dir).places = []place{{root: dir, dir: dir, deep: true}}
		}
	}
	return nil
}

// isNamed reports whether all folders are subsets by their names.
func (t *tree) isNamed(dirs []string) bool {
	return !slices.ContainsFunc(dirs, func(d string) bool { return !isSubsetName(d) })
}

// withPictures returns the folders in which or below which there are pictures.
func (t *tree) withPictures(dirs []string) (found []string, err error) {
	for _, dir := range dirs {
		yes, err := t.holds(".", []string{dir})
		if err != nil {
			return nil, err
		}
		if yes {
			found = append(found, path.Clean(dir))
		}
	}
	return found, nil
}
