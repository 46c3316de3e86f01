package coco

import (
	"hash/maphash"

	"datum/dataset"
)

// seed makes the hashes of this process.
var seed = maphash.MakeSeed()

// nameSet finds names that were used before, in eight bytes each. It may take a
// new name for a used one with a chance of one in 2^64, never the reverse.
type nameSet map[uint64]struct{}

// add notes a name of a subset and reports whether it is new.
func (s nameSet) add(subset, name string) bool {
	h := maphash.String(seed, subset+"\x00"+name)
	_, used := s[h]
	s[h] = struct{}{}
	return !used
}

// imageRecord makes the members of an item's record.
func imageRecord(it *dataset.Item) dataset.Attributes {
	var r dataset.Attributes
	user, _ := it.Attributes.Split()
	if raw, ok := user.Get(attrID); ok {
		r = append(r, dataset.Attribute{Name: "id", Value: raw})
		user.Delete(attrID)
	}
	r = append(r, dataset.Attribute{Name: "file_name", Value: dataset.AppendString(nil, fileName(it))})
	if img, ok := it.Media.(*dataset.Image); ok && img.Height > 0 && img.Width > 0 {
		r = append(r,
			dataset.Attribute{Name: "height", Value: appendNumber(nil, float64(img.Height))},
			dataset.Attribute{Name: "width", Value: appendNumber(nil, float64(img.Width))})
	}
	if len(user) > 0 {
		r = append(r, dataset.Attribute{Name: "attributes", Value: user.AppendJSON(nil)})
	}
	return r
}

// fileName is the name of an item's media, or its id.
func fileName(it *dataset.Item) string {
	if it.Media != nil && it.Media.Main().Name != "" {
		return it.Media.Main().Name
	}
	return it.ID
}

// carryName keeps a file_name that is not the media's name.
func carryName(it *dataset.Item, name string) {
	var changes dataset.Attributes
	if raw, ok := it.Attributes.Get(carryImage); ok {
		changes, _ = dataset.ParseAttributes(raw)
	}
	if !changes.Has("file_name") {
		changes.SetRaw("file_name", dataset.AppendString(nil, name))
	}
	it.Attributes.SetRaw(carryImage, changes.AppendJSON(nil))
}
