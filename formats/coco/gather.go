package coco

import (
	"cmp"
	"math"
	"slices"

	"datum/formats"
)

// gathering makes the index of a file of its records, whoever finds them.
type gathering struct {
	x        *index
	external bool
	// Ids of images and their numbers, in the order of first mention: whole
	// numbers and other ids.
	numbered idTable
	named    map[string]int32
	found    list[foundImage]
	names    map[int32]string // ids of found images that are no numbers
	imageOf  list[int32]      // the image of each annotation
	annIDs   idSet
}

// foundImage is an image that a record lists, or an annotation mentions; it
// has no place then.
type foundImage struct {
	place
	id   int64 // 0 where it is no number
	name string
}

func newGathering(external bool) *gathering {
	return &gathering{x: &index{}, external: external, named: map[string]int32{}, names: map[int32]string{}}
}

// startList notes that a list of records begins.
func (g *gathering) startList(at int64, name string) error {
	if slices.ContainsFunc(g.x.members, func(m topMember) bool { return m.name == name }) {
		return atRecord(at, "there are two lists of %s", name)
	}
	g.x.members = append(g.x.members, topMember{name: name, list: true})
	return nil
}

// member notes a member of the top-level object. Of a repeated one the last
// counts.
func (g *gathering) member(name string, s span) {
	g.x.members = slices.DeleteFunc(g.x.members, func(m topMember) bool { return m.name == name })
	g.x.members = append(g.x.members, topMember{name, false, s})
}

// image notes the record of an image.
func (g *gathering) image(sp span, rawID, rawName []byte) error {
	at, err := g.x.pack(sp)
	if err != nil {
		return err
	}
	i, ok := g.imageNumber(rawID)
	if !ok {
		return atRecord(sp.at, "an image without an id")
	}
	raw, ok := text(rawName)
	if !ok || raw == "" {
		return atRecord(sp.at, "image %s has no file_name", idText(rawID))
	}
	name, ok := cleanName(raw, g.external)
	if !ok {
		return formats.WithHint(atRecord(sp.at, "the file_name %q of image %s leaves the dataset", raw, idText(rawID)),
			"--allow-external-media opens it all the same, where you trust the dataset")
	}
	f := g.found.at(int(i))
	if f.place != 0 {
		return atRecord(sp.at, "image id %s is given twice", idText(rawID))
	}
	f.place, f.name = at, name
	return nil
}

// imageNumber numbers images in the order of their first mention, which may be
// by an annotation.
func (g *gathering) imageNumber(rawID []byte) (int32, bool) {
	next := int32(g.found.n)
	id, ok := integer(rawID)
	if ok {
		if i, known := g.numbered.find(id, next); known {
			return i, true
		}
	} else {
		name := idText(rawID)
		if i, ok := g.named[name]; ok || name == "" {
			return i, ok
		}
		g.named[name], g.names[next] = next, name
	}
	g.found.add(foundImage{id: id})
	return next, true
}

// annotation notes the record of an annotation.
func (g *gathering) annotation(sp span, rawImage, rawID []byte) error {
	at, err := g.x.pack(sp)
	if err != nil {
		return err
	}
	image, ok := g.imageNumber(rawImage)
	if !ok {
		return atRecord(sp.at, "an annotation without an image_id")
	}
	if g.imageOf.n == math.MaxInt32 {
		return atRecord(sp.at, "a file of more than %d annotations", math.MaxInt32)
	}
	g.x.records.add(at)
	g.imageOf.add(image)
	if n, ok := integer(rawID); ok {
		g.annIDs.add(n)
		g.x.maxID = max(g.x.maxID, n)
	}
	return nil
}

// finish checks that every image mentioned exists, puts the images into file
// order and the annotations behind their images. Annotations of images that
// are not in the list go to bad; where it returns nil, they are left out.
func (g *gathering) finish(bad func(error) error) error {
	x := g.x
	listed := make([]int32, 0, g.found.n)
	for i := range g.found.n {
		if g.found.at(i).place != 0 {
			listed = append(listed, int32(i))
		}
	}
	byPlace := func(a, b int32) int { return cmp.Compare(g.found.at(int(a)).place, g.found.at(int(b)).place) }
	if !slices.IsSortedFunc(listed, byPlace) {
		slices.SortFunc(listed, byPlace)
	}
	rank := make([]int32, g.found.n)
	for i := range rank {
		rank[i] = -1
	}
	x.images = make([]place, len(listed))
	for to, from := range listed {
		rank[from], x.images[to] = int32(to), g.found.at(int(from)).place
	}
	x.listed = &listedImages{&g.found, g.names, listed}
	if err := g.sortOut(rank, bad); err != nil {
		return err
	}
	x.twice = g.annIDs.repeated()
	return nil
}

// sortOut puts the annotations behind their images, by counting.
func (g *gathering) sortOut(rank []int32, bad func(error) error) error {
	x := g.x
	x.starts = make([]int32, len(x.images)+1)
	for i := range g.imageOf.n {
		image := g.imageOf.at(i)
		was := *image
		if *image = rank[was]; *image >= 0 {
			x.starts[*image+1]++
		} else if err := bad(atRecord(x.annotation(int32(i)).at, "the annotation is of image %s, which is not in the list of images", g.idOf(was))); err != nil {
			return err
		}
	}
	for i := range x.images {
		x.starts[i+1] += x.starts[i]
	}
	x.orders = make([]int32, x.starts[len(x.images)])
	next := slices.Clone(x.starts)
	for i := range g.imageOf.n {
		if image := *g.imageOf.at(i); image >= 0 {
			x.orders[next[image]] = int32(i)
			next[image]++
		}
	}
	return nil
}

func (g *gathering) idOf(image int32) string { return imageID(g.found.at(int(image)), g.names[image]) }
