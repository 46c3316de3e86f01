package cityscapes

import (
	"context"
	"fmt"
	"path"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/planes"
)

const (
	formatName = "cityscapes"
	fineDir    = "gtFine"
	coarseDir  = "gtCoarse"
	imageDir   = "leftImg8bit"
)

var source = formats.Option{
	Name:    "cityscapes-source",
	Usage:   "what counts of the files of a picture: its polygons or its masks",
	Values:  []string{"auto", "masks", "polygons"},
	Default: "auto",
	Import:  true,
}

// Format returns the format cityscapes.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Summary: "Cityscapes: polygons or instance masks of street scenes in gtFine/ and gtCoarse/",
		Options: []formats.Option{source},
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

const (
	needTruth   = "gtFine/ or gtCoarse/ with files called …_labelIds.png, …_instanceIds.png or …_polygons.json"
	needContent = "polygons in JSON, or masks of numbers in PNG, in these files"
	needImages  = "leftImg8bit/ with files called …_leftImg8bit.png"
)

func isTruthDir(name string) bool { return name == fineDir || name == coarseDir }

// probe looks into a few annotation files.
func probe(ctx context.Context, f *files.Folder) formats.Verdict {
	f, closer := datasetFolder(f)
	defer closer()
	tried, broken, images := 0, "", false
	for _, dir := range f.List().Folders() {
		if top, _, _ := strings.Cut(dir, "/"); !isTruthDir(top) {
			images = images || top == imageDir && len(f.List().Files(dir)) > 0
			continue
		}
		for _, name := range f.List().Files(dir, ".png", ".json") {
			_, k := splitName(name)
			if k == nothing {
				continue
			}
			if tried++; tried > 20 || ctx.Err() != nil {
				break
			}
			if isSound(f, path.Join(dir, name), k) {
				return formats.Verdict{Confidence: formats.High, Met: []string{fmt.Sprintf("%s (%s)", needTruth, path.Join(dir, name))}}
			}
			broken = path.Join(dir, name)
		}
	}
	switch {
	case broken != "":
		return formats.Verdict{Met: []string{needTruth}, Unmet: []string{fmt.Sprintf("%s (%s)", needContent, broken)}}
	case images:
		return formats.Verdict{Confidence: formats.Low, Met: []string{needImages}}
	}
	return formats.Verdict{Unmet: []string{needTruth}}
}

func isSound(f *files.Folder, name string, k kind) bool {
	if k == polygons {
		text, err := f.ReadFile(name, 32<<20)
		if err != nil {
			return false
		}
		_, err = parsePolygons(text)
		return err == nil
	}
	h, err := planes.HeaderOf(f, name)
	return err == nil && (h.IsIndex() || k == ofColors)
}
