package cvat

import (
	"io"
	"path"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/xmltext"
)

const (
	rootElement    = "annotations"
	imagesDir      = "images"
	annotationFile = "annotations.xml"
)

// sniffBytes is how much of a file is looked at to see whose it is.
const sniffBytes = 256 << 10

// sniff reports whether a file begins as one of CVAT's: <annotations>, and in
// it one of the elements that CVAT has there, or nothing.
func sniff(f *files.Folder, name string) (isRoot, ours bool) {
	file, err := f.OpenFile(name)
	if err != nil {
		return false, false
	}
	defer file.Close()
	s := xmltext.New(io.LimitReader(file, sniffBytes), 0, sniffBytes)
	t, err := s.Next()
	if err != nil || t.Kind != xmltext.Start || t.Name != rootElement {
		return false, false
	}
	for {
		switch t, err = s.Next(); {
		case err != nil:
			return true, false
		case t.Kind == xmltext.End:
			return true, true
		case t.Kind == xmltext.Start:
			switch t.Name {
			case "version", "meta", "image", "track":
				return true, true
			}
			return true, false
		}
	}
}

// locate returns the annotation files of a folder, upper folders first.
func locate(f *files.Folder) ([]string, error) {
	if only := f.Only(); only != "" {
		if _, ok := sniff(f, only); !ok {
			return nil, notFound(f.Path(only), "it is no XML file with the root <annotations>, as CVAT writes it")
		}
		return []string{only}, nil
	}
	var found []string
	for _, dir := range f.List().Folders() {
		if f.List().Count(dir, ".xml") == 0 {
			continue
		}
		entries, err := f.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			if strings.EqualFold(path.Ext(name), ".xml") {
				if _, ok := sniff(f, name); ok || leaves(f, name) {
					found = append(found, name)
				}
			}
		}
	}
	if len(found) == 0 {
		return nil, notFound(f.Path("."), "there is no XML file with the root <annotations>, as CVAT writes it")
	}
	return found, nil
}

func notFound(where, why string) error {
	return formats.WithHint(&formats.Error{Format: formatName, Path: where, Err: formats.Reason(formats.ErrUnknownFormat, "%s", why)},
		"export from CVAT as \"CVAT for images 1.1\" or \"CVAT for video 1.1\", and unpack it")
}

// probe limits.
const (
	sniffPerFolder = 3
	sniffAll       = 24
)

// probe looks at the first few XML files.
func probe(f *files.Folder) formats.Verdict {
	const (
		wantXML  = "an XML file"
		wantRoot = "an XML file whose root is <annotations>"
		wantOurs = "the elements <meta>, <image> or <track> in it"
	)
	candidates := candidates(f)
	if len(candidates) == 0 {
		return formats.Verdict{Unmet: []string{wantXML, wantRoot, wantOurs}}
	}
	var v formats.Verdict
	root, isXML := false, false
	for _, name := range candidates {
		isRoot, ours := sniff(f, name)
		if ours {
			return formats.Verdict{Confidence: formats.High, Met: []string{wantXML, wantRoot, wantOurs}}
		}
		root = root || isRoot
		isXML = isXML || isRoot || strings.EqualFold(path.Ext(name), ".xml") // a file that was named may be anything
	}
	for _, is := range []struct {
		what string
		met  bool
	}{{wantXML, isXML}, {wantRoot, root}, {wantOurs, false}} {
		if is.met {
			v.Met = append(v.Met, is.what)
		} else {
			v.Unmet = append(v.Unmet, is.what)
		}
	}
	return v
}

func candidates(f *files.Folder) []string {
	if only := f.Only(); only != "" {
		return []string{only}
	}
	var names []string
	for _, dir := range f.List().Folders() {
		here := f.List().Files(dir, ".xml")
		for _, name := range here[:min(len(here), sniffPerFolder)] {
			if names = append(names, path.Join(dir, name)); len(names) == sniffAll {
				return names
			}
		}
	}
	return names
}

// subsetNames gives each file the subset of the images in it that name none:
// what its <meta> says, or where several files say nothing, the name of the
// file or of its folder. Frames of several videos have the same names, so that
// videos of one subset get subsets of their own.
func subsetNames(sources []*source) {
	owns := map[string]int{}
	for _, x := range sources {
		owns[x.ownName()]++
	}
	videos := map[string]int{}
	for _, x := range sources {
		if owns[x.ownName()] > 1 {
			x.own = strings.ReplaceAll(strings.TrimSuffix(stem(x.name), "/"+rootElement), "/", "_")
		} else {
			x.own = x.ownName()
		}
		switch x.subset = x.declaredSubset(); {
		case x.subset != "" && x.subset != dataset.DefaultSubset:
		case len(sources) == 1 || x.own == rootElement:
			x.subset = dataset.DefaultSubset
		default:
			x.subset = x.own
		}
		if x.isVideo() {
			videos[x.subset]++
		}
	}
	for _, x := range sources {
		if x.isVideo() && videos[x.subset] > 1 {
			x.subset += "_" + x.own
		}
	}
}

// ownName is what tells a file from others: its name, or that of its folder
// where all are called the same.
func (x *source) ownName() string {
	if name := stem(path.Base(x.name)); name != rootElement || path.Dir(x.name) == "." {
		return name
	}
	return path.Base(path.Dir(x.name))
}

// isVideo reports whether the items are frames with numbers for names.
func (x *source) isVideo() bool { return len(x.tracks) > 0 && len(x.images) == 0 }
