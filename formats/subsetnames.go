package formats

import (
	"path"
	"strings"

	"datum/dataset"
)

// SubsetNames returns the name of a subset for each folder of a dataset that is
// one: the default subset for the dataset's own folder, else the name of the
// folder, or where several have the same, their whole paths with underscores.
func SubsetNames(dirs []string) []string {
	count := map[string]int{}
	for _, dir := range dirs {
		count[path.Base(dir)]++
	}
	names := make([]string, len(dirs))
	for i, dir := range dirs {
		switch base := path.Base(dir); {
		case dir == ".":
			names[i] = dataset.DefaultSubset
		case count[base] > 1:
			names[i] = strings.ReplaceAll(dir, "/", "_")
		default:
			names[i] = base
		}
	}
	return names
}
