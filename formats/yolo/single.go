package yolo

import (
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// home returns the folder of the dataset that a single text file lies in: that
// above labels/ or obj_train_data/, and above the folder of a subset. It is f
// itself where there is none of them. close closes what was opened for it.
func home(f *files.Folder) (found *files.Folder, close func() error) {
	found, close = f, func() error { return nil }
	if only := f.Only(); !strings.EqualFold(path.Ext(only), ".txt") || isOther(only) {
		return found, close
	}
	const highest = 4
	opened := []*files.Folder{}
	up := f
	for range highest {
		parent, name, err := up.Parent()
		if err != nil {
			break
		}
		opened = append(opened, parent)
		if m := markOf(name); m == labelIn || m == bothIn || isSplit(name) && found != f {
			found = parent
		}
		up = parent
	}
	return found, func() (err error) {
		for _, p := range slices.Backward(opened) {
			if e := p.Close(); err == nil {
				err = e
			}
		}
		return err
	}
}

// single reads one text file: a list of pictures, which is a subset, or a
// label file.
func (l *layout) single(name string) error {
	text, err := l.read(name, l.most)
	if err != nil {
		return err
	}
	if err := l.configureAround(); err != nil {
		return err
	}
	for _, one := range textLines(text) {
		if imagesize.IsImage(one) {
			return l.list(l.part(path.Base(stem(name))), name)
		}
		if one != "" {
			break
		}
	}
	at, _ := placeOf(name, func(string) bool { return false })
	e := entry{name: stem(at.name), label: name}
	for _, p := range l.files.pictures {
		if slices.Contains(labelPaths(p), name) {
			e = entry{name: e.name + path.Ext(p), picture: p, listed: p, label: name}
			break
		}
	}
	l.add(l.part(at.subset), e)
	return nil
}

// configureAround reads what the files around a single one say of classes and
// of the task, and nothing of what they say of pictures.
func (l *layout) configureAround() error {
	l.only = ""
	for _, step := range []func() (bool, error){l.useYAML, l.useDarknet, l.useNames} {
		used, err := step()
		if err != nil {
			return err
		}
		if used {
			break
		}
	}
	l.parts, l.notes = nil, formats.Loss{}
	return nil
}
