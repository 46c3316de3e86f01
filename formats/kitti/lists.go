package kitti

import (
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// list is a file of ImageSets.
type list struct {
	name, file string
	ids        []string
	// union says that the list repeats others, as trainval does.
	union bool
}

func isTestPart(part string) bool { return strings.HasPrefix(path.Base(part), "test") }

// readLists reads the lists about a part, those that repeat others last. split
// says that a part of its own is for testing.
func readLists(f *files.Folder, part string, split bool, limits files.Limits) ([]list, error) {
	var lists []list
	for _, dir := range []string{path.Join(part, listDir), path.Join(path.Dir(part), listDir)} {
		if !f.HasDir(dir) {
			continue
		}
		for name, err := range f.Walk(dir, true) {
			if err != nil {
				return nil, formats.At(f, formatName, path.Join(dir, name), err)
			}
			about := !split || isTestPart(part) == strings.HasPrefix(name, "test")
			if hasExt(name, ".txt") && !strings.Contains(name, "/") && (about || dir == path.Join(part, listDir)) {
				lists = append(lists, list{name: stem(name), file: name, union: isUnion(stem(name))})
			}
		}
		for i := range lists {
			var err error
			if lists[i].ids, err = readList(f, path.Join(dir, lists[i].file), limits); err != nil {
				return nil, err
			}
		}
		break
	}
	slices.SortStableFunc(lists, func(a, b list) int {
		switch {
		case a.union == b.union:
			return 0
		case b.union:
			return -1
		}
		return 1
	})
	return lists, nil
}

func isUnion(name string) bool { return name == "trainval" || name == "all" || name == "full" }

func readList(f *files.Folder, name string, limits files.Limits) ([]string, error) {
	text, err := f.ReadFile(name, limits.RecordBytes)
	if err != nil {
		return nil, formats.At(f, formatName, name, err)
	}
	var ids []string
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		id := strings.TrimSpace(line)
		if imagesize.IsImage(id) || hasExt(id, ".txt") {
			id = stem(id)
		}
		if id != "" && id[0] != '#' {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
