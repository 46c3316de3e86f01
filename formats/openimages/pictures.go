package openimages

import (
	"cmp"
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/internal/imagesize"
)

// pictures are the picture files of a dataset: 16 bytes for each.
type pictures struct {
	folder *files.Folder
	hash   hasher
	roots  []root
	exts   []string
	list   []picture // by hash, root and extension
}

// root is a folder with the pictures of one subset; subset is empty where those
// of all lie together.
type root struct {
	dir, subset string
	flat        bool // folders in it are roots of their own, or something else
	mixed       bool // it may have folders with something else
}

// picture is a file: root/id+extension.
type picture struct {
	hash uint64 // of the id
	root uint32
	ext  uint32
}

// noPictures are folders at the top that hold no pictures of items.
var noPictures = []string{annotationsDir, masksDir, "metadata", "labels", "segmentations"}

// findRoots finds the folders of pictures.
func findRoots(f *files.Folder) (roots []root, err error) {
	top, dir := ".", imagesDir
	if !f.HasDir(imagesDir) {
		dir = "."
	}
	entries, err := f.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	roots = []root{{dir: dir, flat: true}}
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() || dir == top && (slices.Contains(noPictures, name) || strings.Contains(name, "masks")) {
			continue
		}
		sub := path.Join(dir, name)
		if f.HasDir(path.Join(sub, "data")) {
			sub = path.Join(sub, "data")
		}
		roots = append(roots, root{dir: sub, subset: name, mixed: dir == top})
	}
	return roots, nil
}

// findPictures lists all picture files.
func findPictures(ctx context.Context, f *files.Folder, h hasher) (*pictures, error) {
	roots, err := findRoots(f)
	if err != nil {
		return nil, err
	}
	p := &pictures{folder: f, hash: h, roots: roots}
	for i := range roots {
		err := p.walk(ctx, i, func(id, ext string) bool {
			k := slices.Index(p.exts, ext)
			if k < 0 {
				k = len(p.exts)
				p.exts = append(p.exts, ext)
			}
			p.list = append(p.list, picture{h.id(id), uint32(i), uint32(k)})
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(p.list, func(a, b picture) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.root, b.root), cmp.Compare(p.exts[a.ext], p.exts[b.ext]))
	})
	return p, nil
}

// walk calls f for each picture of a root, until it returns false.
func (p *pictures) walk(ctx context.Context, number int, f func(id, ext string) (more bool)) error {
	r := p.roots[number]
	more := true
	var dir func(name string) error
	dir = func(name string) error {
		entries, err := p.folder.ReadDir(name)
		if err == nil {
			err = ctx.Err()
		}
		for i := 0; more && err == nil && i < len(entries); i++ {
			e := entries[i]
			at := path.Join(name, e.Name())
			switch {
			case e.IsDir():
				if !r.flat && !(r.mixed && slices.Contains(noPictures, e.Name())) {
					err = dir(at)
				}
			case imagesize.IsImage(at) && (e.Type()&fs.ModeSymlink == 0 || !p.folder.HasDir(at)):
				if r.dir != "." {
					at = strings.TrimPrefix(at, r.dir+"/")
				}
				ext := path.Ext(at)
				more = f(strings.TrimSuffix(at, ext), ext)
			}
		}
		return err
	}
	return dir(r.dir)
}

// find returns the file of an image: in the folder of its subset, else in that
// of all, else in another.
func (p *pictures) find(subset, id string) (file picture, ok bool) {
	h := p.hash.id(id)
	from, ok := slices.BinarySearchFunc(p.list, h, func(x picture, h uint64) int { return cmp.Compare(x.hash, h) })
	if !ok {
		return picture{}, false
	}
	best := -1
	for i := from; i < len(p.list) && p.list[i].hash == h; i++ {
		rank := 0
		switch p.roots[p.list[i].root].subset {
		case subset:
			rank = 2
		case "":
			rank = 1
		}
		if rank > best {
			best, file = rank, p.list[i]
		}
	}
	return file, true
}

// path returns where a file is.
func (p *pictures) path(file picture, id string) string {
	return path.Join(p.roots[file.root].dir, id+p.exts[file.ext])
}
