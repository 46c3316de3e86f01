package segmentation

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/planes"
)

const (
	formatName = "common_semantic_segmentation"
	imageDir   = "images"
	maskDir    = "masks"
	metaFile   = "dataset_meta.json"
)

// Format returns the format common_semantic_segmentation.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Aliases: []string{"common_semantic_segmentation_with_subset_dirs"},
		Summary: "pictures in images/ and masks of label numbers in masks/, with dataset_meta.json",
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

const (
	needFolders = "a folder masks/ with PNG files beside images/"
	needMeta    = "a dataset_meta.json that lists labels, beside masks/ or at the top"
)

// probe reads one description of labels and the header of one mask.
func probe(ctx context.Context, f *files.Folder) formats.Verdict {
	f, closer := datasetFolder(f)
	defer closer()
	v := formats.Verdict{Unmet: []string{needFolders, needMeta}}
	for _, part := range findParts(f) {
		name := firstMask(f, path.Join(part, maskDir))
		if ctx.Err() != nil {
			return v
		}
		if _, err := planes.HeaderOf(f, name); name == "" || err != nil {
			continue
		}
		if v.Met == nil {
			v = formats.Verdict{Met: []string{fmt.Sprintf("%s (%s)", needFolders, name)}, Unmet: []string{needMeta}}
		}
		for _, dir := range []string{part, "."} {
			text, err := f.ReadFile(path.Join(dir, metaFile), 4<<20)
			if err != nil {
				continue
			}
			if t, err := parseMeta(text); err == nil && len(t.numbers) > 0 {
				return formats.Verdict{Confidence: formats.High, Met: append(v.Met, fmt.Sprintf("%s (%s)", needMeta, path.Join(dir, metaFile)))}
			}
		}
	}
	return v
}

// firstMask returns a listed mask below a folder, empty where there is none.
func firstMask(f *files.Folder, dir string) string {
	for _, d := range f.List().Folders() {
		if d != dir && !strings.HasPrefix(d, dir+"/") {
			continue
		}
		if names := f.List().Files(d, ".png"); len(names) > 0 {
			return path.Join(d, names[0])
		}
	}
	return ""
}

// findParts returns the folders of subsets: those with pictures and masks, or
// with pictures and a list of labels. Where that list is at the top, one that
// has pictures only is a subset as well.
func findParts(f *files.Folder) []string {
	var parts, bare []string
	for _, dir := range f.List().Folders() {
		up := path.Dir(dir)
		if path.Base(dir) != imageDir || inside(up) {
			continue
		}
		if firstMask(f, path.Join(up, maskDir)) != "" || declares(f, up) {
			parts = append(parts, up)
		} else {
			bare = append(bare, up)
		}
	}
	for _, dir := range f.List().Folders() { // masks without pictures
		up := path.Dir(dir)
		if path.Base(dir) == maskDir && !inside(up) && !slices.Contains(parts, up) && declares(f, up) {
			parts = append(parts, up)
		}
	}
	if len(parts) > 0 && declares(f, ".") {
		parts = append(parts, bare...)
	}
	slices.Sort(parts)
	return parts
}

// declares tells whether a folder has a list of labels, even one that cannot be
// read.
func declares(f *files.Folder, dir string) bool {
	_, err := f.Stat(path.Join(dir, metaFile))
	return err == nil || !errors.Is(err, fs.ErrNotExist)
}
