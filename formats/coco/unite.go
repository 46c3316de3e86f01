package coco

import (
	"hash/maphash"
	"path"
	"slices"
	"strconv"
)

// listedImages are the images that a file lists, by their places in the list.
type listedImages struct {
	found *list[foundImage]
	names map[int32]string
	order []int32
}

func (l *listedImages) len() int { return len(l.order) }

// name is that of the file, made clean.
func (l *listedImages) name(i int) string { return l.found.at(int(l.order[i])).name }

// id is the text by which ids are compared.
func (l *listedImages) id(i int) string {
	return imageID(l.found.at(int(l.order[i])), l.names[l.order[i]])
}

func imageID(f *foundImage, name string) string {
	if name != "" {
		return name
	}
	return strconv.FormatInt(f.id, 10)
}

// allDiffer reports whether no two images have the same name. It may err on
// the other side, once in 2^64.
func (l *listedImages) allDiffer() bool {
	seed, hashes := maphash.MakeSeed(), make([]uint64, l.len())
	for i := range hashes {
		hashes[i] = maphash.String(seed, l.name(i))
	}
	slices.Sort(hashes)
	return len(slices.Compact(hashes)) == l.len()
}

// unite brings the images of all files of a subset together: those of the
// first file in its order, then what the others have besides. Images are the
// same where their names are; or, where one file puts folders before the name
// and another does not, where their ids are.
func (m *importer) unite(s *subset) {
	n := len(s.files)
	if first := s.files[0].index.listed; n == 1 && first.allDiffer() {
		s.places = make([]int32, first.len())
		for i := range s.places {
			s.places[i] = int32(i)
		}
	} else {
		m.uniteByName(s)
	}
	for k, f := range s.files {
		f.index.listed = nil
		f.usual = usualFiles{usualFile(n, s.task, taskInstances), usualFile(n, s.task, taskKeypoints), usualFile(n, s.task, taskCaptions)}
		f.imagesInOrder, f.annotationsInOrder = true, true
		lastImage, lastAnnotation := int32(-1), int32(-1)
		for i := range s.len() {
			place := s.of(i)[k]
			if place < 0 {
				continue
			}
			f.imagesInOrder = f.imagesInOrder && place > lastImage
			lastImage = place
			for _, order := range f.index.of(place) {
				f.annotationsInOrder = f.annotationsInOrder && order > lastAnnotation
				lastAnnotation = order
			}
		}
	}
}

func (m *importer) uniteByName(s *subset) {
	n := len(s.files)
	u := uniting{n: n, byName: map[string]int{}, byID: map[string]int{}}
	for k, f := range s.files {
		for i := range f.index.listed.len() {
			id, own := f.index.listed.id(i), f.index.listed.name(i)
			at, name := u.find(k, id, own)
			if name != own && u.isNew {
				s.renamed[int32(at)] = name
				m.opening.Add("images with the file_name of another, told apart by a number", f.path+": "+own, 1)
			}
			u.places[at*n+k] = int32(i)
		}
	}
	s.places = u.places
}

// uniting is the state of unite.
type uniting struct {
	n            int
	places       []int32
	byName, byID map[string]int
	isNew        bool // the last image found was not known before
}

// find returns the number of an image of file k, by its id and its own name,
// and the name that it has in the subset.
func (u *uniting) find(k int, id, own string) (at int, name string) {
	u.isNew = false
	free := func(at int) bool { return u.places[at*u.n+k] < 0 }
	name = own
	for n := 2; ; n++ {
		at, known := u.byName[name]
		if known && free(at) {
			return at, name
		}
		if !known {
			break
		}
		ext := path.Ext(own)
		name = own[:len(own)-len(ext)] + "~" + strconv.Itoa(n) + ext
	}
	if u.n > 1 {
		key := id + "/" + path.Base(own)
		if at, known := u.byID[key]; known && k > 0 && name == own && free(at) {
			return at, name
		}
		u.byID[key] = len(u.places) / u.n
	}
	at, u.isNew = len(u.places)/u.n, true
	for range u.n {
		u.places = append(u.places, -1)
	}
	u.byName[name] = at
	return at, name
}
