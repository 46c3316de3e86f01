package kitti

import (
	"context"
	"fmt"
	"path"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/planes"
)

const formatName = "kitti"

// The folders of a part of a dataset.
const (
	imageDir    = "image_2"
	labelDir    = "label_2"
	instanceDir = "instance"
	semanticDir = "semantic"
	rgbDir      = "semantic_rgb"
	listDir     = "ImageSets"
)

// Format returns the format kitti.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Aliases: []string{"kitti_detection", "kitti_segmentation"},
		Summary: "KITTI: boxes with truncation, occlusion and 3D fields in label_2/, instance and semantic masks",
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

const (
	needLabels = "a label_2/*.txt whose lines have 15 or 16 fields"
	needMasks  = "instance/ or semantic/ with PNG masks beside image_2/"
	needImages = "image_2/ with pictures"
)

// probe looks at one file of label_2 or at the header of one mask.
func probe(ctx context.Context, f *files.Folder) formats.Verdict {
	f, closer := datasetFolder(f)
	defer closer()
	list := f.List()
	best := formats.Verdict{}
	images := false
	for _, dir := range list.Folders() {
		if ctx.Err() != nil {
			break
		}
		v := formats.Verdict{}
		switch path.Base(dir) {
		case labelDir:
			v = probeLabels(f, dir)
		case instanceDir, semanticDir:
			v = probeMasks(f, dir)
		case rgbDir:
			if len(list.Files(dir, ".png")) > 0 && f.HasDir(path.Join(path.Dir(dir), imageDir)) {
				v = formats.Verdict{Confidence: formats.Medium, Met: []string{"semantic_rgb/ with PNG files beside image_2/"}}
			}
		case imageDir:
			images = true
		}
		if v.Confidence > best.Confidence {
			best = v
		}
		if best.Confidence == formats.High {
			return best
		}
	}
	if best.Confidence == formats.No {
		if images {
			return formats.Verdict{Confidence: formats.Low, Met: []string{needImages}}
		}
		best.Unmet = []string{needLabels + ", or " + needMasks}
	}
	return best
}

// probeLabels parses the first line of a few files of a folder.
func probeLabels(f *files.Folder, dir string) formats.Verdict {
	names := f.List().Files(dir, ".txt")
	for i, name := range names {
		if i == 5 {
			break
		}
		text, err := f.ReadFile(path.Join(dir, name), 1<<20)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if strings.TrimSpace(line) == "" {
				continue
			}
			if _, err := parseLine(line); err == nil {
				return formats.Verdict{Confidence: formats.High, Met: []string{fmt.Sprintf("%s (%s)", needLabels, path.Join(dir, name))}}
			}
			return formats.Verdict{}
		}
	}
	if len(names) > 0 && f.HasDir(path.Join(path.Dir(dir), imageDir)) {
		return formats.Verdict{Confidence: formats.Medium, Met: []string{"label_2/ beside image_2/"}}
	}
	return formats.Verdict{}
}

// probeMasks reads the header of one mask.
func probeMasks(f *files.Folder, dir string) formats.Verdict {
	names := f.List().Files(dir, ".png")
	if len(names) == 0 || !f.HasDir(path.Join(path.Dir(dir), imageDir)) {
		return formats.Verdict{}
	}
	name := path.Join(dir, names[0])
	if h, err := planes.HeaderOf(f, name); err != nil || !h.IsIndex() {
		return formats.Verdict{}
	}
	return formats.Verdict{Confidence: formats.High, Met: []string{fmt.Sprintf("%s (%s)", needMasks, name)}}
}
