package labelme

import (
	"context"
	"io"
	"path"

	"github.com/go-json-experiment/json/jsontext"

	"datum/files"
	"datum/formats"
)

const formatName = "labelme"

// Format returns the format labelme.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Aliases: []string{"labelme_json", "label_me"},
		Summary: "LabelMe: a JSON file for each picture, with polygons, boxes, circles, lines, points and masks; reads the older XML too",
		Probe:   func(_ context.Context, f *files.Folder) formats.Verdict { return probe(f) },
		Import:  open,
		Export:  export,
	}
}

// Bounds of what a probe looks at.
const (
	sniffPerFolder = 3
	sniffAll       = 24
	sniffBytes     = 8 << 20
)

const (
	wantFile   = "a JSON file for each picture, or an XML file of the older LabelMe"
	wantShapes = "a list called shapes in a JSON file, or an <object> with a <polygon> or <segm> in an XML file"
	wantPath   = "one of imagePath, imageData or version beside the shapes"
)

// probe looks into the first few JSON and XML files.
func probe(f *files.Folder) formats.Verdict {
	names := candidates(f)
	if len(names) == 0 {
		return formats.Verdict{Unmet: []string{wantFile, wantShapes, wantPath}}
	}
	v := formats.Verdict{Met: []string{wantFile}}
	shapes := false
	for _, name := range names {
		hasShapes, ours := sniff(f, name)
		if ours {
			v.Confidence, v.Met = formats.High, append(v.Met, wantShapes, wantPath)
			return v
		}
		shapes = shapes || hasShapes
	}
	if shapes {
		v.Met, v.Unmet = append(v.Met, wantShapes), []string{wantPath}
	} else {
		v.Unmet = []string{wantShapes, wantPath}
	}
	return v
}

func candidates(f *files.Folder) []string {
	if only := f.Only(); only != "" {
		if isAnnotation(only) {
			return []string{only}
		}
		return nil
	}
	var names []string
	for _, dir := range f.List().Folders() {
		here := f.List().Files(dir, extJSON, extXML)
		for _, name := range here[:min(len(here), sniffPerFolder)] {
			if names = append(names, path.Join(dir, name)); len(names) == sniffAll {
				return names
			}
		}
	}
	return names
}

// sniff reports whether a file has shapes, and whether it is one of LabelMe's.
func sniff(f *files.Folder, name string) (shapes, ours bool) {
	file, err := f.OpenFile(name)
	if err != nil {
		return false, false
	}
	defer file.Close()
	in := io.LimitReader(file, sniffBytes)
	if isXML(name) {
		ours = sniffXML(in)
		return ours, ours
	}
	return sniffJSON(in)
}

// sniffJSON looks for the members of a file of LabelMe, until one comes that
// it does not have.
func sniffJSON(in io.Reader) (shapes, ours bool) {
	dec := jsontext.NewDecoder(skipMark(in), jsontext.AllowDuplicateNames(true))
	if t, err := dec.ReadToken(); err != nil || t.Kind() != jsontext.KindBeginObject {
		return false, false
	}
	beside := false
	for dec.PeekKind() == jsontext.KindString {
		name, err := dec.ReadToken()
		if err != nil {
			return shapes, false
		}
		switch name.String() {
		case "shapes":
			shapes = dec.PeekKind() == jsontext.KindBeginArray
		case "imagePath", "imageData", "version":
			beside = true
		case "images", "annotations", "categories", "items", "info":
			return shapes, false
		}
		if shapes && beside {
			return true, true
		}
		if dec.SkipValue() != nil {
			return shapes, false
		}
	}
	return shapes, false
}
