package datumaro

import (
	"context"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"datum/files"
	"datum/formats"
)

const formatName = "datumaro"

// Format returns the format datumaro.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Aliases: []string{"datumaro_json"},
		Summary: "Datumaro's JSON: every kind of annotation but rotated boxes, and every kind of media",
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

// probeBytes is how much of a file is looked at: Datumaro writes the
// categories first, and the items follow.
const probeBytes = 16 << 20

// probe looks for the two members that make a JSON file one of Datumaro's.
func probe(_ context.Context, folder *files.Folder) formats.Verdict {
	const wantFile, wantMembers = "a .json file in the folder " + annotationsDir, "the members categories and items in its first .json file"
	l, err := locate(folder)
	if err != nil {
		return formats.Verdict{Unmet: []string{wantFile, wantMembers}}
	}
	v := formats.Verdict{Met: []string{wantFile}}
	f, err := l.folder.OpenFile(l.files[0])
	if err != nil {
		v.Unmet = append(v.Unmet, wantMembers)
		return v
	}
	defer f.Close()
	if !hasMembers(io.LimitReader(f, probeBytes)) {
		v.Unmet = append(v.Unmet, wantMembers)
		return v
	}
	v.Met = append(v.Met, wantMembers)
	v.Confidence = formats.High
	return v
}

func hasMembers(r io.Reader) bool {
	text, err := newText(r)
	if err != nil || text.begin(jsontext.KindBeginObject) != nil {
		return false
	}
	var categories, items bool
	for text.dec.PeekKind() == jsontext.KindString {
		name, err := text.dec.ReadToken()
		if err != nil {
			return false
		}
		switch name.String() {
		case "categories":
			categories = text.dec.PeekKind() == jsontext.KindBeginObject
		case "items":
			items = text.dec.PeekKind() == jsontext.KindBeginArray
		case "images", "annotations":
			if text.dec.PeekKind() == jsontext.KindBeginArray { // COCO, and long to step over
				return false
			}
		}
		if categories && items {
			return true
		}
		if text.dec.SkipValue() != nil {
			return false
		}
	}
	return false
}
