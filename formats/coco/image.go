package coco

import (
	"strconv"

	"datum/dataset"
)

// attrID is the attribute of an item that is the id of its image, as in
// Datumaro.
const attrID = "id"

// imageMembers makes the record of an item under an id.
func imageMembers(it *dataset.Item, id []byte) dataset.Attributes {
	r := dataset.Attributes{
		{Name: "id", Value: id},
		{Name: "file_name", Value: dataset.AppendString(nil, fileName(it))},
	}
	if img, ok := it.Media.(*dataset.Image); ok && img.Height > 0 && img.Width > 0 {
		r = append(r,
			dataset.Attribute{Name: "height", Value: strconv.AppendInt(nil, int64(img.Height), 10)},
			dataset.Attribute{Name: "width", Value: strconv.AppendInt(nil, int64(img.Width), 10)})
	}
	user, _ := it.Attributes.Split()
	if user = without(user, attrID); len(user) > 0 {
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

// kindTask is the task of the file where an annotation belongs by its kind.
func kindTask(a dataset.Annotation) string {
	var g group
	g.add(a)
	return g.task()
}

// usualFile returns which of n files an annotation of a kind goes into that
// names none: the first of that task, or the only file. It is -1 where there
// is no such file. Reader and writer agree on it.
func usualFile(n int, task func(k int) string, want string) int {
	for k := range n {
		if task(k) == want {
			return k
		}
	}
	if n == 1 {
		return 0
	}
	return -1
}
