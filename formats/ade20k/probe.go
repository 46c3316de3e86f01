package ade20k

import (
	"context"
	"fmt"
	"iter"
	"path"

	"datum/files"
	"datum/formats"
)

const (
	needJSON = `a JSON file whose "annotation" lists objects, with a picture *_seg.png of the same name beside it`
	needText = "a file *_atr.txt whose lines have six columns between #, with a picture *_seg.png of the same name beside it"
	needSeg  = "a picture *_seg.png beside it"
)

// The bounds of a probe.
const (
	probeFiles = 5
	probeBytes = 16 << 20
)

// probe parses a few files beside which pictures of masks lie.
func probe(ctx context.Context, f *files.Folder) formats.Verdict {
	tried := map[role]int{}
	nearest := ""
	for name := range candidates(f) {
		r, item, _ := roleOf(path.Base(name))
		if ctx.Err() != nil || tried[r] >= probeFiles || r != roleJSON && r != roleText {
			continue
		}
		seg := hasSeg(f, path.Dir(name), item)
		if !seg && r == roleJSON {
			continue // one of a thousand other formats
		}
		tried[r]++
		need, ok := probeFile(f, name, r)
		switch {
		case ok && seg:
			return formats.Verdict{Confidence: formats.High, Met: []string{fmt.Sprintf("%s (%s)", need, name)}}
		case ok:
			nearest = name
		}
	}
	if nearest != "" {
		return formats.Verdict{Met: []string{fmt.Sprintf("a file *_atr.txt whose lines have six columns between # (%s)", nearest)}, Unmet: []string{needSeg}}
	}
	return formats.Verdict{Unmet: []string{needJSON + ", or " + needText}}
}

// candidates are the files to look at: the one that was named, or those of all
// folders.
func candidates(f *files.Folder) iter.Seq[string] {
	return func(yield func(string) bool) {
		if only := f.Only(); only != "" {
			yield(only)
			return
		}
		for _, dir := range f.List().Folders() {
			for _, name := range f.List().Files(dir, ".json", ".txt") {
				if !yield(path.Join(dir, name)) {
					return
				}
			}
		}
	}
}

// hasSeg tells whether the picture of the objects of an item is there. More of
// them may be there than are listed.
func hasSeg(f *files.Folder, dir, item string) bool {
	if f.Has(path.Join(dir, item+"_seg.png")) {
		return true
	}
	for _, name := range f.List().Files(dir, ".png") {
		if r, of, level := roleOf(name); r == roleLevel && level == 0 && of == item {
			return true
		}
	}
	return false
}

// probeFile tells whether a file is what its name says.
func probeFile(f *files.Folder, name string, r role) (need string, ok bool) {
	content, err := f.ReadFile(name, probeBytes)
	if err != nil {
		return "", false
	}
	var bad error
	keep := func(_ int, err error) error { bad = err; return nil }
	if r == roleText {
		rec, err := parseText(name, content, keep)
		return needText, err == nil && (len(rec.objects) > 0 || bad == nil)
	}
	rec, err := parseJSON(name, content, keep)
	if err != nil || !rec.found {
		return "", false
	}
	_, named := rec.rest.Get("filename")
	return needJSON, len(rec.objects) > 0 || named
}
