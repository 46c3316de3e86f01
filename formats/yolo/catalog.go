package yolo

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/internal/imagesize"
)

// deepest bounds folders in folders, so that links which go round in circles
// come to an end.
const deepest = 32

// catalog knows the names of all files of a dataset that can matter.
type catalog struct {
	pictures []string // sorted
	texts    []string // *.txt, sorted
	configs  []string // *.yaml, *.yml, *.data, *.names, upper folders first
	files    map[string]bool
	dirs     map[string]bool
}

// look lists the folder with all folders in it.
func look(ctx context.Context, f *files.Folder) (*catalog, error) {
	c := &catalog{files: map[string]bool{}, dirs: map[string]bool{".": true}}
	if err := c.walk(ctx, f, ".", 0); err != nil {
		return nil, err
	}
	slices.Sort(c.pictures)
	slices.Sort(c.texts)
	slices.SortFunc(c.configs, upperFirst)
	return c, nil
}

func upperFirst(a, b string) int {
	if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

func (c *catalog) walk(ctx context.Context, f *files.Folder, dir string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := f.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if !isFolder(f, name, e) {
			c.add(name)
			continue
		}
		c.dirs[name] = true
		if depth < deepest {
			if err := c.walk(ctx, f, name, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func isFolder(f *files.Folder, name string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	return f.HasDir(name)
}

func (c *catalog) add(name string) {
	switch ext := strings.ToLower(path.Ext(name)); {
	case ext == ".txt":
		c.texts = append(c.texts, name)
	case ext == ".yaml" || ext == ".yml" || ext == ".data" || ext == ".names":
		c.configs = append(c.configs, name)
	case imagesize.IsImage(name):
		c.pictures = append(c.pictures, name)
	case path.Base(name) != metaName:
		return
	}
	c.files[name] = true
}

// under returns those of a sorted list of paths that lie in a folder.
func under(list []string, dir string) []string {
	if dir == "." {
		return list
	}
	from, _ := slices.BinarySearch(list, dir+"/")
	to, _ := slices.BinarySearch(list, dir+"0") // '0' comes after '/'
	return list[from:to]
}

// find returns the file or folder that a path in a configuration means, by has.
// Paths are written for another folder, or another machine, more often than
// not; so the first end of the path counts that is there, below one of bases.
func find(has map[string]bool, name string, bases ...string) (string, bool) {
	name = strings.TrimPrefix(path.Clean("/"+strings.TrimSpace(name)), "/")
	if strings.ContainsAny(name, `\:`) {
		if has[name] {
			return name, true
		}
		name = plainPath(name)
	}
	for {
		for _, base := range bases {
			if p := path.Join(base, name); has[p] {
				return p, true
			}
		}
		_, rest, more := strings.Cut(name, "/")
		if !more {
			return "", false
		}
		name = rest
	}
}

// plainPath turns a path of any system into slashes, without its root and
// without leading "..".
func plainPath(name string) string {
	name = strings.ReplaceAll(strings.TrimSpace(name), `\`, "/")
	if len(name) > 1 && name[1] == ':' {
		name = name[2:]
	}
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

// stem returns a path without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }
