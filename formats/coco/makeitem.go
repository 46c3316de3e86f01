package coco

import (
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"datum/dataset"
	"datum/formats"
)

// What follows makes the same records as outSubset.write does, of items that
// have nothing unusual about them, straight into text. Whatever is unusual it
// reports false of, for the general way to deal with; it counts no losses and
// refuses nothing.

// makeItem makes the records of an item.
func (b *batch) makeItem(x *batchItem) bool {
	it := &x.it
	img, ok := it.Media.(*dataset.Image)
	if !ok || formats.CheckItem(x.files.info, it) != nil {
		return false
	}
	if x.name = fileName(it); !isPlainName(x.name) {
		return false
	}
	return b.makeImage(x, img) && b.makeRecords(x)
}

// isPlainName reports whether a name is written as it is and is a path inside
// a dataset.
func isPlainName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c < ' ' || c == '"' || c == '\\' || c == ':' {
			return false
		}
	}
	return name != "." && filepath.IsLocal(name) && path.Clean(name) == name && utf8.ValidString(name)
}

// makeImage makes the record of the image.
func (b *batch) makeImage(x *batchItem, img *dataset.Image) bool {
	var patch []byte
	user := 0
	for _, a := range x.it.Attributes {
		switch {
		case a.Name == attrID:
			n, whole := integer(a.Value)
			if !whole {
				return false
			}
			x.id, x.kind = n, idGiven
		case !isMarked(a.Name):
			user++
		case a.Name == carryImage:
			patch = a.Value
		case a.Name == carryMedia: // which mediaDir looks at
		case !isForeign(a.Name):
			return false
		}
	}
	start := len(b.text)
	b.text = append(b.text, `,"file_name":"`...)
	b.text = append(append(b.text, x.name...), '"')
	if img.Height > 0 && img.Width > 0 {
		b.text = strconv.AppendInt(append(b.text, `,"height":`...), int64(img.Height), 10)
		b.text = strconv.AppendInt(append(b.text, `,"width":`...), int64(img.Width), 10)
	}
	if user > 0 {
		b.text = appendUser(append(b.text, `,"attributes":`...), x.it.Attributes, attrID, attrID)
	}
	if patch != nil {
		var ok bool
		if b.maker.patch, ok = quickPatch(b.maker.patch[:0], patch); !ok {
			return false
		}
		for _, m := range b.maker.patch {
			if isUsual(m.name) {
				return false
			}
			b.text = appendMember(b.text, m)
		}
	}
	b.text = append(b.text, '}')
	x.image = textPart{start, len(b.text)}
	return true
}

// isMarked reports whether an attribute may be a carried one.
func isMarked(name string) bool { return len(name) > 0 && name[0] == '@' }

const ownMark = "@" + formatName + "."

// isForeign reports whether an attribute whose name is marked is one that
// another format carries, which the writer neither shows nor reads.
func isForeign(name string) bool {
	return dataset.IsCarried(name) && !strings.HasPrefix(name, ownMark)
}

// isUsual reports whether the writer makes a member of that name itself, in
// some record.
func isUsual(name []byte) bool {
	switch string(name) {
	case "id", "file_name", "height", "width", "attributes", "image_id", "category_id", "segmentation", "area", "bbox",
		"keypoints", "num_keypoints", "iscrowd", "score", "caption":
		return true
	}
	return false
}

func appendMember(dst []byte, m patchMember) []byte {
	dst = append(append(dst, ',', '"'), m.name...)
	return append(append(dst, '"', ':'), m.value...)
}

// appendUser appends the user's attributes as an object, but for two.
func appendUser(dst []byte, attributes dataset.Attributes, but, and string) []byte {
	separator := byte('{')
	for _, a := range attributes {
		if isMarked(a.Name) || a.Name == but || a.Name == and {
			continue
		}
		dst = appendText(append(dst, separator), a.Name)
		dst = append(append(dst, ':'), a.Value...)
		separator = ','
	}
	return append(dst, '}')
}

// appendText appends a string as JSON.
func appendText(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return dataset.AppendString(dst, s)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}
