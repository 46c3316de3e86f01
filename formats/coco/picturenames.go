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

func newPictureNames() *pictureNames {
	return &pictureNames{seed: maphash.MakeSeed(), dirs: map[string]*folderNames{}}
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

// pictureName is what is looked for in folders, one after the other.
type pictureName struct {
	dir         string // what comes before the name, with its slash
	hash, lower uint64 // of the name itself, and in lower case
	odd         bool   // it is not listed, or may be known by another name
}

func (p *pictureNames) name(name string) pictureName {
	dir, base := path.Split(name)
	n := pictureName{dir: dir, odd: base == "" || base[0] == '.' || strings.Contains(base, "~") || !isASCII(base)}
	n.hash = maphash.String(p.seed, base)
	n.lower = n.hash
	if lower := strings.ToLower(base); lower != base {
		n.lower = maphash.String(p.seed, lower)
	}
	return n
}

// look says whether a folder of f has a file.
func (p *pictureNames) look(f *files.Folder, dir string, name *pictureName) presence {
	if name.odd {
		return maybe
	}
	if name.dir != "" {
		dir = path.Join(dir, name.dir)
	}
	p.mu.Lock()
	d := p.dirs[dir]
	if d == nil && len(p.dirs) < maxFolders {
		d = &folderNames{}
		p.dirs[dir] = d
	}
	p.mu.Unlock()
	if d == nil {
		return maybe
	}
	d.once.Do(func() { d.list(f, dir, p.seed) })
	return d.look(name)
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

func (d *folderNames) look(name *pictureName) presence {
	switch {
	case d.unknown:
		return maybe
	case d.gone || len(d.files)+len(d.unsure) == 0:
		return absent
	}
	if _, ok := d.files[name.hash]; ok {
		return present
	}
	for _, h := range [...]uint64{name.hash, name.lower} {
		_, file := d.files[h]
		if _, other := d.unsure[h]; file || other {
			return maybe
		}
	}
	return absent
}
