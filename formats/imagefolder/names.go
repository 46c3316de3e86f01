package imagefolder

import (
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/internal/imagesize"
)

// noLabelDir is the folder of pictures without a label.
const noLabelDir = "no_label"

// maskDir is the folder of masks of an mvtec dataset.
const maskDir = "ground_truth"

// subsetNames are folders that are subsets and not classes, where both would
// be possible.
var subsetNames = []string{
	"train", "training", "val", "valid", "validation", "test", "testing", "dev", "minival", "trainval", "unlabeled", "default",
}

// isSubsetName reports whether name is that of a subset: one of the usual
// ones, with a year or number behind it at most (train2017).
func isSubsetName(name string) bool {
	return slices.Contains(subsetNames, strings.TrimRight(strings.ToLower(name), "0123456789-_"))
}

// pictureDirs are folders in which other formats keep pictures.
var pictureDirs = []string{
	"images", "image", "imgs", "img", "img1", "jpegimages", "imagesets", "leftimg8bit", "image_2", "obj_train_data", "data", "rgb", "videos", "point_clouds",
}

// maskDirs are folders in which other formats keep what they say of pictures.
var maskDirs = []string{
	"labels", "label", "labelmap", "annotations", "annotation", "annots", "ann", "masks", "mask", "gt", "det", maskDir, "gtfine", "gtcoarse",
	"segmentationclass", "segmentationobject", "instances", "instance", "semantic", "semantic_rgb", "label_2", "depth", "gt_labels",
}

func isOtherFormat(name string) bool {
	return slices.Contains(pictureDirs, strings.ToLower(name)) || isMasks(name)
}

func isMasks(name string) bool { return slices.Contains(maskDirs, strings.ToLower(name)) }

// annotationExtensions are those of files that say something about pictures.
var annotationExtensions = []string{
	".json", ".jsonl", ".xml", ".txt", ".csv", ".tsv", ".yaml", ".yml", ".datum", ".arrow", ".parquet", ".tfrecord", ".record", ".mat", ".npy",
	".npz", ".pkl", ".h5", ".hdf5", ".data", ".names", ".ini", ".pcd", ".bin", ".gz",
}

// aboutFiles are stems of files that are about a dataset and not part of it.
var aboutFiles = []string{
	"readme", "license", "licence", "copying", "notice", "changelog", "citation", "thumbs", "desktop", "classes", "class_names", "labels",
	"class_to_idx", "dataset_meta",
}

// isAbout reports whether a file is one that accompanies datasets of any kind,
// or that an operating system leaves behind.
func isAbout(name string) bool {
	name = strings.ToLower(path.Base(name))
	stem, _, _ := strings.Cut(name, ".")
	return strings.HasPrefix(name, ".") || path.Ext(name) == ".md" || slices.Contains(aboutFiles, stem)
}

// annotationIn returns a file of the listing that may be an annotation, empty
// where there is none. A text file without text is none, and a list of pictures
// neither.
func annotationIn(f *files.Folder) string {
	for _, name := range f.List().All(annotationExtensions...) {
		if isAbout(name) {
			continue
		}
		if st, err := f.Stat(name); err == nil && st.Size() == 0 {
			continue
		}
		if strings.EqualFold(path.Ext(name), ".txt") && isPictureList(f, name) {
			continue
		}
		return name
	}
	return ""
}

// isPictureList reports whether each line at the beginning of a text file is
// the name of a picture that is there, and nothing else.
func isPictureList(f *files.Folder, name string) bool {
	const lines, longest = 20, 64 << 10
	text, err := f.ReadFile(name, longest)
	if err != nil {
		return false
	}
	seen := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if !isPicture(line) || !f.Has(line) && !f.Has(path.Join(path.Dir(name), line)) {
			return false
		}
		if seen++; seen == lines {
			break
		}
	}
	return seen > 0
}

// isPicture reports whether a file is taken for a picture.
func isPicture(name string) bool { return imagesize.IsImage(name) && path.Ext(name) != name }

// stem is a path without its extension.
func stem(p string) string { return strings.TrimSuffix(p, path.Ext(p)) }

// isHidden reports whether a part of a path is one that is never listed.
func isHidden(p string) bool {
	return slices.ContainsFunc(strings.Split(p, "/"), func(part string) bool {
		return strings.HasPrefix(part, ".") || part == "__MACOSX"
	})
}
