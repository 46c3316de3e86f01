package yolo

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// guess finds the subsets from folders alone: images/ and labels/ with a folder
// for each subset in them, or a folder for each subset with these two in it,
// or label files beside the pictures.
func (l *layout) guess() {
	own := l.ownFolders()
	labels := map[place]string{}
	var order []place
	for _, t := range l.files.texts {
		at, m := placeOf(t, own)
		if isOther(t) || !l.isLabel(t, m) {
			continue
		}
		at.name = stem(at.name)
		if _, twice := labels[at]; !twice {
			labels[at] = t
			order = append(order, at)
		}
	}
	found := l.guessPictures(labels, own)
	for _, at := range order {
		if t, left := labels[at]; left {
			found = append(found, guessed{at, entry{name: at.name, label: t}})
		}
	}
	slices.SortStableFunc(found, func(a, b guessed) int {
		if d := cmp.Compare(subsetRank(a.subset), subsetRank(b.subset)); d != 0 {
			return d
		}
		return strings.Compare(a.subset, b.subset)
	})
	for _, g := range found {
		l.add(l.part(g.subset), g.entry)
	}
}

// guessed is an entry with its subset.
type guessed struct {
	place
	entry entry
}

// guessPictures pairs the pictures with label files, which it takes out of
// labels. A picture in no subset may be of any that has its label file.
func (l *layout) guessPictures(labels map[place]string, own func(string) bool) (found []guessed) {
	byName := map[string][]place{}
	for at := range labels {
		byName[at.name] = append(byName[at.name], at)
	}
	used := map[place]bool{}
	for _, p := range l.files.pictures {
		at, _ := placeOf(p, own)
		key := place{at.subset, stem(at.name)}
		if _, ok := labels[key]; !ok && at.subset == "" && len(byName[key.name]) == 1 {
			key = byName[key.name][0]
			at.subset = key.subset
		}
		e := entry{name: at.name, picture: p, listed: p, label: labels[key]}
		used[key] = true
		found = append(found, guessed{at, e})
	}
	for key := range used {
		delete(labels, key)
	}
	return found
}

// isLabel reports whether a text file is a label file: by its folder, or since
// a picture of its name lies beside it, or where there are no pictures at all.
func (l *layout) isLabel(name string, m mark) bool {
	if m == labelIn || m == bothIn {
		return true
	}
	if len(l.files.pictures) == 0 {
		return m == noMark
	}
	without := stem(name)
	i, _ := slices.BinarySearch(l.files.pictures, without+".")
	return i < len(l.files.pictures) && strings.HasPrefix(l.files.pictures[i], without+".")
}

// ownFolders returns whether a folder with images/ or labels/ in it is a
// subset: where there are several of them beside each other.
func (l *layout) ownFolders() func(string) bool {
	count := map[string]map[string]bool{}
	for dir := range l.files.dirs {
		if m := markOf(path.Base(dir)); m != pictureIn && m != labelIn {
			continue
		}
		holder := path.Dir(dir)
		if holder == "." {
			continue
		}
		above := path.Dir(holder)
		if count[above] == nil {
			count[above] = map[string]bool{}
		}
		count[above][path.Base(holder)] = true
	}
	own := map[string]bool{}
	for _, holders := range count {
		for h := range holders {
			own[h] = own[h] || len(holders) > 1
		}
	}
	return func(dir string) bool { return own[dir] }
}
