package formats

import (
	"fmt"
	"path"
	"path/filepath"
	"unicode/utf8"

	"datum/dataset"
	"datum/internal/nameset"
)

// FileNames gives the items of a dataset the names of their files, each its
// own, for formats that tell items apart by less than the dataset does.
type FileNames struct {
	onCollision Collision
	used        *nameset.Set
	// last is the number that was given last to a name, of those that several
	// items want.
	last map[string]int
}

// NewFileNames returns an empty set of names.
func NewFileNames(c Collision) *FileNames { return &FileNames{c, nameset.New(), map[string]int{}} }

// Take returns the name for an item: want, which is usually its id, or where
// another item has that, what the way out of a collision makes of it. folder
// is where names have to differ, such as the folder of a subset. The error
// matches [ErrCorrupt].
func (n *FileNames) Take(it *dataset.Item, folder, want string, loss *Loss) (string, error) {
	if !filepath.IsLocal(want) || want == "." || !utf8.ValidString(want) {
		return "", Reason(ErrCorrupt, "%q cannot be the name of a file in a dataset", want)
	}
	if n.used.Add(folder + "\x00" + want) {
		return want, nil
	}
	name := ""
	switch n.onCollision {
	case CollisionRename:
		key := folder + "\x00" + want
		for i := max(n.last[key], 1) + 1; name == ""; i++ {
			n.last[key] = i
			if other := fmt.Sprintf("%s_%d", want, i); n.used.Add(folder + "\x00" + other) {
				name = other
			}
		}
	case CollisionSubsetPrefix:
		dir, base := path.Split(want)
		if other := dir + it.Subset + "_" + base; n.used.Add(folder + "\x00" + other) {
			name = other
		}
	}
	if name == "" {
		return "", WithHint(Reason(ErrCorrupt, "another item has the file name %q in this format", want),
			"--on-collision rename or --on-collision subset-prefix gives the later one another name")
	}
	loss.Add("items given another name, since an earlier one has the same in this format", fmt.Sprintf("%s of %s: %s", it.ID, it.Subset, name), 1)
	return name, nil
}
