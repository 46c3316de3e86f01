package coco

import (
	"errors"
	"hash/maphash"
	"io/fs"
	"path"
	"strings"
	"sync"
	"unicode/utf8"

	"datum/files"
)

// pictureNames answers whether there is a picture from the listings of the
// folders, a few bytes a name, since asking the system about each picture takes
// longer than reading all that is said about it.
type pictureNames struct {
	mu   sync.Mutex
	seed maphash.Seed
	dirs map[string]*folderNames
}

// folderNames are the names in a folder.
type folderNames struct {
	once sync.Once
	// files has the hashes of the names of regular files. unsure has those of
	// everything else, and of names in lower case: whether the file system
	// tells upper and lower case apart is not known.
	files, unsure map[uint64]struct{}
	// unknown says that the folder could not be listed, gone that there is
	// none.
	unknown, gone bool
}

// presence says whether there is a file.
type presence int

const (
	absent presence = iota
	present
	maybe // the system has to be asked
)

// maxFolders bounds the folders that are listed.
const maxFolders = 256

// look says whether a folder of f has a file.
func (p *pictureNames) look(f *files.Folder, dir, name string) presence {
	sub, base := path.Split(name)
	if sub != "" {
		dir = path.Join(dir, sub)
	}
	if base == "" || base[0] == '.' || strings.Contains(base, "~") || !isASCII(base) {
		return maybe // not listed, or known by more than one name
	}
	p.mu.Lock()
	d := p.dirs[dir]
	if d == nil && len(p.dirs) < maxFolders {
		if p.dirs == nil {
			p.dirs, p.seed = map[string]*folderNames{}, maphash.MakeSeed()
		}
		d = &folderNames{}
		p.dirs[dir] = d
	}
	p.mu.Unlock()
	if d == nil {
		return maybe
	}
	d.once.Do(func() { d.list(f, dir, p.seed) })
	return d.look(base, p.seed)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (d *folderNames) list(f *files.Folder, dir string, seed maphash.Seed) {
	entries, err := f.ReadDir(dir)
	if d.gone = errors.Is(err, fs.ErrNotExist); err != nil {
		d.unknown = !d.gone
		return
	}
	d.files, d.unsure = make(map[uint64]struct{}, len(entries)), map[uint64]struct{}{}
	for _, e := range entries {
		name := e.Name()
		if e.Type().IsRegular() {
			d.files[maphash.String(seed, name)] = struct{}{}
		} else {
			d.unsure[maphash.String(seed, name)] = struct{}{}
		}
		if lower := strings.ToLower(name); lower != name {
			d.unsure[maphash.String(seed, lower)] = struct{}{}
		}
	}
}

func (d *folderNames) look(name string, seed maphash.Seed) presence {
	switch {
	case d.unknown:
		return maybe
	case d.gone || len(d.files)+len(d.unsure) == 0:
		return absent
	}
	if _, ok := d.files[maphash.String(seed, name)]; ok {
		return present
	}
	lower := maphash.String(seed, strings.ToLower(name))
	_, file := d.files[lower]
	if _, other := d.unsure[lower]; file || other {
		return maybe
	}
	if _, other := d.unsure[maphash.String(seed, name)]; other {
		return maybe
	}
	return absent
}
