package dota

import (
	"context"
	"fmt"
	"path"
	"strings"

	"datum/files"
	"datum/formats"
)

const (
	formatName = "dota"
	imageDir   = "images"
	labelDir   = "labelTxt"
)

var coordinates = formats.Option{
	Name:    "dota-coordinates",
	Usage:   "what the numbers in labelTxt are: pixels, or fractions of the picture",
	Values:  []string{"auto", "pixels", "fractions"},
	Default: "auto",
	Import:  true,
}

// Format returns the format dota.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Aliases: []string{"roboflow_yolo_obb"},
		Summary: "DOTA: rotated boxes and quadrilaterals by their corners, in labelTxt/; also Roboflow's YOLO OBB",
		Options: []formats.Option{coordinates},
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

const (
	needFolder = "a folder labelTxt with text files"
	needLines  = "lines of eight coordinates, a class name and 0, 1 or 2 in labelTxt/"
)

// probe parses the first box of a few files.
func probe(ctx context.Context, f *files.Folder) formats.Verdict {
	f, closer := datasetFolder(f)
	defer closer()
	tried, found := 0, ""
	for _, dir := range f.List().Folders() {
		if !isLabelDir(path.Base(dir)) {
			continue
		}
		for _, name := range below(f, dir) {
			if tried++; tried > 20 || ctx.Err() != nil {
				break
			}
			found = path.Join(dir, name)
			switch first, ok := firstBox(f, found); {
			case ok:
				return formats.Verdict{Confidence: formats.High, Met: []string{fmt.Sprintf("%s (%s)", needLines, found)}}
			case first != "":
				return formats.Verdict{Met: []string{needFolder}, Unmet: []string{fmt.Sprintf("%s (%s)", needLines, found)}}
			}
		}
	}
	if found != "" {
		return formats.Verdict{Confidence: formats.Medium, Met: []string{needFolder}}
	}
	return formats.Verdict{Unmet: []string{needFolder, needLines}}
}

// below returns the listed text files of a folder and of those in it.
func below(f *files.Folder, dir string) []string {
	list := f.List()
	names := list.Files(dir, ".txt")
	for _, sub := range list.Dirs(dir) {
		for _, name := range list.Files(path.Join(dir, sub), ".txt") {
			names = append(names, path.Join(sub, name))
		}
	}
	return names
}

// firstBox returns the first line of a file after its header, and whether it is
// one of this format.
func firstBox(f *files.Folder, name string) (line string, ok bool) {
	text, err := f.ReadFile(name, 4<<20)
	if err != nil {
		return "", false
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" || isHeader(line) {
			continue
		}
		q, err := parseLine(line)
		return line, err == nil && (q.difficult != "" || !formats.IsNumber(q.label))
	}
	return "", false
}
