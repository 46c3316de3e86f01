package voc

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/xmltext"
)

const (
	needXML   = "XML files whose root is <annotation>, with a <filename>, a <size> or objects with a <bndbox>"
	needLists = "lists in ImageSets/Main or another folder there, beside JPEGImages or SegmentationClass"
)

// probed bounds the XML files that are looked into.
const probed = 5

func probe(_ context.Context, f *files.Folder) formats.Verdict {
	if f.Only() != "" {
		return probeXML(f, []string{f.Only()}, f.Only())
	}
	xmls := xmlsOf(f)
	if len(xmls) > 0 {
		if v := probeXML(f, spread(xmls), xmls[0]); v.Confidence != formats.No {
			return v
		}
	}
	if sets, beside := layoutOf(f.List()); sets != "" {
		met := fmt.Sprintf("lists in %s", sets)
		if beside != "" {
			return formats.Verdict{Confidence: formats.Medium, Met: []string{met, "pictures, masks or a label map beside them (" + beside + ")"}}
		}
		return formats.Verdict{Met: []string{met}, Unmet: []string{"pictures in JPEGImages, masks in SegmentationClass or XML files in Annotations beside the lists"}}
	}
	if len(xmls) == 0 {
		return formats.Verdict{Unmet: []string{needXML, needLists}}
	}
	return probeXML(f, spread(xmls), xmls[0])
}

// xmlsOf are the XML files that a dataset in f would have; all that there are
// where none is found.
func xmlsOf(f *files.Folder) (xmls []string) {
	all := f.List().All(".xml")
	parts, _ := findParts(f)
	for _, x := range all {
		if slices.ContainsFunc(parts, func(p *part) bool { return p.dir == "." || strings.HasPrefix(x, p.dir+"/") }) {
			xmls = append(xmls, x)
		}
	}
	if xmls == nil {
		return all
	}
	return xmls
}

// spread returns a few of the files, those in folders for annotations first.
func spread(xmls []string) []string {
	isAnnotation := func(p string) bool {
		return slices.ContainsFunc(strings.Split(strings.ToLower(path.Dir(p)), "/"), func(dir string) bool { return slices.Contains(annotationsNames, dir) })
	}
	if i := slices.IndexFunc(xmls, isAnnotation); i > 0 {
		xmls = slices.Concat(xmls[i:], xmls[:i])
	}
	if len(xmls) <= probed {
		return xmls
	}
	var out []string
	for i := range probed {
		out = append(out, xmls[i*len(xmls)/probed])
	}
	return out
}

// probeXML looks into XML files until one is of VOC.
func probeXML(f *files.Folder, names []string, first string) formats.Verdict {
	why := "it is no XML file"
	for _, name := range names {
		if !isXML(name) {
			continue
		}
		text, err := head(f, name)
		if err != nil {
			why = "it cannot be read"
			continue
		}
		kind := sniff(text)
		if kind == "" {
			return formats.Verdict{Confidence: formats.High, Met: []string{fmt.Sprintf("%s (%s)", needXML, name)}}
		}
		if name == first || why == "" {
			why = kind
		}
	}
	return formats.Verdict{Unmet: []string{fmt.Sprintf("%s (%s: %s)", needXML, first, why)}}
}

// headBytes is how much of an XML file is looked at.
const headBytes = 64 << 10

func head(f *files.Folder, name string) ([]byte, error) {
	file, err := f.OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, headBytes))
}

// sniff says why the beginning of an XML file is not of VOC; empty if it is.
func sniff(text []byte) string {
	if len(text) == headBytes { // the cut may go through a letter
		text = text[:bytes.LastIndexByte(text, '>')+1]
	}
	text, err := xmltext.UTF8(text)
	if err != nil {
		return err.Error()
	}
	r := &reader{scanner: newScanner(text), loss: &formats.Loss{}}
	root, err := r.begin()
	if err != nil {
		return err.Error()
	}
	if root != "annotation" {
		return (&errNotVOC{root}).Error()
	}
	return r.sniffChildren()
}

// sniffChildren tells VOC from LabelMe, whose XML files have the same root: its
// objects are polygons only, and its sizes are called otherwise.
func (r *reader) sniffChildren() string {
	said := false
	for {
		more, err := r.next()
		if err != nil || !more {
			break
		}
		e := &r.tree[0]
		switch e.name {
		case "imagesize":
			return "it is an XML file of LabelMe"
		case "object":
			if r.child(e, "bndbox") != nil || r.child(e, "robndbox") != nil {
				return ""
			}
			if r.child(e, "polygon") != nil || r.child(e, "segm") != nil {
				return "its objects are polygons without boxes, as LabelMe has them"
			}
			said = said || r.child(e, "point") != nil || r.child(e, "part") != nil
		case "source":
			if r.child(e, "sourceImage") != nil {
				return "it is an XML file of LabelMe"
			}
		case "size", "filename", "segmented":
			said = true
		}
	}
	if said {
		return ""
	}
	return "its <annotation> says nothing that VOC has"
}

// layoutOf finds a folder of lists, and what lies beside it.
func layoutOf(l *files.Listing) (sets, beside string) {
	for _, dir := range l.Folders() {
		up := path.Dir(dir)
		task := strings.ToLower(path.Base(dir))
		if !slices.Contains(setsNames, strings.ToLower(path.Base(up))) || !slices.ContainsFunc(tasks, func(t string) bool { return strings.EqualFold(t, task) }) || l.Count(dir, ".txt") == 0 {
			continue
		}
		sets = dir
		root := path.Dir(up)
		for _, sub := range l.Dirs(root) {
			name, p := strings.ToLower(sub), path.Join(root, sub)
			pictures := slices.Contains(picturesNames, name) || slices.Contains(classNames, name) || slices.Contains(objectNames, name)
			if pictures && hasPicture(l, p) {
				return sets, p
			}
		}
		for _, name := range l.Files(root, ".txt") {
			if slices.Contains(labelMapNames, strings.ToLower(name)) {
				return sets, path.Join(root, name)
			}
		}
	}
	return sets, ""
}

// hasPicture reports whether there is a picture in a folder or below it.
func hasPicture(l *files.Listing, dir string) bool {
	return slices.ContainsFunc(l.Folders(), func(d string) bool {
		return (d == dir || strings.HasPrefix(d, dir+"/")) && l.Count(d, imagesize.Extensions...) > 0
	})
}
